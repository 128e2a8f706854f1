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
import { joined } from "./groups.ts";
import type { SubjectReport } from "./judge.ts";
import type { Setup } from "./messages.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import { loadPolicyFile } from "./policy-file.ts";
import { subjectsOf, type Subject } from "./subjects.ts";
import type { Group } from "./trial-process.ts";
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
    const specs = selectScenarios(all, { places: setup.places, rules: [] });
    if (specs.length === 0) {
      // Everything would survive a suite of nothing.
      const message = `None of ${all.length} scenarios was selected. "offhook list" shows them with their lines.`;
      throw new UsageError(message, { code: "ERR_USAGE", details: { paths: setup.paths, places: setup.places } });
    }
    return new Bench(setup, { subjects, lab, specs }, clock);
  }

  /**
   * Tries the subjects of these numbers: together where they are several, and each by itself where that was not green.
   * @param onOutcome told how each scenario ended, where one subject is tried.
   * @returns a report for each, in their order.
   */
  async try(indexes: Group, onOutcome?: (outcome: ScenarioOutcome) => void): Promise<SubjectReport[]> {
    const members = indexes.map((index) => this.#subject(index));
    const [first] = members;
    if (!first) return [];
    if (members.length === 1) return [await this.#tryOne(first, onOutcome)];
    const together = await this.#tryOne(joined(members));
    const isClear = together.verdict === "green" && together.deviations.length === 0;
    if (isClear || this.#abort.signal.aborted) return members.map((member) => asMember(together, member, members));
    const reports: SubjectReport[] = [];
    for (const member of members) reports.push(await this.#tryOne(member));
    return tellTogether(reports, together);
  }

  /** Ends what runs; phones hang up and beds close as after a run. */
  stop(): void {
    this.#abort.abort(new UsageError("the self-test was ended", { code: RUN_ENDED }));
  }

  #subject(index: number): Subject {
    const subject = this.subjects[index];
    if (!subject) throw new RangeError(`no subject ${index}`);
    return subject;
  }

  async #tryOne(subject: Subject, onOutcome?: (outcome: ScenarioOutcome) => void): Promise<SubjectReport> {
    const { concurrency, timeoutMs, folder, keep, cwd, untilCaught = false } = this.#setup;
    return await trySubject(subject, {
      ...{ lab: this.#lab, specs: this.#specsFor(subject), clock: this.#clock, ids: randomIds() },
      ...{ concurrency, timeoutMs, folder, keep, cwd, untilCaught, signal: this.#abort.signal },
      onOutcome,
    });
  }

  /** Where only defects are tried, the correct call manager has to be green for their rules. */
  #specsFor({ kind }: Subject): readonly ScenarioSpec[] {
    const others = this.subjects.filter((subject) => subject.kind !== "correct");
    if (kind !== "correct" || others.some((subject) => subject.kind !== "defect")) return this.#specs;
    return this.#specs.filter((spec) => others.some(({ rule }) => rule !== undefined && namesRule(spec, rule)));
  }
}

/** What a group came to, as the report of one of its members. */
function asMember(together: SubjectReport, { kind, name, title }: Subject, members: readonly Subject[]): SubjectReport {
  const triedWith = members.map((member) => member.name).filter((other) => other !== name);
  return { ...together, subject: { kind, name, title }, triedWith };
}

/** Members that are green by themselves though their group was not: what that turned red has to be looked at. */
function tellTogether(reports: readonly SubjectReport[], together: SubjectReport): SubjectReport[] {
  const isExplained = reports.some(({ verdict, deviations }) => verdict !== "green" || deviations.length > 0);
  const [first, ...others] = reports;
  if (isExplained || !first) return [...reports];
  const seen = [...together.red.map(({ title, message = "" }) => `${title}: ${message}`), ...together.troubles];
  const troubles = seen.map((text) => `only together, as ${together.subject.name}: ${text}`);
  return [{ ...first, troubles: [...first.troubles, ...troubles] }, ...others];
}

interface BenchParts {
  readonly subjects: readonly Subject[];
  readonly lab: Lab;
  readonly specs: readonly ScenarioSpec[];
}
