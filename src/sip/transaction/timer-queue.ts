import type { Clock, Timer } from "../../core/clock.ts";
import { giveUpMs, type TimerSettings } from "./timer-settings.ts";

/** A lane of entries that fall due one after the other; a doubly linked list, so that entries leave in no time. */
class Lane {
  readonly durationMs: number;
  first: TimerEntry | undefined = undefined;
  last: TimerEntry | undefined = undefined;

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  /** Entries of one duration come in order, so that the search from the end stops at once; others find their place. */
  insert(entry: TimerEntry): void {
    let before = this.last;
    while (before && before.dueAt > entry.dueAt) before = before.before;
    const after = before ? before.after : this.first;
    entry.lane = this;
    entry.before = before;
    entry.after = after;
    if (before) before.after = entry;
    else this.first = entry;
    if (after) after.before = entry;
    else this.last = entry;
  }

  remove(entry: TimerEntry): void {
    if (entry.before) entry.before.after = entry.after;
    else this.first = entry.after;
    if (entry.after) entry.after.before = entry.before;
    else this.last = entry.before;
    entry.lane = undefined;
    entry.before = undefined;
    entry.after = undefined;
  }
}

/** What can wait in a `TimerQueue`: once at a time. The fields are the queue's; they are here to save an object each. */
export abstract class TimerEntry {
  // Declared, so that the constructor alone makes them: to define fields of a class which has many subclasses takes V8
  // longer than all else that a transaction does with its timers.
  declare dueAt: number;
  declare lane: Lane | undefined;
  declare before: TimerEntry | undefined;
  declare after: TimerEntry | undefined;

  constructor() {
    this.dueAt = Infinity;
    this.lane = undefined;
    this.before = undefined;
    this.after = undefined;
  }

  /** The time set has come; the entry waits no more. */
  abstract fallDue(): void;
}

/** RFC 3261 §17.2.1: a 100 is due unless the TU answers within 200 ms. */
export const TRYING_DELAY_MS = 200;

const NOT_ARMED = Infinity;

/**
 * All timers of an endpoint on one timer of the clock. Transactions know a handful of durations only, and there is one
 * lane for each: setting and cancelling cost the same however many transactions there are.
 */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #lanes: readonly Lane[];
  /** Takes what waits longer than any transaction; searched from its end, as every lane. */
  readonly #longest = new Lane(Infinity);
  #timer: Timer | undefined;
  #armedFor = NOT_ARMED;

  constructor(clock: Clock, timers: TimerSettings) {
    this.#clock = clock;
    this.#lanes = [...durations(timers).map((duration) => new Lane(duration)), this.#longest];
  }

  now(): number {
    return this.#clock.now();
  }

  /**
   * `entry` falls due at `dueAt` on the clock, and no more at the time set before.
   * @param now where the caller has just read the clock, which takes as long as all the rest.
   */
  set(entry: TimerEntry, dueAt: number, now = this.#clock.now()): void {
    entry.lane?.remove(entry);
    entry.dueAt = dueAt;
    this.#laneFor(dueAt - now).insert(entry);
    if (entry.dueAt < this.#armedFor) this.#arm(entry.dueAt);
  }

  cancel(entry: TimerEntry): void {
    // The clock's timer stays: to set it anew for each transaction that ends would cost more than one idle firing.
    entry.lane?.remove(entry);
  }

  /** Forgets everything that waits. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedFor = NOT_ARMED;
    for (const lane of this.#lanes) while (lane.first) lane.remove(lane.first);
  }

  /** The shortest lane that is not too short. */
  #laneFor(delayMs: number): Lane {
    for (const lane of this.#lanes) if (lane.durationMs >= delayMs) return lane;
    return this.#longest;
  }

  #arm(dueAt: number): void {
    this.#timer?.cancel();
    this.#armedFor = dueAt;
    this.#timer = this.#clock.setTimer(Math.max(0, dueAt - this.#clock.now()), this.#fire);
  }

  readonly #fire = (): void => {
    const now = this.#clock.now();
    // What is set meanwhile need not arm the timer: that is done once, at the end.
    this.#armedFor = -Infinity;
    try {
      for (let entry = this.#first(); entry && entry.dueAt <= now; entry = this.#first()) {
        entry.lane?.remove(entry);
        entry.fallDue();
      }
    } finally {
      this.#timer = undefined;
      this.#armedFor = NOT_ARMED;
      // The platform's timers may fire a fraction of a millisecond early; then this just waits again.
      const next = this.#first();
      if (next) this.#arm(next.dueAt);
    }
  };

  #first(): TimerEntry | undefined {
    let first: TimerEntry | undefined;
    for (const lane of this.#lanes) {
      if (lane.first && (!first || lane.first.dueAt < first.dueAt)) first = lane.first;
    }
    return first;
  }
}

/** Every duration that a transaction waits for, each once, shortest first. */
function durations(timers: TimerSettings): number[] {
  const all = new Set([TRYING_DELAY_MS, timers.t2, timers.t4]);
  for (let duration = timers.t1; duration <= giveUpMs(timers); duration *= 2) all.add(duration);
  return [...all].sort((a, b) => a - b);
}
