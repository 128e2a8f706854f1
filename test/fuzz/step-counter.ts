import { Session, type Profiler } from "node:inspector";

interface Measurable {
  readonly length: number;
}

type Work = (subject: Measurable, args: readonly unknown[], result: unknown) => number;

const whole: Work = (subject) => subject.length;

/** From where the search begins to what it finds. */
const forwards: Work = ({ length }, [, from], result) => {
  const start = typeof from === "number" ? Math.min(Math.max(from, 0), length) : 0;
  return typeof result === "number" && result >= start ? result - start : length - start;
};

const backwards: Work = ({ length }, _args, result) => length - Math.max(Number(result), 0);

const madeLength: Work = (_subject, _args, result) => (result as Measurable).length;

/** Built-in functions whose work grows with their subject, and how much of it one call looks at. */
const BUILT_IN: readonly [owner: object, names: readonly string[], work: Work][] = [
  [String.prototype, ["indexOf"], forwards],
  [String.prototype, ["lastIndexOf"], backwards],
  [
    String.prototype,
    ["includes", "split", "toLowerCase", "toUpperCase", "trim", "trimEnd", "replace", "replaceAll"],
    whole,
  ],
  [Buffer.prototype, ["indexOf"], forwards],
  [Buffer.prototype, ["toString"], madeLength],
  [Buffer.prototype, ["copy"], (_subject, _args, result) => Number(result)],
  [Array.prototype, ["indexOf", "includes", "splice", "unshift"], whole],
  [Array.prototype, ["slice", "concat"], madeLength],
];

/**
 * Counts the steps of some work, so that it can be said, without a clock, whether twice the input is twice the work:
 * the basic blocks that ran, as V8's coverage counts them, and the octets and items that built-in functions looked at.
 * Functions loaded before `start` are counted as calls only: start first, import then.
 */
export class StepCounter {
  readonly #session = new Session();
  readonly #counted: RegExp;
  #builtIn = 0;

  /** @param counted URLs of the modules whose blocks count. */
  constructor(counted: RegExp) {
    this.#counted = counted;
  }

  start(): void {
    this.#session.connect();
    this.#post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  stop(): void {
    this.#post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  /** Steps of `work`. */
  count(work: () => void): number {
    this.#blocks();
    this.#builtIn = 0;
    const restore = this.#watchBuiltIns();
    try {
      work();
    } finally {
      restore();
    }
    return this.#blocks() + this.#builtIn;
  }

  /** Basic blocks that ran since the last call. */
  #blocks(): number {
    let result: Profiler.ScriptCoverage[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, taken) => {
      if (error) throw error;
      result = taken.result;
    });
    const functions = result.filter(({ url }) => this.#counted.test(url)).flatMap((script) => script.functions);
    return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
  }

  #watchBuiltIns(): () => void {
    const restores: (() => void)[] = [];
    for (const [owner, names, work] of BUILT_IN) {
      for (const name of names) {
        const descriptor = Object.getOwnPropertyDescriptor(owner, name);
        const original = descriptor?.value as ((...args: unknown[]) => unknown) | undefined;
        if (!original) continue;
        const add = (steps: number): void => {
          this.#builtIn += steps;
        };
        const watched = function (this: Measurable, ...args: unknown[]): unknown {
          const result = Reflect.apply(original, this, args);
          add(1 + work(this, args, result));
          return result;
        };
        Object.defineProperty(owner, name, { ...descriptor, value: watched });
        restores.push(() => Object.defineProperty(owner, name, { ...descriptor }));
      }
    }
    return () => {
      for (const restore of restores) restore();
    };
  }

  #post(method: "Profiler.enable" | "Profiler.stopPreciseCoverage"): void {
    this.#session.post(method);
  }
}
