import { once } from "node:events";
import { Stopwatch, type Usage } from "./usage.ts";

/** Keeps so many units of work going at once, numbered from 1, and tells what a batch of them took. */
export class Load {
  readonly #atOnce: number;
  readonly #begin: (number: number) => void;
  #finish: () => void = () => undefined;
  #begun = 0;
  #ended = 0;
  #last = 0;

  /** @param begin begins a unit, whose end is told by `ended`. */
  constructor(atOnce: number, begin: (number: number) => void) {
    this.#atOnce = atOnce;
    this.#begin = begin;
  }

  /** Does so many more. */
  async run(count: number): Promise<Usage> {
    const done = new Promise<void>((resolve) => (this.#finish = resolve));
    const stopwatch = new Stopwatch();
    this.#last += count;
    for (let index = 0; index < this.#atOnce; index += 1) this.#beginNext();
    await done;
    return stopwatch.read();
  }

  /** A unit has ended: another one begins in its place, where one is left. */
  ended(): void {
    this.#ended += 1;
    if (this.#ended === this.#last) this.#finish();
    else this.#beginNext();
  }

  #beginNext(): void {
    if (this.#begun === this.#last) return;
    this.#begun += 1;
    this.#begin(this.#begun);
  }
}

/**
 * A worker's part of `warmRun`: tells what the `first` units took, while V8 is still compiling, and, once it is told to
 * go on, what the `total` after them took.
 */
export async function runWarm(load: Load, first: number, total: number): Promise<void> {
  process.send?.(await load.run(first));
  await once(process, "message");
  process.send?.(await load.run(total));
}
