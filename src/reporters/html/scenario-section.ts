import type { RunStartLine, ScenarioRecord, StepRecord } from "../../results/index.ts";
import type { CheckLine } from "../../results/model.ts";
import { rerunCommand } from "../rerun-command.ts";
import { firstSentence } from "../summary.ts";
import { failureSection } from "./failure-section.ts";
import { markup, when, type Markup } from "./markup.ts";
import { verdictMark } from "./verdicts.ts";

export interface ScenarioSectionOptions {
  /** Index into the packed messages. */
  readonly index: number;
  /** Places are shown relative to it. */
  readonly cwd: string;
  readonly run: RunStartLine;
  /** Attempts at the scenario before this one, which did not pass. */
  readonly earlier: readonly ScenarioRecord[];
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function check({ outcome, claim, rules }: CheckLine): Markup {
  return markup`<li class="check ${outcome}"><span class="claim">${claim}</span> <span class="by">${rules.join(" ")}</span></li>`;
}

function step({ start, end, checks }: StepRecord): Markup {
  const outcome = end?.outcome ?? "incomplete";
  return markup`<li class="step ${outcome}"><span class="step-title">${start.title}</span>
<ul>${checks.map(check)}</ul></li>`;
}

function cast({ start }: ScenarioRecord): Markup {
  return markup`<p class="cast">${Object.entries(start.phones).map(
    ([role, { device, type, lines }]) => markup`<span><b>${role}</b> ${device} · ${type} · ${lines.join(" ")}</span> `,
  )}</p>`;
}

function observations(scenario: ScenarioRecord): Markup {
  return markup`<ul class="observations">${scenario.observations.map(
    ({ rule, text }) => markup`<li>${rule === undefined ? "" : markup`<b>${rule}</b> `}${text}</li>`,
  )}</ul>`;
}

/** What the attempts before came to. */
function earlierAttempts(earlier: readonly ScenarioRecord[]): Markup {
  return markup`<ul class="observations">${earlier.map(
    (scenario) =>
      markup`<li>${verdictMark(scenario.verdict)}<b>try ${scenario.start.attempt} ${scenario.verdict}:</b> ${firstSentence(scenario)}</li>`,
  )}</ul>`;
}

function summaryLine({ start, end, verdict }: ScenarioRecord): Markup {
  return markup`<summary>${verdictMark(verdict)}<span class="title">${start.title}</span>
<span class="tags">${start.rules.map((rule) => markup`<span class="rule">${rule}</span> `)}${when(
    end?.flaky === true,
    () => markup`<span class="flaky">flaky: passed at try ${start.attempt}</span>`,
  )}</span>
<span class="time">${end ? duration(end.durationMs) : ""}</span></summary>`;
}

/** The scenario folded: its line, and below it failure, steps, what was observed, and the place where its ladder is drawn. */
export function scenarioSection(scenario: ScenarioRecord, options: ScenarioSectionOptions): Markup {
  const { start, end, verdict, steps, checks } = scenario;
  const { index, cwd, run, earlier } = options;
  const outside = checks.filter((line) => line.step === undefined);
  const troubled = verdict !== "passed" && verdict !== "skipped";
  return markup`<details class="scenario" id="s${index}" data-index="${index}" data-verdict="${verdict}"
 data-rules="${[...start.rules, ...start.controls].join(" ")}">
${summaryLine(scenario)}
<div class="body">${cast(scenario)}
${when(troubled, () => failureSection(scenario, { embedded: run.target.embedded, cwd }))}
${when(verdict === "skipped", () => markup`<p class="reason">${end?.reason ?? ""}</p>`)}
${when(earlier.length > 0, () => earlierAttempts(earlier))}
<p class="again"><code>${rerunCommand(scenario, run, cwd)}</code></p>
<ol class="steps">${steps.map(step)}${when(outside.length > 0, () => markup`<li class="step"><ul>${outside.map(check)}</ul></li>`)}</ol>
${when(scenario.observations.length > 0, () => observations(scenario))}
<div class="ladder" role="group" aria-label="Call flow" data-count="${scenario.messages.length}"></div></div></details>`;
}
