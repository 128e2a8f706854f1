const KNOWN: ReadonlySet<string> = new Set(
  "INVITE ACK CANCEL BYE OPTIONS REGISTER INFO PRACK UPDATE MESSAGE SUBSCRIBE NOTIFY REFER PUBLISH".split(" "),
);
const MOVING_TARGET: ReadonlySet<string> = new Set(["INVITE", "SUBSCRIBE", "REFER", "UPDATE"]);
const IN_DIALOG_ONLY: ReadonlySet<string> = new Set(["BYE", "UPDATE", "PRACK"]);

/** The fourteen methods that drachtio-srf can send. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method);
}

/** Whether drachtio knows dialogs that begin with this method. */
export function beginsDialog(method: string): boolean {
  return method === "INVITE" || method === "SUBSCRIBE";
}

/** Whether the request and its 2xx tell where their senders are reached from now on (RFC 3261 §12, RFC 3311, RFC 3515). */
export function tellsContact(method: string): boolean {
  return MOVING_TARGET.has(method);
}

/** Whether the method means nothing outside a dialog. */
export function needsDialog(method: string): boolean {
  return IN_DIALOG_ONLY.has(method);
}
