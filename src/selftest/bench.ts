import type { Clock } from "../core/clock.ts";
import { UsageError } from "../core/errors.ts";
import { randomIds } from "../core/ids.ts";
import type { Environment, Lab } from "../inventory/index.ts";
import { loadLab } from "../inventory/index.ts";
import {
  findScenarioFiles,
  loadScenarios,
  namesRule,
  RUN_ENDED,
  selectScenarios,
  type ScenarioSpec,
} from "../scenarios/index.ts";
import type { SubjectReport } from "./judge.ts";
import type { Setup } from "./messages.ts";
import { loadPolicyFile } from "./policy-file.ts";
import { subjectsOf, type Subject } from "./subjects.ts";
import { assertEmbedded, trySubject } from "./try-subject.ts";

/** The subjects that a setup asks for; the same in each process, so that a number names one. */
export async function loadSubjects({ subjects, policies, cwd }: Setup): Promise<Subject[]> {
  return subjectsOf(subjects, policies === undefined ? undefined : await loadPolicyFile(policies, cwd));
}

/** Everything that one process tries subjects with, loaded once. */
export class Bench {
  readonly subjects: readonly Subject[];
  readonly #setup: Setup;
  readonly #lab: Lab;
  readonly #specs: readonly ScenarioSpec[];
  readonly #clock: Clock;
  readonly #abort = new AbortController();

  private constructor(setup: Setup, parts: BenchParts, clock: Clock) {
    this.#setup = setup;
    this.subjects = parts.subjects;
    this.#lab = parts.lab;
    this.#specs = parts.specs;
    this.#clock = clock;
  }

  /** @throws {UsageError | InventoryError} what the setup names is not there or not in order. */
  static async open(
    setup: Setup,
    { clock, env }: { readonly clock: Clock; readonly env: Environment },
  ): Promise<Bench> {
    const subjects = await loadSubjects(setup);
    const lab = await loadLab(setup.lab, { env });
    assertEmbedded(lab);
    const all = await loadScenarios(findScenarioFiles(setup.paths, setup.cwd), setup.cwd);
    return new Bench(setup, { subjects, lab, specs: selectScenarios(all, { places: setup.places, rules: [] }) }, clock);
  }

  /** Tries the subject of that number. */
  async try(index: number): Promise<SubjectReport> {
    const subject = this.subjects[index];
    if (!subject) throw new RangeError(`no subject ${index}`);
    const { concurrency, timeoutMs, folder, keep, cwd, ownRuleOnly = false } = this.#setup;
    return await trySubject(subject, {
      ...{ lab: this.#lab, specs: this.#specsFor(subject), clock: this.#clock, ids: randomIds() },
      ...{ concurrency, timeoutMs, folder, keep, cwd, ownRuleOnly, signal: this.#abort.signal },
    });
  }

  /** Ends what runs; phones hang up and beds close as after a run. */
  stop(): void {
    this.#abort.abort(new UsageError("the self-test was ended", { code: RUN_ENDED }));
  }

  /** Where only defects are tried, the correct call manager has to be green for their rules. */
  #specsFor({ kind }: Subject): readonly ScenarioSpec[] {
    const others = this.subjects.filter((subject) => subject.kind !== "correct");
    if (kind !== "correct" || others.some((subject) => subject.kind !== "defect")) return this.#specs;
    return this.#specs.filter((spec) => others.some(({ rule }) => rule !== undefined && namesRule(spec, rule)));
  }
}

interface BenchParts {
  readonly subjects: readonly Subject[];
  readonly lab: Lab;
  readonly specs: readonly ScenarioSpec[];
}
