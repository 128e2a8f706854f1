import type { Verdict } from "../../results/model.ts";
import { VERDICT_SIGNS } from "../verdict-signs.ts";
import { markup, type Markup } from "./markup.ts";

/** Its sign, with its word for those who do not see colours. */
export function verdictMark(verdict: Verdict): Markup {
  return markup`<span class="mark ${verdict}" title="${verdict}"><span aria-hidden="true">${VERDICT_SIGNS[verdict]}</span><span class="hidden">${verdict}</span></span>`;
}
