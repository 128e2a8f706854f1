import type { SipMessage } from "./message.ts";
import type { SipParseError } from "./sip-parse-error.ts";

/** stub */
export function checkMessage(message: SipMessage): SipParseError | undefined {
  void message;
  return undefined;
}
