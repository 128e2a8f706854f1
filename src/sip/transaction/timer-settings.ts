/** Base values of all timers, in milliseconds (RFC 3261 §17.1.1.1, table 4). */
export interface TimerSettings {
  /** Estimate of the round trip. Default 500. */
  readonly t1: number;
  /** Largest gap between copies of a non-INVITE request or of a final response to INVITE. Default 4000. */
  readonly t2: number;
  /** How long a message stays in the network. Default 5000. */
  readonly t4: number;
}

export const DEFAULT_TIMERS: TimerSettings = { t1: 500, t2: 4000, t4: 5000 };

/** 64*T1: how long a transaction goes on trying (timers B, F, H) and remembers (D, J, L, M). */
export function giveUpMs(timers: TimerSettings): number {
  return 64 * timers.t1;
}
