import type { PortableError } from "../core/portable-error.ts";
import type { SubjectReport } from "./judge.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import type { Selection } from "../scenarios/index.ts";
import type { SubjectSelection } from "./subjects.ts";

/** What a process needs to know to try subjects by their number. Plain data: it crosses from process to process. */
export interface Setup {
  readonly cwd: string;
  /** Absolute. */
  readonly lab: string;
  /** Files and folders of scenarios. */
  readonly paths: readonly string[];
  readonly places: Selection["places"];
  readonly subjects: SubjectSelection;
  /** File of policies in place of the catalogue; absolute. */
  readonly policies?: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly folder: string;
  readonly keep: boolean;
  /**
   * Try a defect on the scenarios of its own rule only, one after the other until one catches it; what none of them
   * catches survives. Default false.
   */
  readonly untilCaught?: boolean;
}

export type ToWorker =
  { readonly type: "begin"; readonly setup: Setup } | { readonly type: "try"; readonly indexes: readonly number[] };

export type FromWorker =
  /** Said again and again: its event loop turns. */
  | { readonly type: "alive" }
  /** How a scenario ended on the one subject of the group, told at once: the process may not live to report. */
  | { readonly type: "outcome"; readonly index: number; readonly outcome: ScenarioOutcome }
  /** Has room for one more subject. */
  | { readonly type: "hungry" }
  /** `cpuMs`: user and system time of the process so far. */
  | {
      readonly type: "reports";
      readonly indexes: readonly number[];
      readonly reports: readonly SubjectReport[];
      readonly cpuMs: number;
    }
  /** Cannot go on. */
  | { readonly type: "broken"; readonly failure: PortableError };
