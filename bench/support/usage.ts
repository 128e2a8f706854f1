/** What some work took. */
export interface Usage {
  /** User and system time of the process. */
  readonly cpuMicros: number;
  readonly seconds: number;
  /** What one unit took among the first ones of the process, which do not count: V8 compiles then. */
  readonly firstMicros?: number;
}

/** Measures this process from now on. Start-up and compilation of what comes before stay out, of the rest nothing. */
export class Stopwatch {
  readonly #cpu = process.cpuUsage();
  readonly #started = performance.now();

  read(): Usage {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { cpuMicros: user + system, seconds: (performance.now() - this.#started) / 1000 };
  }
}
