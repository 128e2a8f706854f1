import type { SipMessage } from "../../sip/message/index.ts";
import type { Binding } from "../location-service.ts";
import type { Ruling } from "./ruling.ts";

export interface MessageWordingQuestion {
  /** A copy, free to be changed: `set`, `add`, `delete`, `body`… */
  readonly message: SipMessage;
  /** As it would go out. */
  readonly octets: Buffer;
  /** Bindings of the phone that it goes to; none where it is registered nowhere. */
  readonly bindings: readonly Binding[];
}

export interface MessageWording extends Ruling {
  /** `lost`: nothing goes out. */
  readonly outcome: "unchanged" | "changed" | "lost";
  /** What goes out where it is `changed`: a message, or octets (text as UTF-8) that nobody corrects. */
  readonly message: SipMessage | Buffer | string;
}

/**
 * The last word on every message that goes out, copies and the engine's own ones (100, ACK, CANCEL) too. Asked for each
 * message, so it is not reported. Transactions and dialogs go by what the message was before.
 */
export function wordMessage({ message }: Pick<MessageWordingQuestion, "message">): MessageWording {
  return { outcome: "unchanged", rules: [], reason: "as the parts worded it", message };
}
