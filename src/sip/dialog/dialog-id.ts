import type { SipMessage } from "../message/index.ts";

/** How the parts of a dialog id are written as one text. A semicolon can't stand in tags. */
export function formatDialogId(callId: string, localTag: string, remoteTag: string): string {
  return `${localTag};${remoteTag};${callId}`;
}

/**
 * Id of the dialog that a message belongs to or makes, seen from our end: equal to `Dialog.id`. Undefined without To
 * tag. A missing From tag counts as empty, since peers older than RFC 3261 send none.
 * @see RFC 3261 §12
 */
export function dialogIdOf(message: SipMessage, direction: "sent" | "received"): string | undefined {
  const { toTag, fromTag = "" } = message;
  if (toTag === undefined) return undefined;
  const localIsFrom = (message.kind === "request") === (direction === "sent");
  return localIsFrom ? formatDialogId(message.callId, fromTag, toTag) : formatDialogId(message.callId, toTag, fromTag);
}
