import type { Clock, Timer } from "../core/clock.ts";
import { FRAME_MS } from "./audio-frames.ts";

/** Frames made up for after the process was held up; what is older is left out, as a sound card would. */
const MAX_CATCH_UP = 5;

/** Something that does its share once a frame. */
export interface Paced {
  /** @param index of the frame since the beat was made; goes up by one, or by more where the process was held up. */
  frame(index: number): void;
}

/**
 * The beat of all streams that share it: one timer while there are any, on a fixed grid of 20 ms, so that late timers
 * don't add up and a stream that paused goes on at the right time.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #members = new Set<Paced>();
  readonly #beat = (): void => {
    this.#run();
  };
  readonly #startedAt: number;
  #timer: Timer | undefined;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** From the next frame on; adding twice is once. */
  add(member: Paced): void {
    this.#members.add(member);
    if (this.#timer) return;
    this.#last = this.#now();
    this.#schedule();
  }

  remove(member: Paced): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The frame it is. */
  #now(): number {
    return Math.floor((this.#clock.now() - this.#startedAt) / FRAME_MS);
  }

  #schedule(): void {
    const due = this.#startedAt + (this.#last + 1) * FRAME_MS;
    this.#timer = this.#clock.setTimer(Math.max(0, due - this.#clock.now()), this.#beat);
  }

  #run(): void {
    const now = this.#now();
    for (let index = Math.max(this.#last + 1, now - MAX_CATCH_UP + 1); index <= now; index += 1) {
      for (const member of this.#members) member.frame(index);
    }
    this.#last = Math.max(this.#last, now);
    if (this.#members.size > 0) this.#schedule();
  }
}
