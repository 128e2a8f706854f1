import type { Verdict } from "../results/model.ts";

/** One character for each verdict, the same in a terminal and on a page. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  passed: "✓",
  deviation: "≈",
  failed: "✗",
  inconclusive: "?",
  error: "!",
  skipped: "-",
  incomplete: "…",
};
