import { seededIds, type Ids } from "../../src/core/ids.ts";

/** Random choices that are the same for the same seed. */
export class Dice {
  readonly #ids: Ids;

  constructor(seed: string) {
    this.#ids = seededIds(seed);
  }

  /** From 0 up to, not including, `below`. */
  below(below: number): number {
    return below <= 1 ? 0 : this.#ids.integer(below);
  }

  /** From `lowest` to `highest`, both included. */
  between(lowest: number, highest: number): number {
    return lowest + this.below(highest - lowest + 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error("nothing to pick from");
    return choices[this.below(choices.length)] as T;
  }

  /** Octet string of any octets. */
  octets(count: number): string {
    return this.#ids.bytes(count).toString("latin1");
  }

  hex(): string {
    return this.#ids.hex(6);
  }
}
