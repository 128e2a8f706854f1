/** One line of the table that `npm run bench` prints: what one subject took for one unit of work, as medians of the rounds. */
export interface BenchRow {
  /** `registration`, `calls`, `parser`… */
  readonly bench: string;
  /** Who did the work: `offhook engine`, `SIPp`… */
  readonly subject: string;
  /** The unit of work: `registration`, `call`, `message`, `idle registration`… */
  readonly per: string;
  /** User and system time of the subject's processes for one unit. */
  readonly cpuMicros?: number;
  /** Units in one second of wall time. On a loaded machine this says little; the ratio of CPU times says more. */
  readonly perSecond?: number;
  /** Memory for one unit. */
  readonly bytes?: number;
  /** Compared with another subject of the same run. */
  readonly ratio?: BenchRatio;
  /** What one has to know to read the figures; or why there are none. */
  readonly note?: string;
}

export interface BenchRatio {
  /** In words, `CPU of SIPp`. */
  readonly of: string;
  /** Median of the ratios of each round. */
  readonly value: number;
  /** `at most 1`. */
  readonly goal?: string;
}

/** What each bench function takes. */
export interface BenchOptions {
  /** Each subject is measured so many times, in turns. Default 5. */
  readonly rounds: number;
  /** Tells people what goes on. */
  readonly progress: (text: string) => void;
}

/** The middle one; of an even number the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
