import { chapterOf, CHAPTERS, DOCUMENT_PLACES } from "../rules/index.ts";
import type { TracedRule, TracedScenario } from "./traceability.ts";

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}

/** Files with the number of their scenarios: titles and lines change too often to stand in a document. */
function fileLinks(scenarios: readonly TracedScenario[], base: string): string {
  const counts = new Map<string, number>();
  for (const { file } of scenarios) counts.set(file, (counts.get(file) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([file, count]) => {
      const name = file.replace(/^scenarios\//, "").replace(/\.scenario\.[mc]?[jt]s$/, "");
      return `[${cell(name)}](${base}${file})${count > 1 ? ` ×${count}` : ""}`;
    })
    .join(", ");
}

function row(rule: TracedRule, base: string): string {
  const level = rule.referenceLevel === undefined ? rule.level : `${rule.level} (${rule.referenceLevel} for ours)`;
  const observed = rule.observers.length === 0 ? "" : `observed in ${fileLinks(rule.observers, base)}`;
  const judged = rule.uncovered ?? [fileLinks(rule.scenarios, base), observed].filter((text) => text !== "").join("; ");
  const document = rule.document.join(", ");
  return `| ${[rule.id, level, cell(rule.statement), document, judged, fileLinks(rule.controls, base)].join(" | ")} |`;
}

/**
 * The traceability table as a document: chapters, rules, places of the document, scenarios.
 * @param base leads from the document's folder to that of the scenarios' paths: `../`.
 */
export function rulesMarkdown(rules: readonly TracedRule[], base: string): string {
  const judged = rules.filter(({ level }) => level !== "info");
  const covered = judged.filter(({ scenarios }) => scenarios.length > 0);
  const lines = [
    "# Rules and the scenarios that judge them",
    "",
    "Made by `npm run docs:rules`; the gate checks that it is current. What a level means stands in [errors.md](errors.md#verdicts). What each rule accepts, and",
    "the titles of its scenarios: `offhook list --rules --rule REG-01`.",
    "",
    `${covered.length} of ${judged.length} must and should rules are judged by a scenario.`,
  ];
  for (const [chapter, title] of Object.entries(CHAPTERS)) {
    const members = rules.filter((rule) => chapterOf(rule) === chapter);
    if (members.length === 0) continue;
    lines.push(
      "",
      `## ${title}`,
      "",
      "| Rule | Level | Statement | Document | Judged in | Control in |",
      "|---|---|---|---|---|---|",
    );
    for (const rule of members) lines.push(row(rule, base));
  }
  const anchors = Object.entries(DOCUMENT_PLACES);
  lines.push(
    "",
    "## Places of the document",
    "",
    "In our words; the document is Cisco's *Non-Cisco SIP phones setup*.",
    "",
  );
  lines.push("| Place | Heading | Says |", "|---|---|---|");
  for (const [anchor, { heading, says }] of anchors) lines.push(`| ${anchor} | ${cell(heading)} | ${cell(says)} |`);
  return `${lines.join("\n")}\n`;
}
