import type { Clock } from "./clock.ts";
import { WaitTimeoutError } from "./errors.ts";

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Sentence about what is awaited and the mend, for the error: `bob waited for an INVITE. Check that …`. */
  readonly description: string;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter<T> {
  readonly matches: (item: T) => boolean;
  readonly resolve: (item: T) => void;
}

/**
 * A queue one can await. What arrives before somebody waits is kept, so a wait cannot miss it; each item is handed
 * out once, to the oldest waiter that wants it.
 */
export class Inbox<T> {
  readonly #clock: Clock;
  #items: T[] = [];
  #waiters: Waiter<T>[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Items that nobody took yet, oldest first. */
  get pending(): readonly T[] {
    return this.#items;
  }

  put(item: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.matches(item));
    const waiter = this.#waiters[index];
    if (!waiter) {
      this.#items.push(item);
      return;
    }
    this.#waiters.splice(index, 1);
    waiter.resolve(item);
  }

  /** Takes the oldest kept item that matches, or undefined; never waits. */
  poll(matches: (item: T) => boolean = () => true): T | undefined {
    const index = this.#items.findIndex(matches);
    return index < 0 ? undefined : this.#items.splice(index, 1)[0];
  }

  /**
   * Resolves with the oldest item that matches, kept or still to come.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT after `timeoutMs`.
   * @throws the signal's reason once `signal` is aborted.
   */
  async take(options: WaitOptions, matches: (item: T) => boolean = () => true): Promise<T> {
    options.signal?.throwIfAborted();
    const kept = this.poll(matches);
    if (kept !== undefined) return kept;
    return await new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        timer.cancel();
        options.signal?.removeEventListener("abort", onAbort);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      const onAbort = (): void => {
        finish();
        reject(options.signal?.reason as Error);
      };
      const waiter: Waiter<T> = {
        matches,
        resolve(item) {
          finish();
          resolve(item);
        },
      };
      const timer = this.#clock.setTimer(options.timeoutMs, () => {
        finish();
        reject(
          new WaitTimeoutError(`${options.description} (waited ${options.timeoutMs} ms)`, {
            code: "ERR_WAIT_TIMEOUT",
            details: { timeoutMs: options.timeoutMs },
          }),
        );
      });
      options.signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  clear(): void {
    this.#items = [];
  }
}
