import type { Verdict } from "../../results/model.ts";
import { markup, type Markup } from "./markup.ts";

const SIGNS: Readonly<Record<Verdict, string>> = {
  passed: "✓",
  deviation: "≈",
  failed: "✗",
  inconclusive: "?",
  error: "!",
  skipped: "–",
  incomplete: "…",
};

/** Its sign, with its word for those who do not see colours. */
export function verdictMark(verdict: Verdict): Markup {
  return markup`<span class="mark ${verdict}" title="${verdict}"><span aria-hidden="true">${SIGNS[verdict]}</span><span class="hidden">${verdict}</span></span>`;
}

/** Gravest first: what a set of scenarios amounts to. */
const GRAVITY: readonly Verdict[] = ["error", "failed", "incomplete", "inconclusive", "deviation", "passed", "skipped"];

/** The gravest of the verdicts; undefined of none. */
export function gravest(verdicts: Iterable<Verdict>): Verdict | undefined {
  const set = new Set(verdicts);
  return GRAVITY.find((verdict) => set.has(verdict));
}
