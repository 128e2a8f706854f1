import { SipRequest, type SipMessage } from "../sip/message/index.ts";
import type { TracedMessage } from "../simulator/index.ts";

function exchangeOf(message: SipMessage): string {
  return `${message.get("Call-ID") ?? ""} ${(message.get("CSeq") ?? "").replace(/\s+/g, " ")}`;
}

/** The requests of a scenario's phones to which nothing at all has come back yet. */
export class UnansweredRequests {
  readonly #phrases = new Map<string, string>();

  note(phone: string, { direction, message }: TracedMessage): void {
    if (!message) return;
    if (message instanceof SipRequest) {
      const awaitsAnswer = direction === "sent" && message.method !== "ACK";
      if (awaitsAnswer) this.#phrases.set(exchangeOf(message), `${message.method} of ${phone}`);
    } else if (direction === "received") this.#phrases.delete(exchangeOf(message));
  }

  /** The oldest of them, such as `REGISTER of alice`. */
  get oldest(): string | undefined {
    return this.#phrases.values().next().value;
  }
}
