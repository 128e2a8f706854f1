import { printable } from "../core/text.ts";
import { DIGEST_LABEL, explainFailure, type Explanation, type MessageWords } from "../diagnosis/index.ts";
import type { ScenarioRecord } from "../results/index.ts";
import { renderLadder } from "./ladder.ts";
import { placeText } from "./place-text.ts";
import { PLAIN, type Style } from "./style.ts";
import { wrap, wrapHanging } from "./wrap.ts";

export interface FailureTextOptions {
  readonly style: Style;
  /** Places are shown relative to it. */
  readonly cwd: string;
  /** Columns to keep to. */
  readonly columns: number;
  /** Whether the target was the reference call manager. */
  readonly embedded: boolean;
}

const LABEL_WIDTH = 10;

/** Writes labelled, wrapped paragraphs of one width. */
class Sheet {
  readonly lines: string[] = [];
  readonly #width: number;
  readonly #style: Style;

  constructor({ columns, style }: FailureTextOptions) {
    this.#width = Math.max(columns - LABEL_WIDTH, 30);
    this.#style = style;
  }

  /** A paragraph behind its label; the label stands once. */
  field(label: string, text: string, paint: (text: string) => string = (plain) => plain): void {
    const [first = "", ...rest] = wrap(printable(text), this.#width);
    this.lines.push(`${this.#style.dim(label.padEnd(LABEL_WIDTH))}${paint(first)}`);
    for (const line of rest) this.lines.push(`${" ".repeat(LABEL_WIDTH)}${paint(line)}`);
  }

  /** Lines as they are, no longer than fits. */
  block(lines: readonly string[], paint: (text: string) => string = (plain) => plain): void {
    for (const line of lines) this.lines.push(paint(printable(line).slice(0, this.#width + LABEL_WIDTH)));
  }

  /** Lines that begin with a label of so many characters. */
  hanging(lines: readonly string[], label: number): void {
    this.lines.push(...lines.flatMap((line) => wrapHanging(printable(line), this.#width + LABEL_WIDTH, label)));
  }

  gap(): void {
    if (this.lines.length > 0 && this.lines.at(-1) !== "") this.lines.push("");
  }
}

function tellRule(sheet: Sheet, { rule }: Explanation, style: Style): void {
  if (!rule) return;
  sheet.field("rule", `${rule.id} (${rule.level}): ${rule.statement}`, style.bold);
  sheet.field("accepts", rule.accepts);
  const [place, ...others] = rule.document;
  const more = others.length === 0 ? "" : ` See also ${others.map(({ anchor }) => anchor).join(", ")}.`;
  const beyond = "Not in the document: known of Cisco's call manager.";
  sheet.field("document", place ? `${place.heading} (${place.anchor}): ${place.says}${more}` : beyond);
}

function tellMessages(sheet: Sheet, label: string, messages: readonly MessageWords[], style: Style): void {
  messages.forEach(({ phone, text, told }, index) => {
    sheet.field(index === 0 ? label : "", `${phone}: ${text}`);
    for (const header of told) sheet.field("", `  ${header}`, style.yellow);
  });
}

/** The sentence of an error. @returns what stands below it: a message or m-lines, as the claim showed them. */
function tellJudgement(sheet: Sheet, { end }: ScenarioRecord, style: Style): string[] {
  const failure = end?.failure;
  const text = failure?.message ?? end?.reason ?? "The run ended before the scenario did.";
  const [sentence = "", ...shown] = printable(text, true).split("\n");
  sheet.field("judged", sentence, style.red);
  for (const [word, value] of [
    ["expected", failure?.expected],
    ["received", failure?.received],
  ] as const) {
    if (value !== undefined && !sentence.includes(printable(value))) sheet.field(word, value);
  }
  return shown;
}

function tellCauses(sheet: Sheet, { causes, digest }: Explanation, style: Style): void {
  causes.forEach(({ cause, look }, index) => {
    sheet.field(index === 0 ? "likely" : "or", cause, style.yellow);
    sheet.field("  look at", look);
  });
  if (!digest) return;
  sheet.gap();
  sheet.hanging(digest.lines, DIGEST_LABEL);
}

function castOf(scenario: ScenarioRecord): string {
  return Object.entries(scenario.start.phones)
    .map(([role, phone]) => `${role} = ${phone.device} (${phone.type}, ${phone.lines.join(" ")})`)
    .join(", ");
}

/**
 * A scenario that did not pass, for a tester: where and by which rule, what was sent and came, what may be behind it and
 * where to look, then the messages. Lines, none longer than `columns` but for paths.
 */
export function failureLines(scenario: ScenarioRecord, options: FailureTextOptions): string[] {
  const { style, cwd, embedded } = options;
  const explanation = explainFailure(scenario, embedded);
  const failure = scenario.end?.failure;
  const place = failure?.place ?? scenario.start.place;
  const sheet = new Sheet(options);
  sheet.lines.push(`${style.red(scenario.verdict)} at ${placeText(place, cwd)}`);
  sheet.gap();
  tellRule(sheet, explanation, style);
  sheet.gap();
  if (failure?.step !== undefined) sheet.field("step", failure.step);
  tellMessages(sheet, "sent", explanation.sent, style);
  tellMessages(sheet, "came", explanation.came, style);
  const shown = tellJudgement(sheet, scenario, style);
  sheet.gap();
  tellCauses(sheet, explanation, style);
  sheet.gap();
  sheet.block(shown, style.dim);
  sheet.gap();
  if (castOf(scenario) !== "") sheet.block(wrap(castOf(scenario), options.columns), style.dim);
  sheet.block(renderLadder(scenario.messages, { until: failure?.at, brief: true }), style.dim);
  return sheet.lines;
}

/** The same without colours, for reports that are files. */
export function plainFailureText(scenario: ScenarioRecord, cwd: string, embedded: boolean): string {
  return failureLines(scenario, { style: PLAIN, cwd, columns: 110, embedded }).join("\n");
}
