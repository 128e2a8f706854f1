import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { groupBy } from "../../core/grouping.ts";
import { MODULE_ROOT } from "../../core/own-files.ts";
import { counted } from "../../core/text.ts";
import type { RunRecord, ScenarioRecord } from "../../results/index.ts";
import type { Verdict } from "../../results/model.ts";
import { earlierAttempts, GRAVEST_FIRST, latestAttempts, summarize, VERDICTS, type Summary } from "../summary.ts";
import { targetText } from "../target-text.ts";
import { Markup, markup } from "./markup.ts";
import { packMessages } from "./message-data.ts";
import { ruleMap } from "./rule-map.ts";
import { scenarioSection } from "./scenario-section.ts";
import { toLookAt } from "./to-look-at.ts";
import { verdictMark } from "./verdicts.ts";

const STYLE = pageFile("page.css");
const SCRIPT = pageFile("page.js");

function pageFile(name: string): string {
  return readFileSync(new URL(`reporters/html/page/${name}`, MODULE_ROOT), "utf8");
}

function sourceHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Exit code of a run in which nothing failed and something could not be judged. */
const EXIT_INCONCLUSIVE = 3;

/** Nothing is fetched, and no script or style runs but the two of ours, whatever a peer wrote into a message. */
const POLICY = `default-src 'none'; style-src ${sourceHash(STYLE)}; script-src ${sourceHash(SCRIPT)}; base-uri 'none'; form-action 'none'`;

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function facts(run: RunRecord, summary: Summary): Markup {
  const { start, end } = run;
  const impaired = start.options["impair"];
  const rows: (readonly [string, string])[] = [
    ["target", targetText(start)],
    ["lab", start.lab],
    ["began", utc(start.at)],
    ["took", end ? `${(end.durationMs / 1000).toFixed(2)} s` : "did not end"],
    ["seen", `${summary.checks} checks, ${summary.messages} messages`],
    ["run", `${start.run}, offhook ${start.version}${start.seed === start.run ? "" : `, seed ${start.seed}`}`],
    ...(typeof impaired === "string" ? [["network", impaired] as const] : []),
    ...(start.unmasked ? [["secrets", "left readable (--unmask)"] as const] : []),
  ];
  return markup`<dl class="facts">${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function headline({ end }: RunRecord): readonly [Verdict, string] {
  if (!end) return ["incomplete", "The run did not end"];
  if (end.interrupted !== undefined) return ["incomplete", `The run was ended early: ${end.interrupted}`];
  if (end.exitCode === EXIT_INCONCLUSIVE) return ["inconclusive", "The run is inconclusive"];
  return end.exitCode === 0 ? ["passed", "The run passed"] : ["failed", "The run did not pass"];
}

/** What there was of each verdict, the gravest first: `2 failed, 10 passed of 12 scenarios`. */
function tally({ counts, flaky, total }: Summary): Markup {
  const words = GRAVEST_FIRST.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => `${counts[verdict]} ${verdict}`,
  );
  const all = [...words, ...(flaky > 0 ? [`${flaky} flaky`] : [])].join(", ") || "0 passed";
  return markup`<p class="tally">${all} of ${counted(total, "scenario")}</p>`;
}

function chips({ counts }: Summary): Markup {
  const shown = VERDICTS.filter((verdict) => counts[verdict] > 0);
  return markup`<div class="chips" role="group" aria-label="Show verdicts">${shown.map(
    (verdict) =>
      markup`<button type="button" class="chip ${verdict}" data-verdict="${verdict}" aria-pressed="false">${verdictMark(verdict)}<b>${counts[verdict]}</b> ${verdict}</button>`,
  )}</div>`;
}

function coverage({ rulesCovered, rulesNotCovered }: Summary): Markup {
  const all = rulesCovered.length + rulesNotCovered.length;
  return markup`<h2>Rules</h2><p class="coverage"><meter aria-label="Rules covered" min="0" max="${all}" value="${rulesCovered.length}"></meter> ${rulesCovered.length} of ${all} must and should rules covered</p>`;
}

function suites(run: RunRecord, indexOf: ReadonlyMap<ScenarioRecord, number>, cwd: string): Markup[] {
  const section = (scenario: ScenarioRecord): Markup =>
    scenarioSection(scenario, {
      index: indexOf.get(scenario) ?? 0,
      cwd,
      run: run.start,
      earlier: scenario.start.attempt > 1 ? earlierAttempts(run, scenario) : [],
    });
  return [...groupBy([...indexOf.keys()], ({ start }) => start.place.file)].map(
    ([file, list]) => markup`<section class="suite"><h3>${relative(cwd, file)}</h3>${list.map(section)}</section>`,
  );
}

/**
 * The run as one HTML file that needs nothing else: verdicts, the map of rules, each scenario with its failure
 * explained, its steps and its call flow. @param cwd files are told relative to it.
 */
export function renderHtml(run: RunRecord, cwd: string): string {
  const scenarios = latestAttempts(run);
  const summary = summarize(run);
  const indexOf = new Map(scenarios.map((scenario, index) => [scenario, index]));
  const [verdict, words] = headline(run);
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${words} · offhook ${run.start.run}</title><style>${new Markup(STYLE)}</style></head>
<body><a class="skip" href="#scenarios">Skip to the scenarios</a>
<header class="${verdict}"><h1>${verdictMark(verdict)}${words}</h1>${tally(summary)}${facts(run, summary)}</header>
<main>${toLookAt(run, indexOf)}${coverage(summary)}${ruleMap(scenarios, run.start.target.embedded)}
<h2 id="scenarios" tabindex="-1">Scenarios</h2>
<div class="filters" role="search">${chips(summary)}<input type="search" placeholder="Title, rule, file or verdict" aria-label="Search scenarios" aria-keyshortcuts="/">
<span class="count" role="status"></span><button type="button" class="reset" hidden>Show all</button></div>
${suites(run, indexOf, cwd)}</main>
<footer>Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous scenario, <kbd>Enter</kbd> opens it, <kbd>Esc</kbd> shows all.</footer>
<noscript><p class="reason">Call flows are drawn by a script, and searching needs one.</p></noscript>
<script type="application/octet-stream" id="messages">${new Markup(packMessages(scenarios))}</script>
<script>${new Markup(SCRIPT)}</script></body></html>
`;
  return page.text;
}
