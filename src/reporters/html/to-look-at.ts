import { groupBy } from "../../core/grouping.ts";
import type { RunRecord, ScenarioRecord } from "../../results/index.ts";
import { RULES } from "../../rules/index.ts";
import { firstSentence, latestAttempts, troubles } from "../summary.ts";
import { markup, when, type Markup } from "./markup.ts";
import { verdictMark } from "./verdicts.ts";

/** Of more of one kind the rest is folded, if it is more than one. */
const MOST_SHOWN = 5;
const LONGEST_SENTENCE = 240;

/** What several troubles have in common: the rule that is broken, or why nothing can be said. */
function groupOf(scenario: ScenarioRecord): string {
  const { verdict, start, end } = scenario;
  if (verdict === "failed" || verdict === "deviation") return end?.failure?.rule ?? start.rules[0] ?? "";
  return verdict === "error" ? "Mistakes of scripts or of offhook" : firstSentence(scenario);
}

function heading(group: string): Markup {
  const rule = RULES.get(group);
  return rule
    ? markup`<span class="rule">${rule.id}</span> ${rule.statement}`
    : markup`${group.slice(0, LONGEST_SENTENCE)}`;
}

function trouble(scenario: ScenarioRecord, index: number, group: string): Markup {
  const why = firstSentence(scenario).slice(0, LONGEST_SENTENCE);
  return markup`<li>${verdictMark(scenario.verdict)}<a href="#s${index}">${scenario.start.title}</a>${when(
    why !== "" && why !== group,
    () => markup`<span class="why">${why}</span>`,
  )}</li>`;
}

function groupSection(group: string, list: readonly Markup[]): Markup {
  const shown = list.length > MOST_SHOWN + 1 ? MOST_SHOWN : list.length;
  const rest = list.slice(shown);
  return markup`<h3>${heading(group)}</h3><ul>${list.slice(0, shown)}</ul>${when(
    rest.length > 0,
    () => markup`<details><summary>and ${rest.length} more</summary><ul>${rest}</ul></details>`,
  )}`;
}

/** What was left out, by reason, so that forty times the same reason is one line. */
function skipped(run: RunRecord): Markup | "" {
  const list = latestAttempts(run).filter(({ verdict }) => verdict === "skipped");
  const reasons = groupBy(list, ({ end }) => end?.reason ?? "no reason given");
  return when(
    list.length > 0,
    () =>
      markup`<section class="skipped"><h2>Not run</h2><ul>${[...reasons].map(
        ([reason, members]) => markup`<li><b>${members.length}</b> × ${reason}</li>`,
      )}</ul></section>`,
  );
}

/**
 * What a reader has to look at: troubles by the rule that is broken, each with what was judged; and what was not run.
 * @param indexOf number of the section of each scenario.
 */
export function toLookAt(run: RunRecord, indexOf: ReadonlyMap<ScenarioRecord, number>): Markup {
  const groups = groupBy(troubles(run, true), groupOf);
  const sections = [...groups].map(([group, members]) =>
    groupSection(
      group,
      members.map((scenario) => trouble(scenario, indexOf.get(scenario) ?? 0, group)),
    ),
  );
  return markup`${when(
    sections.length > 0,
    () => markup`<section class="troubles"><h2>To look at</h2>${sections}</section>`,
  )}${skipped(run)}`;
}
