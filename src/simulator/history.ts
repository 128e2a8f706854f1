import type { Clock } from "../core/clock.ts";

export interface HistoryWait {
  readonly timeoutMs: number;
  /** Makes the error when the time is over. */
  readonly onTimeout: () => Error;
  /** Index from which on items count. Default 0: also what came before the wait. */
  readonly from?: number;
}

interface Waiter<T> {
  readonly take: (item: T, index: number) => boolean;
  readonly fail: (error: Error) => void;
}

/**
 * What happened, in order, kept and awaitable any number of times: a wait finds what came before it, and two waits
 * find the same item. (An `Inbox` hands each item out once.)
 */
export class History<T> {
  readonly #clock: Clock;
  readonly #items: T[] = [];
  #waiters: Waiter<T>[] = [];
  #end: Error | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    const index = this.#items.push(item) - 1;
    this.#waiters = this.#waiters.filter((waiter) => !waiter.take(item, index));
  }

  /** Nothing more will come: every wait, present or later, that finds nothing kept fails with `reason`. */
  end(reason: Error): void {
    if (this.#end) return;
    this.#end = reason;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.fail(reason);
  }

  find(matches: (item: T) => boolean, from = 0): T | undefined {
    return this.#items.slice(from).find(matches);
  }

  /** Resolves with the first item that matches, kept or still to come. */
  async first(matches: (item: T) => boolean, wait: HistoryWait): Promise<T> {
    const from = wait.from ?? 0;
    const kept = this.find(matches, from);
    if (kept !== undefined) return kept;
    if (this.#end) throw this.#end;
    return await new Promise<T>((resolve, reject) => {
      const waiter: Waiter<T> = {
        take(item, index) {
          if (index < from || !matches(item)) return false;
          timer.cancel();
          resolve(item);
          return true;
        },
        fail(error) {
          timer.cancel();
          reject(error);
        },
      };
      const timer = this.#clock.setTimer(wait.timeoutMs, () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(wait.onTimeout());
      });
      this.#waiters.push(waiter);
    });
  }
}
