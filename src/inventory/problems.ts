import { InventoryError } from "../core/errors.ts";
import type { Place } from "./model.ts";

/** Stable codes of what can be wrong with a lab file; each has a paragraph in docs/errors.md. */
export type LabErrorCode =
  | "ERR_LAB_FILE"
  | "ERR_LAB_SYNTAX"
  | "ERR_LAB_KEY"
  | "ERR_LAB_VALUE"
  | "ERR_LAB_REFERENCE"
  | "ERR_LAB_DUPLICATE"
  | "ERR_LAB_ENVIRONMENT"
  | "ERR_LAB_RULE";

/** One thing that is wrong with a lab file. */
export interface LabProblem {
  readonly code: LabErrorCode;
  readonly place: Place;
  /** Where in the data: `devices.SEP000000000001.lines[0].number`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and the mend. Holds no secrets. */
  readonly message: string;
  /** Id of the rule that forbids it. */
  readonly rule?: string;
}

/** `file:line:column`, as editors and terminals make links of it. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

export function byPlace(a: { readonly place: Place }, b: { readonly place: Place }): number {
  return a.place.line - b.place.line || a.place.column - b.place.column;
}

function formatProblem(problem: LabProblem): string {
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const rule = problem.rule === undefined ? "" : ` (${problem.rule})`;
  return `${formatPlace(problem.place)}: ${path}${problem.message}${rule}`;
}

/** The problems of one file as one error: the first in its message, the others on the lines below it. */
export function inventoryError(...problems: [LabProblem, ...LabProblem[]]): InventoryError {
  const sorted = problems.toSorted(byPlace);
  const first = sorted[0] ?? problems[0];
  return new InventoryError(sorted.map(formatProblem).join("\n"), {
    code: first.code,
    details: { ...first.place, path: first.path, problems: sorted },
  });
}

/** Throws {@link inventoryError} unless there are none. */
export function throwProblems(problems: readonly LabProblem[]): void {
  const [first, ...others] = problems;
  if (first) throw inventoryError(first, ...others);
}
