/** Places of the counters before the claims. */
const MESSAGES = 0;
const FAILURES = 1;
const CLAIMS = 2;

/**
 * What the threads of one run count together: which scenarios are taken, how many failed, how many messages were seen.
 * Each thread makes its own ledger on the buffer of the first one. Scenarios are named by their place in the run.
 */
export class RunLedger {
  readonly buffer: SharedArrayBuffer;
  readonly #counts: Int32Array;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#counts = new Int32Array(buffer);
  }

  static ofScenarios(count: number): RunLedger {
    return new RunLedger(new SharedArrayBuffer((CLAIMS + count) * Int32Array.BYTES_PER_ELEMENT));
  }

  static on(buffer: SharedArrayBuffer): RunLedger {
    return new RunLedger(buffer);
  }

  /** @returns whether the scenario is the caller's now: exactly one caller in all threads is told so. */
  claim(scenario: number): boolean {
    return Atomics.compareExchange(this.#counts, CLAIMS + scenario, 0, 1) === 0;
  }

  isClaimed(scenario: number): boolean {
    return Atomics.load(this.#counts, CLAIMS + scenario) !== 0;
  }

  /** @returns the number of one more message, from 1. */
  nextMessage(): number {
    return Atomics.add(this.#counts, MESSAGES, 1) + 1;
  }

  countFailure(): void {
    Atomics.add(this.#counts, FAILURES, 1);
  }

  get failures(): number {
    return Atomics.load(this.#counts, FAILURES);
  }
}
