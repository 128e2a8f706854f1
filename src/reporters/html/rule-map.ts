import { groupBy } from "../../core/grouping.ts";
import { counted } from "../../core/text.ts";
import { chapterOf, CHAPTERS, levelOf, RULES, type Rule } from "../../rules/index.ts";
import type { ScenarioRecord } from "../../results/index.ts";
import type { Verdict } from "../../results/model.ts";
import { ruleVerdicts } from "../rule-verdicts.ts";
import { markup, type Markup } from "./markup.ts";

const COLUMNS = ["rule", "level", "statement", "document", "scenarios", "verdict"] as const;

/** What a run says of one rule. */
interface RuleResult {
  readonly rule: Rule;
  /** How many name it. */
  readonly scenarios: number;
  readonly verdict: Verdict | "observed" | "none";
}

function resultOf(rule: Rule, all: readonly ScenarioRecord[], judged: Verdict | undefined): RuleResult {
  const observed = all.some(({ observations }) => observations.some((line) => line.rule === rule.id));
  const scenarios = all.filter(({ start }) => start.rules.includes(rule.id)).length;
  const unjudged = judged === undefined || judged === "skipped";
  return { rule, scenarios, verdict: unjudged ? (observed ? "observed" : "none") : judged };
}

function tile({ rule, verdict, scenarios }: RuleResult): Markup {
  const number = rule.id.slice(rule.id.indexOf("-") + 1);
  return markup`<button type="button" class="tile ${verdict}" data-rule="${rule.id}" aria-pressed="false" title="${rule.id}: ${rule.statement} (${verdict}, ${counted(scenarios, "scenario")})">${number}<span class="hidden"> ${rule.id} ${verdict}</span></button>`;
}

function row({ rule, verdict, scenarios }: RuleResult, embedded: boolean): Markup {
  return markup`<tr class="${verdict}"><td><button type="button" class="rule" data-rule="${rule.id}">${rule.id}</button></td><td>${levelOf(rule.id, { embedded })}</td>
<td>${rule.statement}</td><td>${rule.document.join(" ")}</td><td class="number">${scenarios}</td><td><span class="word ${verdict}">${verdict === "none" ? "not covered" : verdict}</span></td></tr>`;
}

/** Every rule as a tile in the colour of its verdict, by feature, and the table behind them. */
export function ruleMap(scenarios: readonly ScenarioRecord[], embedded: boolean): Markup {
  const verdicts = ruleVerdicts(scenarios);
  const results = [...RULES.values()].map((rule) => resultOf(rule, scenarios, verdicts.get(rule.id)));
  const groups = [...groupBy(results, ({ rule }) => chapterOf(rule))].map(
    ([feature, members]) =>
      markup`<div class="feature"><h3>${CHAPTERS[feature] ?? feature}<span>${feature}</span></h3><div class="tiles">${members.map(tile)}</div></div>`,
  );
  return markup`<section class="rules">${groups}</section>
<details class="table"><summary>Rules, one by one</summary><div class="scroll" tabindex="0" role="region" aria-label="Rules, one by one"><table><thead><tr>${COLUMNS.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${results.map((result) => row(result, embedded))}</tbody></table></div></details>`;
}
