import { TransportError, type HarnessError } from "../core/errors.ts";
import { SipRequest, SipResponse, type SipMessage } from "../sip/message/index.ts";
import type { TracedMessage } from "../simulator/index.ts";

/** What became of a message and all copies of it. */
interface Copies {
  readonly phrase: string;
  readonly callId: string | undefined;
  lost: number;
  passed: number;
}

/** Errors that mean: nothing came. */
const GIVE_UPS: ReadonlySet<string> = new Set(["ERR_WAIT_TIMEOUT", "ERR_TARGET_SILENT", "ERR_SCENARIO_TIMEOUT"]);

/**
 * What impairments took of the messages of a scenario's phones. A wait that ends in vain says nothing of the target when
 * not one copy of what was sent, or of what was to come, got through.
 */
export class LostMessages {
  readonly #messages = new Map<string, Copies>();

  note(phone: string, { direction, message, notes }: TracedMessage): void {
    const name = message && nameOf(message);
    if (name === undefined) return;
    const callId = message?.get("Call-ID");
    const key = [phone, direction, name, callId, message?.get("CSeq")].join("\n");
    const whose = direction === "sent" ? `the ${name} that ${phone} sent` : `the ${name} that was sent to ${phone}`;
    const copies = this.#messages.get(key) ?? { phrase: whose, callId, lost: 0, passed: 0 };
    this.#messages.set(key, copies);
    // What a rule of the script drops, the script wants dropped.
    if (notes.includes("dropped") && notes.includes("impaired")) copies.lost += 1;
    else copies.passed += 1;
  }

  /** The error to tell instead of `error`, where that is a wait in vain and a message is missing of which all was lost. */
  excuse(error: HarnessError): TransportError | undefined {
    if (!GIVE_UPS.has(error.code)) return undefined;
    const { callId } = error.details;
    const lost = [...this.#messages.values()].find(
      (copies) => copies.lost > 0 && copies.passed === 0 && (typeof callId !== "string" || copies.callId === callId),
    );
    if (!lost) return undefined;
    const times = lost.lost === 1 ? "its only copy" : `all ${lost.lost} copies`;
    return new TransportError(`Of ${lost.phrase} the impairment took ${times}; that is no fault of the target.`, {
      code: "ERR_IMPAIRED",
      details: { ...error.details, lost: lost.phrase, copies: lost.lost },
      cause: error,
    });
  }
}

/** Undefined for 100, which nobody waits for. */
function nameOf(message: SipMessage): string | undefined {
  if (message instanceof SipRequest) return message.method;
  return message instanceof SipResponse && message.status > 100 ? String(message.status) : undefined;
}
