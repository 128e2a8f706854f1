import Mocha from "mocha";
import type { ScenarioEndLine } from "../results/model.ts";
import type { Running } from "./runner.ts";
import type { ScenarioSpec } from "./scenario.ts";

/** A mocha test that stands for a scenario; reporters that know it find the whole result, others see a plain test. */
export interface ScenarioTest extends Mocha.Test {
  scenario?: ScenarioSpec;
  result?: ScenarioEndLine;
}

export interface MochaOptions {
  /** Name of one of mocha's reporters, or the class of our own. */
  readonly reporter: string | Mocha.ReporterConstructor;
  /** What our own reporter is given as `options.reporterOptions`. */
  readonly reporterOptions?: object;
  readonly strict: boolean;
  readonly color: boolean;
  /** Heading of a file's suite. */
  readonly suiteTitle: (file: string) => string;
  /** Rejects when results will no longer come: then reporting ends with what there is. Default: they all come. */
  readonly broken?: Promise<never>;
}

/** What mocha shows as the error of a test whose scenario did not pass. */
class ScenarioError extends Error {
  readonly actual?: string;
  readonly expected?: string;
  readonly showDiff: boolean;

  constructor(line: ScenarioEndLine) {
    super(`${line.verdict}: ${line.failure?.message ?? line.reason ?? "no reason given"}`);
    this.name = line.failure?.name ?? "Error";
    if (line.failure?.stack !== undefined) this.stack = line.failure.stack;
    if (line.failure?.received !== undefined) this.actual = line.failure.received;
    if (line.failure?.expected !== undefined) this.expected = line.failure.expected;
    this.showDiff = this.actual !== undefined && this.expected !== undefined;
  }
}

function testOf(spec: ScenarioSpec, result: Promise<ScenarioEndLine>, strict: boolean): Mocha.Test {
  const test: ScenarioTest = new Mocha.Test(spec.title, async function (this: Mocha.Context) {
    const line = await result;
    test.result = line;
    if (line.verdict === "skipped") this.skip();
    if (line.verdict === "passed" || (line.verdict === "deviation" && !strict)) return;
    throw new ScenarioError(line);
  });
  // Mocha would put the time here that it waited for the result, after whatever it waited for before.
  Object.defineProperty(test, "duration", { get: () => test.result?.durationMs, set: () => undefined });
  test.file = spec.place.file;
  test.scenario = spec;
  test.timeout(0);
  return test;
}

/**
 * Reports scenarios through mocha: one suite for each file, one test for each scenario, which awaits the result that
 * our own runner brings. Mocha sees them one after the other in the order of the files, whatever runs side by side.
 * @returns when mocha has reported the last one.
 */
export async function reportThroughMocha(
  specs: readonly ScenarioSpec[],
  results: Running["results"],
  options: MochaOptions,
): Promise<void> {
  const mocha = new Mocha({
    reporter: options.reporter,
    reporterOptions: options.reporterOptions ?? {},
    color: options.color,
    timeout: 0,
  });
  const { broken } = options;
  const suites = new Map<string, Mocha.Suite>();
  for (const spec of specs) {
    const own = results.get(spec);
    if (!own) continue;
    const result = broken ? Promise.race([own, broken]) : own;
    result.catch(() => undefined);
    let suite = suites.get(spec.place.file);
    if (!suite) {
      suite = Mocha.Suite.create(mocha.suite, options.suiteTitle(spec.place.file));
      suites.set(spec.place.file, suite);
    }
    suite.addTest(testOf(spec, result, options.strict));
  }
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    broken?.catch(() => runner.abort());
  });
}
