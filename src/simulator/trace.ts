import { SipRequest, SipResponse, type SipMessage } from "../sip/message/index.ts";
import type { TapEntry } from "./wire.ts";

/** `background`: unsolicited OPTIONS, NOTIFY, INFO and the like, and what the phone answered by itself. */
export type TraceNote = TapEntry["notes"][number] | "retransmission" | "background";

/** A message as it crossed a phone's wire. */
export interface TracedMessage extends Omit<TapEntry, "notes"> {
  /** Counts up within the phone's trace, from 0. */
  readonly index: number;
  readonly notes: readonly TraceNote[];
}

/** A moment in a trace: everything that comes later is `since` it. */
export interface TraceMark {
  readonly index: number;
}

/** What a phone sent and received, in the order of its wire. A trace grows while it is looked at. */
export interface Trace {
  readonly entries: readonly TracedMessage[];
  /** This moment: what is there already is not `since` it. */
  mark(): TraceMark;
  /** What came after `mark`, as of now and later. */
  since(mark: TraceMark): Trace;
}

/** Requests a phone answers without anybody asking for it, when they come outside of its calls. */
const BACKGROUND_METHODS: ReadonlySet<string> = new Set(["OPTIONS", "NOTIFY", "INFO", "MESSAGE"]);

/**
 * The trace of one phone, fed by its tap. Notes what the wire alone doesn't tell: a message that is a copy of an
 * earlier one (RFC 3261 §17: same branch, method and direction), and traffic of the background.
 */
export class WireTrace implements Trace {
  readonly entries: TracedMessage[] = [];
  readonly #seen = new Map<string, Buffer>();
  readonly #background = new Set<string>();

  /** Keeps `entry` and returns it with its notes. */
  add(entry: TapEntry): TracedMessage {
    const notes: TraceNote[] = [...entry.notes];
    if (entry.message) this.#note(entry, entry.message, notes);
    const traced: TracedMessage = { ...entry, index: this.entries.length, notes };
    this.entries.push(traced);
    return traced;
  }

  mark(): TraceMark {
    return { index: this.entries.length };
  }

  since(mark: TraceMark): Trace {
    return new TraceSince(this, mark.index);
  }

  /** The last message received, of `callId` only where one is given. */
  lastReceived(callId?: string): TracedMessage | undefined {
    return this.entries.findLast(
      ({ direction, message }) =>
        direction === "received" && (callId === undefined || message?.get("Call-ID") === callId),
    );
  }

  #note(entry: TapEntry, message: SipMessage, notes: TraceNote[]): void {
    const exchange = `${message.get("Call-ID") ?? ""} ${message.get("CSeq") ?? ""}`;
    if (this.#isBackground(entry.direction, message, exchange)) notes.push("background");
    const key = `${entry.direction} ${message.get("Via") ?? ""} ${startOf(message)} ${exchange}`;
    // What never crossed the wire is no earlier copy of what then does.
    if (notes.includes("dropped")) return;
    const earlier = this.#seen.get(key);
    if (earlier?.equals(entry.octets)) notes.push("retransmission");
    else this.#seen.set(key, entry.octets);
  }

  #isBackground(direction: TapEntry["direction"], message: SipMessage, exchange: string): boolean {
    if (direction === "sent") return message instanceof SipResponse && this.#background.has(exchange);
    if (!(message instanceof SipRequest) || !BACKGROUND_METHODS.has(message.method) || hasToTag(message)) return false;
    this.#background.add(exchange);
    return true;
  }
}

class TraceSince implements Trace {
  readonly #trace: Trace;
  readonly #from: number;

  constructor(trace: Trace, from: number) {
    this.#trace = trace;
    this.#from = from;
  }

  get entries(): readonly TracedMessage[] {
    return this.#trace.entries.slice(this.#from);
  }

  mark(): TraceMark {
    return this.#trace.mark();
  }

  since(mark: TraceMark): Trace {
    return new TraceSince(this.#trace, Math.max(mark.index, this.#from));
  }
}

function startOf(message: SipMessage): string {
  if (message instanceof SipRequest) return message.method;
  return message instanceof SipResponse ? String(message.status) : "";
}

function hasToTag(message: SipMessage): boolean {
  return (message.get("To") ?? "").includes("tag=");
}
