import { relative } from "node:path";
import { explainFailure, type Explanation, type MessageWords } from "../../diagnosis/index.ts";
import type { ScenarioRecord, StepRecord } from "../../results/index.ts";
import type { CheckLine } from "../../results/model.ts";
import { verdictMark } from "./verdicts.ts";
import { markup, when, type Markup } from "./markup.ts";

export interface ScenarioSectionOptions {
  /** Index into the packed messages. */
  readonly index: number;
  /** Places are shown relative to it. */
  readonly cwd: string;
  readonly embedded: boolean;
  /** Attempts at the scenario. */
  readonly attempts: number;
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

function field(label: string, content: Markup | string): Markup {
  return markup`<dt>${label}</dt><dd>${content}</dd>`;
}

function messageWords(messages: readonly MessageWords[]): Markup {
  return markup`${messages.map(
    ({ phone, text, told }) =>
      markup`<p><b>${phone}</b> ${text}${told.map((header) => markup`<br><code class="told">${header}</code>`)}</p>`,
  )}`;
}

function ruleFields({ rule }: Explanation): Markup[] {
  if (!rule) return [];
  const places = rule.document.map(({ heading, says }) => markup`<p><i>${heading}.</i> ${says}</p>`);
  return [
    field("rule", markup`<b>${rule.id}</b> <span class="level">${rule.level}</span> ${rule.statement}`),
    field("accepts", rule.accepts),
    ...(places.length === 0 ? [] : [field("document", markup`${places}`)]),
  ];
}

function failureSection(scenario: ScenarioRecord, embedded: boolean): Markup {
  const explanation = explainFailure(scenario, embedded);
  const failure = scenario.end?.failure;
  const message = failure?.message ?? scenario.end?.reason ?? "The run ended before the scenario did.";
  const causes = explanation.causes.map(({ cause, look }) => markup`<p>${cause} <i>${look}</i></p>`);
  return markup`<section class="failure ${scenario.verdict}"><pre class="judged">${message}</pre>
<dl>${ruleFields(explanation)}${failure?.step === undefined ? "" : field("step", failure.step)}
${when(explanation.sent.length > 0, () => field("sent", messageWords(explanation.sent)))}
${when(explanation.came.length > 0, () => field("came", messageWords(explanation.came)))}
${when(causes.length > 0, () => field("perhaps", markup`${causes}`))}
${explanation.digest ? field("digest", markup`<pre>${explanation.digest.lines.join("\n")}</pre>`) : ""}</dl></section>`;
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

/** The scenario folded: its line, and below it failure, steps, what was observed, and the place where its ladder is drawn. */
export function scenarioSection(scenario: ScenarioRecord, options: ScenarioSectionOptions): Markup {
  const { start, end, verdict, steps, checks } = scenario;
  const { index, cwd, embedded, attempts } = options;
  const outside = checks.filter((line) => line.step === undefined);
  const place = `${relative(cwd, start.place.file)}:${start.place.line}`;
  const troubled = verdict !== "passed" && verdict !== "skipped";
  return markup`<details class="scenario" id="s${index}" data-index="${index}" data-verdict="${verdict}"
 data-rules="${[...start.rules, ...start.controls].join(" ")}">
<summary>${verdictMark(verdict)}<span class="title">${start.title}</span>
${start.rules.map((rule) => markup`<span class="rule">${rule}</span>`)}
${when(end?.flaky === true, () => markup`<span class="flaky">flaky: passed at try ${attempts}</span>`)}
<span class="time">${end ? duration(end.durationMs) : ""}</span></summary>
<div class="body">${cast(scenario)}
${when(troubled, () => failureSection(scenario, embedded))}
${when(verdict === "skipped", () => markup`<p class="reason">${end?.reason ?? ""}</p>`)}
<ol class="steps">${steps.map(step)}${when(outside.length > 0, () => markup`<li class="step"><ul>${outside.map(check)}</ul></li>`)}</ol>
${when(scenario.observations.length > 0, () => observations(scenario))}
<div class="ladder" data-count="${scenario.messages.length}"></div>
<p class="again"><code>npx offhook run ${place}</code></p></div></details>`;
}
