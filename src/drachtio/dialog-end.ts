import { asError } from "../core/errors.ts";
import {
  type ClientHandler,
  type ClientTransaction,
  Dialog,
  type HeaderField,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "../sip/index.ts";
import type { HeldDialog } from "./dialog-table.ts";
import { type EndpointContext, ownPlace, protocolOf } from "./endpoint-context.ts";
import { messageFields, timeOfDay } from "./report-fields.ts";

/** Nobody waits for the answer to a request that the front sends on its own account. */
const nobody: ClientHandler = {
  response() {
    // The dialog is over whatever the answer is (RFC 3261 §15.1.1).
  },
  failed() {
    // The same.
  },
};

/**
 * Whether a request, ours or theirs, ends its dialog: BYE, or in a dialog of SUBSCRIBE the last NOTIFY
 * (RFC 6665 §4.4.1).
 */
export function endsDialog(held: HeldDialog, method: string, message: SipMessage): boolean {
  if (method === "BYE") return true;
  return method === "NOTIFY" && held.method === "SUBSCRIBE" && endsSubscription(message);
}

function endsSubscription(notify: SipMessage): boolean {
  return /^terminated(?:[\t ;]|$)/i.test(notify.get("Subscription-State") ?? "");
}

/** Ends a call with a BYE of our own and shows it to the application, which reads the reason in it. */
export function hangUp(context: EndpointContext, held: HeldDialog, reason: string): void {
  context.dialogs.remove(held);
  showBye(context, held, sendBye(context, held.dialog, reasonFields(reason)));
}

/**
 * Shows the application a BYE that was not sent: its 2xx still waited for a PRACK when the INVITE came to an end, so
 * it thinks there is a call, and the peer knows of none.
 */
export function showEnd(context: EndpointContext, held: HeldDialog, reason: string): void {
  context.dialogs.remove(held);
  showBye(context, held, held.dialog.createRequest("BYE", { headers: reasonFields(reason) }));
}

function reasonFields(reason: string): HeaderField[] {
  return [["Reason", `SIP;cause=200;text="${reason}"`]];
}

function showBye(context: EndpointContext, held: HeldDialog, bye: SipRequest): void {
  const octets = bye.toOctets();
  const place = ownPlace(context, protocolOf(bye));
  const time = timeOfDay(context.clock);
  const report = { octets: octets.length, place, time, transactionId: "unsolicited" };
  held.owner.notify(messageFields(report, held.id, "application"), octets);
}

/** Ends the dialog of an application that has gone, with a BYE that nobody hears of. */
export function endOrphan(context: EndpointContext, held: HeldDialog): void {
  context.dialogs.remove(held);
  // A callee can't send BYE in an early dialog, and a caller's CANCEL is on its way (RFC 3261 §15).
  if (held.method === "INVITE" && held.dialog.state === "confirmed") sendBye(context, held.dialog);
}

/**
 * Ends a call that no application takes: acknowledges its 2xx, as RFC 3261 §13.2.2.4 demands, and hangs up.
 * @param early the dialog that this fork had begun with a provisional response.
 */
export function releaseCall(
  context: EndpointContext,
  invite: ClientTransaction,
  success: SipResponse,
  early: Dialog | undefined,
): void {
  early?.confirm(success);
  const dialog = early ?? Dialog.fromResponse(invite.request, success);
  invite.acknowledge(dialog.createAck(invite.request.cseq.number), { nextHop: dialog.nextHop });
  sendBye(context, dialog);
}

/** The BYE as it was sent, or would have been where the peer's Contact leads nowhere. */
function sendBye(context: EndpointContext, dialog: Dialog, headers: readonly HeaderField[] = []): SipRequest {
  const bye = dialog.createRequest("BYE", { headers });
  try {
    return context.engine.send(bye, nobody, { nextHop: dialog.nextHop }).request;
  } catch (error) {
    context.log.debug({ err: asError(error), callId: dialog.callId }, "no way to send a BYE");
    return bye;
  }
}
