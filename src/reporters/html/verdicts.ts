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
