import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { groupBy } from "../../core/grouping.ts";
import type { RunRecord, ScenarioRecord } from "../../results/index.ts";
import type { Verdict } from "../../results/model.ts";
import { latestAttempts, summarize, troubles, VERDICTS, type Summary } from "../summary.ts";
import { targetText } from "../target-text.ts";
import { Markup, markup, when } from "./markup.ts";
import { packMessages } from "./message-data.ts";
import { ruleMap } from "./rule-map.ts";
import { scenarioSection } from "./scenario-section.ts";
import { verdictMark } from "./verdicts.ts";

const STYLE = pageFile("page.css");
const SCRIPT = pageFile("page.js");

function pageFile(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");
}

function sourceHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

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
    ["run", `${start.run}, offhook ${start.version}, seed ${start.seed}`],
    ...(typeof impaired === "string" ? [["network", impaired] as const] : []),
    ...(start.unmasked ? [["secrets", "left readable (--unmask)"] as const] : []),
  ];
  return markup`<dl class="facts">${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function headline({ end }: RunRecord): readonly [Verdict, string] {
  if (!end) return ["incomplete", "The run did not end"];
  if (end.interrupted !== undefined) return ["incomplete", `The run was ended early: ${end.interrupted}`];
  return end.exitCode === 0 ? ["passed", "The run passed"] : ["failed", "The run did not pass"];
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
  return markup`<p class="coverage"><meter min="0" max="${all}" value="${rulesCovered.length}"></meter> ${rulesCovered.length} of ${all} must and should rules covered</p>`;
}

function toLookAt(run: RunRecord, indexOf: ReadonlyMap<ScenarioRecord, number>): Markup | "" {
  const list = troubles(run, true);
  return when(
    list.length > 0,
    () =>
      markup`<section class="troubles"><h2>To look at</h2><ol>${list.map(
        (scenario) =>
          markup`<li><a href="#s${indexOf.get(scenario) ?? 0}">${verdictMark(scenario.verdict)}${scenario.start.title}</a> <span class="rule">${scenario.end?.failure?.rule ?? scenario.start.rules[0] ?? ""}</span></li>`,
      )}</ol></section>`,
  );
}

function suites(run: RunRecord, scenarios: readonly ScenarioRecord[], cwd: string): Markup[] {
  const { embedded } = run.start.target;
  const attempts = groupBy(run.scenarios, ({ start }) => start.scenario);
  const indexOf = new Map(scenarios.map((scenario, index) => [scenario, index]));
  const section = (scenario: ScenarioRecord): Markup =>
    scenarioSection(scenario, {
      index: indexOf.get(scenario) ?? 0,
      cwd,
      embedded,
      attempts: attempts.get(scenario.start.scenario)?.length ?? 0,
    });
  return [...groupBy(scenarios, ({ start }) => start.place.file)].map(
    ([file, list]) => markup`<section class="suite"><h2>${relative(cwd, file)}</h2>${list.map(section)}</section>`,
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
<body><header class="${verdict}"><h1>${verdictMark(verdict)}${words}</h1>${facts(run, summary)}</header>
<main>${toLookAt(run, indexOf)}${coverage(summary)}${ruleMap(scenarios, run.start.target.embedded)}
<div class="filters">${chips(summary)}<input type="search" placeholder="Search title, rule, file   ( / )" aria-label="Search scenarios">
<span class="count" role="status"></span><button type="button" class="reset" hidden>Show all</button></div>
${suites(run, scenarios, cwd)}</main>
<noscript><p class="reason">Call flows are drawn by a script, and searching needs one.</p></noscript>
<script type="application/octet-stream" id="messages">${new Markup(packMessages(scenarios))}</script>
<script>${new Markup(SCRIPT)}</script></body></html>
`;
  return page.text;
}
