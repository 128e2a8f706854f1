import {
  explainFailure,
  type Explanation,
  type MediaCarrier,
  type MediaPassage,
  type MessageWords,
  REFUSED,
} from "../../diagnosis/index.ts";
import type { ScenarioRecord } from "../../results/index.ts";
import { placeText } from "../place-text.ts";
import { firstSentence } from "../summary.ts";
import { markup, when, type Markup } from "./markup.ts";

/** Frames of a stack further down are the runner's. */
const MOST_FRAMES = 4;

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

function causeFields({ causes }: Explanation): Markup[] {
  return causes.flatMap(({ cause, look }, index) => [
    field(index === 0 ? "likely" : "or", cause),
    field("look at", look),
  ]);
}

function carrierWords({ phone, label }: MediaCarrier, did: string): Markup {
  return markup`<b>${phone}</b> ${did} in ${label}`;
}

function mediaCell(words: string | undefined): Markup {
  if (words === undefined) return markup`<td class="off">absent</td>`;
  return markup`<td class="${words.endsWith(REFUSED) ? "off" : "on"}">${words}</td>`;
}

/** One SDP on both sides of the call manager, its lines side by side. */
function passageTable({ from, to, pairs, judged }: MediaPassage): Markup {
  return markup`<table class="passage"><thead><tr><th scope="col">${from ? carrierWords(from, "sent") : "no phone had sent an SDP"}</th>
<th scope="col">${carrierWords(to, "got")}${when(judged, () => markup` <span class="level">judged</span>`)}</th></tr></thead>
<tbody>${pairs.map(({ sent, received }) => markup`<tr>${mediaCell(sent)}${mediaCell(received)}</tr>`)}</tbody></table>`;
}

/** What stands below the sentence of a failure: the message judged, or its m-lines; of a mistake in a script, its stack. */
function shownBelow({ verdict, end }: ScenarioRecord, cwd: string): string {
  const failure = end?.failure;
  const stack = verdict === "error" ? failure?.stack?.split("\n").filter((line) => /^ {4}at /.test(line)) : undefined;
  const below = failure?.message.split("\n").slice(1) ?? [];
  return [...below, ...(stack ?? []).slice(0, MOST_FRAMES)].map((line) => line.replaceAll(`${cwd}/`, "")).join("\n");
}

/** A failure explained: what was judged, what may be behind it and where to look, what was sent and came, and the rule. */
export function failureSection(
  scenario: ScenarioRecord,
  { embedded, cwd }: { readonly embedded: boolean; readonly cwd: string },
): Markup {
  const explanation = explainFailure(scenario, embedded);
  const { step, place, expected, received } = scenario.end?.failure ?? {};
  const { sent, came, media, digest } = explanation;
  const sentence = firstSentence(scenario);
  const below = shownBelow(scenario, cwd);
  const told = (value: string | undefined): boolean => value !== undefined && !sentence.includes(value);
  return markup`<section class="failure ${scenario.verdict}" aria-label="What went wrong"><p class="judged">${sentence}</p>
${when(below !== "", () => markup`<pre>${below}</pre>`)}
<dl>${when(told(expected), () => field("expected", expected ?? ""))}${when(told(received), () => field("received", received ?? ""))}
${causeFields(explanation)}
${when(sent.length > 0, () => field("sent", messageWords(sent)))}
${when(came.length > 0, () => field("came", messageWords(came)))}
${when(media.length > 0, () => field("media", markup`${media.map(passageTable)}`))}
${ruleFields(explanation)}
${when(step !== undefined, () => field("step", step ?? ""))}
${place === undefined ? "" : field("at", markup`<code>${placeText(place, cwd)}</code>`)}
${when(digest !== undefined, () => field("digest", markup`<pre>${digest?.lines.join("\n") ?? ""}</pre>`))}</dl></section>`;
}
