const KNOWN_METHODS: ReadonlySet<string> = new Set(
  "INVITE ACK CANCEL BYE OPTIONS REGISTER INFO PRACK UPDATE MESSAGE SUBSCRIBE NOTIFY REFER PUBLISH".split(" "),
);

/** The fourteen methods that drachtio-srf can send. */
export function isKnownMethod(method: string): boolean {
  return KNOWN_METHODS.has(method);
}
