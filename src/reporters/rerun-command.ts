import type { RunStartLine, ScenarioRecord } from "../results/index.ts";
import { placeText } from "./place-text.ts";

/** A word for a shell, quoted where it has to be. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function option(name: string, value: unknown): string[] {
  return typeof value === "string" ? [`--${name}`, shellWord(value)] : [];
}

/** Options of the run without which a scenario would not meet the same target and network. */
function runOptions({ lab, options, seed }: RunStartLine): string[] {
  return [
    ...(lab === "built-in" ? [] : option("lab", lab)),
    ...option("target", options["target"]),
    ...(options["strict"] === true ? ["--strict"] : []),
    ...option("drachtio", options["drachtio"]),
    ...option("impair", options["impair"]),
    ...(options["impair"] === undefined ? [] : option("seed", seed)),
  ];
}

/** The broken or legal call manager that a self-test tried. */
function selftestOptions(subject: object): string[] {
  const { kind, name } = subject as { kind?: unknown; name?: unknown };
  return kind === "defect" || kind === "variant" ? [...option(kind, name), "--keep"] : [];
}

/** The command that runs a scenario again by itself, at the same target. @param cwd its file is told relative to it. */
export function rerunCommand(scenario: ScenarioRecord, start: RunStartLine, cwd: string): string {
  const subject = start.options["selftest"];
  const ofSelftest = typeof subject === "object" && subject !== null;
  const options = ofSelftest ? selftestOptions(subject) : runOptions(start);
  const place = shellWord(placeText(scenario.start.place, cwd));
  return ["npx offhook", ofSelftest ? "selftest" : "run", place, ...options].join(" ");
}
