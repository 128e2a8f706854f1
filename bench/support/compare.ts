import { median, type BenchOptions, type BenchRatio } from "./row.ts";
import type { Usage } from "./usage.ts";

/** Who is measured, and how one round of it goes. */
export interface Subject {
  readonly name: string;
  readonly run: () => Promise<Usage>;
}

/** The rounds of all subjects, who take turns, so that a busy machine is busy for all of them. */
export class Comparison {
  readonly #rounds = new Map<string, Usage[]>();
  readonly #units: number;

  private constructor(units: number) {
    this.#units = units;
  }

  /** @param units how many units of work one round of a subject does. */
  static async of(
    bench: string,
    subjects: readonly Subject[],
    units: number,
    { rounds, progress }: BenchOptions,
  ): Promise<Comparison> {
    const comparison = new Comparison(units);
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, run } of subjects) {
        const usage = await run();
        comparison.#usages(name).push(usage);
        progress(`${bench} ${round}/${rounds} ${name}: ${(usage.cpuMicros / units).toFixed(1)} µs`);
      }
    }
    return comparison;
  }

  cpuMicros(name: string): number {
    return median(this.#usages(name).map((usage) => usage.cpuMicros)) / this.#units;
  }

  /** CPU of a unit among the first that a process did; NaN where that was not told. */
  firstMicros(name: string): number {
    return median(this.#usages(name).map(({ firstMicros = NaN }) => firstMicros));
  }

  perSecond(name: string): number {
    return this.#units / median(this.#usages(name).map((usage) => usage.seconds));
  }

  /** CPU of one subject as share of another's: the median over the rounds. */
  ratio(name: string, of: string, goal?: string): BenchRatio {
    const others = this.#usages(of);
    const ratios = this.#usages(name).map(({ cpuMicros }, round) => cpuMicros / (others[round]?.cpuMicros ?? NaN));
    return { of: `CPU of ${of}`, value: median(ratios), ...(goal === undefined ? {} : { goal }) };
  }

  #usages(name: string): Usage[] {
    let usages = this.#rounds.get(name);
    if (!usages) this.#rounds.set(name, (usages = []));
    return usages;
  }
}
