import { LIMITS, parseMessage, type SipMessage, type SipRequest } from "../message/index.ts";
import type { Address, Flow } from "../transport/index.ts";
import { TimerEntry, type TimerQueue } from "./timer-queue.ts";
import type { TimerSettings } from "./timer-settings.ts";

/** What happens on an event: the state that follows, and what is done on the way, in this order. */
export interface Step<State extends string, Effect extends string> {
  readonly next: State;
  readonly effects: readonly Effect[];
}

/** A machine as its figure shows it: for each state the events that matter in it. Others are ignored. */
export type Table<State extends string, Event extends string, Effect extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, Step<State, Effect>>>>>
>;

/** What transactions need of their surroundings. */
export interface TransactionHost {
  readonly queue: TimerQueue;
  readonly timers: TimerSettings;
  send(message: SipMessage, octets: Buffer, to: Address | Flow): void;
  /** Last touches to a message of ours, before it becomes octets. */
  dress(message: SipMessage): void;
  /** A transaction user threw: that must not stop the clockwork of the others. */
  userFailed(error: unknown): void;
}

/** A machine at its start. */
export interface Machine<State extends string, Event extends string, Effect extends string> {
  readonly table: Readonly<Partial<Table<State, Event, Effect>>>;
  readonly state: State;
}

/**
 * The driver of the four machines of RFC 3261 §17. A transaction has two timers at most: one that sends copies (A, E,
 * G; before the first response, the one that sends the 100) and one that ends the state (B, D, F, H–M). Both share one
 * entry of the timer queue.
 */
export abstract class Transaction<
  State extends string,
  Event extends string,
  Effect extends string,
> extends TimerEntry {
  /** What the layer finds it by. */
  declare readonly key: string;
  /** For the transaction user, who alone reads and writes it. */
  declare context: unknown;
  #request: SipRequest | string;
  readonly #table: Readonly<Partial<Table<State, Event, Effect>>>;
  #state: State | "terminated";
  #copyEvent: Event | undefined;
  #copyAt: number;
  #copyGapMs: number;
  #endEvent: Event | undefined;
  #endAt: number;
  #retiredUntil: number;

  protected constructor(request: SipRequest, key: string, machine: Machine<State, Event, Effect>) {
    super();
    this.#request = request;
    this.key = key;
    this.context = undefined;
    this.#table = machine.table;
    this.#state = machine.state;
    this.#copyEvent = undefined;
    this.#copyAt = Infinity;
    this.#copyGapMs = 0;
    this.#endEvent = undefined;
    this.#endAt = Infinity;
    this.#retiredUntil = Infinity;
  }

  /** The request as sent or received. */
  get request(): SipRequest {
    if (typeof this.#request === "string") this.#request = requestOf(this.#request);
    return this.#request;
  }

  get state(): State | "terminated" {
    const retired = this.#retiredUntil !== Infinity && this.#retiredUntil <= this.host.queue.now();
    return retired ? "terminated" : this.#state;
  }

  /** Ends without a word to anybody. */
  abandon(): void {
    this.stopTimers();
    this.#state = "terminated";
    this.forget();
  }

  fallDue(): void {
    const ends = this.#endAt <= this.#copyAt;
    const event = ends ? this.#endEvent : this.#copyEvent;
    if (ends) this.#endAt = Infinity;
    else this.#copyAt = Infinity;
    if (event !== undefined) this.handle(event);
    this.#schedule();
  }

  protected abstract get host(): TransactionHost;

  /** Carries out one effect of the table. */
  protected abstract perform(effect: Effect): void;

  /** The transaction has ended: from now on it matches nothing. */
  protected abstract forget(): void;

  /** Whether the event means anything in this state. */
  protected accepts(event: Event): boolean {
    return this.#step(event) !== undefined;
  }

  /** Moves along the table; an event that means nothing in this state is ignored. */
  protected handle(event: Event): void {
    const step = this.#step(event);
    if (!step) return;
    this.#state = step.next;
    // What ends is forgotten first, so that whoever hears of it finds the house tidy.
    if (step.next === "terminated") this.abandon();
    for (const effect of step.effects) this.perform(effect);
  }

  /** `event` happens in `gapMs` from now, for sending a copy. */
  protected startCopies(event: Event, gapMs: number, now = this.host.queue.now()): void {
    this.#copyEvent = event;
    this.#copyGapMs = gapMs;
    this.#copyAt = now + gapMs;
    this.#schedule(now);
  }

  /** The same event again, after twice the gap, but `capMs` at most. */
  protected doubleCopies(capMs = Infinity): void {
    if (this.#copyEvent !== undefined) this.startCopies(this.#copyEvent, Math.min(2 * this.#copyGapMs, capMs));
  }

  protected stopCopies(): void {
    this.#copyAt = Infinity;
    this.#schedule();
  }

  /** `event` happens in `delayMs`, instead of the one that was to end the state before; with 0 at once. */
  protected startEnd(event: Event, delayMs: number, now = this.host.queue.now()): void {
    this.#endEvent = event;
    this.#endAt = delayMs === 0 ? Infinity : now + delayMs;
    this.#schedule(now);
    if (delayMs === 0) this.handle(event);
  }

  /**
   * Lets `remnant` stand in for this transaction until its last timer ends: nothing but copies can come. Its user may
   * keep the transaction, which tells its state truly all the same.
   */
  protected retireTo(remnant: TimerEntry, until: number, now?: number): void {
    this.stopTimers();
    this.#retiredUntil = until;
    this.host.queue.set(remnant, until, now);
  }

  /**
   * Keeps the request as text: who waits long has a tenth of the objects for the garbage collector to go through.
   * @param octets of the request as it was sent.
   */
  protected packRequest(octets: Buffer): void {
    // What we would not take from a peer could not be read again.
    const readable = octets.length <= LIMITS.messageOctets && this.request.headers.length < LIMITS.headerLines;
    if (readable) this.#request = octets.toString("latin1");
  }

  /** When the state ends by itself, on the clock. */
  protected get endsAt(): number {
    return this.#endAt;
  }

  protected stopTimers(): void {
    this.#copyAt = Infinity;
    this.#endAt = Infinity;
    this.#schedule();
  }

  #step(event: Event): Step<State, Effect> | undefined {
    return this.#state === "terminated" ? undefined : this.#table[this.#state]?.[event];
  }

  #schedule(now?: number): void {
    const dueAt = Math.min(this.#copyAt, this.#endAt);
    if (dueAt === Infinity) this.host.queue.cancel(this);
    else if (this.lane === undefined || dueAt !== this.dueAt) this.host.queue.set(this, dueAt, now);
  }
}

function requestOf(octetText: string): SipRequest {
  return parseMessage(Buffer.from(octetText, "latin1")) as SipRequest;
}
