import type { Clock, Timer } from "./clock.ts";

/** The platform's clock. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, delayMs);
    return {
      cancel() {
        clearTimeout(handle);
      },
    };
  },
};
