/** A timer that was set; cancelling a fired or cancelled one does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time, handed in. Everything that waits takes one, so that tests run on a fake clock to the millisecond.
 * Only `system-clock.ts` touches the timers of the platform.
 */
export interface Clock {
  /** Milliseconds on a monotonic scale with an arbitrary origin. */
  now(): number;
  /** Milliseconds since the Unix epoch, for Date headers and journals. */
  wallTime(): number;
  /** Calls `callback` once, `delayMs` from now (0 or more). */
  setTimer(delayMs: number, callback: () => void): Timer;
}

/**
 * Resolves after `delayMs` on `clock`.
 * @throws the signal's reason once `signal` is aborted.
 */
export async function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Resolves when `work` has settled, however it did, or `mostMs` later; then nobody waits for it any more. */
export async function settledWithin(clock: Clock, work: Promise<unknown>, mostMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.setTimer(mostMs, resolve);
    const settled = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(settled, settled);
  });
}
