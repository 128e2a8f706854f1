import { verdictSign, wrap, type Style } from "../reporters/index.ts";
import { chapterOf, CHAPTERS, DOCUMENT_PLACES } from "../rules/index.ts";
import type { TracedRule, TracedScenario } from "./traceability.ts";

export interface RulesTextOptions {
  readonly style: Style;
  readonly columns: number;
}

/** `4 +2`: scenarios that judge, and those whose control it is. */
function counts({ scenarios, controls }: TracedRule): string {
  const judged = String(scenarios.length).padStart(2);
  return controls.length === 0 ? judged : `${judged} +${controls.length}`;
}

const WIDTHS = { id: 8, level: 7, counts: 7, verdict: 3 } as const;
/** Width of a label in the details of a rule. */
const LABEL = 12;
const LEFT = WIDTHS.id + WIDTHS.level + WIDTHS.counts + WIDTHS.verdict;

function row(rule: TracedRule, { style, columns }: RulesTextOptions): string[] {
  const { id, level, statement, document, lastVerdict, uncovered, scenarios, observers } = rule;
  const anchors = document.length === 0 ? "" : ` [${document.join(" ")}]`;
  const observed = scenarios.length === 0 && observers.length > 0 ? ` (observed by ${observers.length})` : "";
  const missing = uncovered === undefined ? observed : ` (${uncovered})`;
  const [first = "", ...rest] = wrap(`${statement}${anchors}${missing}`, Math.max(columns - LEFT, 30));
  const sign = lastVerdict === undefined ? " " : verdictSign(lastVerdict, style);
  const paint = uncovered !== undefined && level !== "info" ? style.yellow : (text: string): string => text;
  const left = [style.bold(id.padEnd(WIDTHS.id)), level.padEnd(WIDTHS.level), counts(rule).padEnd(WIDTHS.counts)].join(
    "",
  );
  const lines = [`${left}${sign}  ${paint(first)}`, ...rest.map((text) => `${" ".repeat(LEFT)}${paint(text)}`)];
  return lines.map((line) => line.trimEnd());
}

/** The rules as a table that keeps to the columns of the terminal, a chapter after the other. */
export function rulesTable(rules: readonly TracedRule[], options: RulesTextOptions): string {
  const lines: string[] = [];
  for (const [chapter, title] of Object.entries(CHAPTERS)) {
    const members = rules.filter((rule) => chapterOf(rule) === chapter);
    if (members.length === 0) continue;
    const covered = members.filter(({ scenarios }) => scenarios.length > 0).length;
    lines.push("", options.style.bold(`${title}: ${covered} of ${members.length} rules judged`));
    for (const rule of members) lines.push(...row(rule, options));
  }
  return `${lines.slice(1).join("\n")}\n`;
}

function places(scenarios: readonly TracedScenario[]): string[] {
  return scenarios.map(({ title, file, line }) => `${file}:${line}  ${title}`);
}

/** One rule with all that is known of it. */
export function ruleDetails(rule: TracedRule, { style, columns }: RulesTextOptions): string {
  const { id, level, referenceLevel, statement, accepts, control, needs, lastVerdict, uncovered } = rule;
  const lines = [
    style.bold(
      `${id} (${level}${referenceLevel === undefined ? "" : `; ${referenceLevel} for the reference call manager`})`,
    ),
  ];
  const field = (label: string, texts: readonly string[]): void => {
    texts.forEach((text, index) => {
      const [first = "", ...rest] = wrap(text, Math.max(columns - LABEL - 4, 30));
      lines.push(`  ${style.dim((index === 0 ? label : "").padEnd(LABEL))}${first}`);
      for (const more of rest) lines.push(`${" ".repeat(LABEL + 4)}${more}`);
    });
  };
  field("rule", [statement]);
  field("accepts", [accepts]);
  const said = rule.document.map(
    (anchor) => `${anchor}: ${DOCUMENT_PLACES[anchor].heading}. ${DOCUMENT_PLACES[anchor].says}`,
  );
  field("document", said);
  field("control", control === null ? [] : [control]);
  field("needs", needs.length === 0 ? [] : [needs.join(", ")]);
  field("judged by", places(rule.scenarios));
  field("control of", places(rule.controls));
  field("observed", places(rule.observers));
  field("uncovered", uncovered === undefined ? [] : [uncovered]);
  field("last run", lastVerdict === undefined ? [] : [lastVerdict]);
  return `${lines.join("\n")}\n`;
}
