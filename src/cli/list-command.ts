import { relative, resolve } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { UsageError } from "../core/errors.ts";
import { latestAttempts, placeText, ruleVerdicts } from "../reporters/index.ts";
import { findScenarioFiles, loadScenarios, selectScenarios, type ScenarioSpec } from "../scenarios/index.ts";
import { withTwins } from "./environment-twins.ts";
import { EXIT } from "./exit.ts";
import { lastRunIn } from "./last-run.ts";
import { rulesMarkdown } from "./rules-markdown.ts";
import { ruleDetails, rulesTable } from "./rules-text.ts";
import { FILES, SELECTION_OPTIONS, selectionOf, type SelectionArguments } from "./selection-options.ts";
import { styleFor, type Terminal } from "./terminal.ts";
import { traceRules } from "./traceability.ts";

interface ListArguments extends SelectionArguments {
  readonly json: boolean;
  readonly rules: boolean;
  readonly markdown: boolean;
  readonly output: string;
}

export const LIST_OPTIONS = {
  ...SELECTION_OPTIONS,
  json: { type: "boolean", default: false, describe: "as JSON" },
  rules: {
    type: "boolean",
    default: false,
    describe: "the rules and what judges them; with --rule all about that one",
  },
  markdown: { type: "boolean", default: false, describe: "with --rules: as a document" },
  output: { type: "string", default: "reports", describe: "folder of the runs, for the last verdicts" },
} as const satisfies Record<string, Options>;

function asJson(specs: readonly ScenarioSpec[], cwd: string): string {
  const list = specs.map(({ title, place, definition }) => ({
    title,
    file: relative(cwd, place.file),
    line: place.line,
    rules: definition.rules,
    controls: definition.controls ?? [],
    observes: definition.observes ?? [],
    phones: definition.phones,
  }));
  return `${JSON.stringify(list, undefined, 2)}\n`;
}

function asTable(specs: readonly ScenarioSpec[], cwd: string): string {
  const rows = specs.map(({ title, place, definition }) => ({
    place: placeText(place, cwd),
    rules: definition.rules.join(" "),
    title,
  }));
  const width = (key: "place" | "rules"): number => Math.max(...rows.map((row) => row[key].length), 0);
  const [places, rules] = [width("place"), width("rules")];
  const lines = rows.map((row) => `${row.place.padEnd(places)}  ${row.rules.padEnd(rules)}  ${row.title}\n`);
  return `${lines.join("")}${specs.length} scenarios\n`;
}

/** The rules with their scenarios and, for people and programs, what the last run said of them. */
function rulesOutput(
  specs: readonly ScenarioSpec[],
  args: ListArguments,
  only: readonly string[],
  terminal: Terminal,
): string {
  const { cwd, columns } = terminal;
  if (args.markdown) return rulesMarkdown(traceRules(specs, { cwd, only }), "../");
  const run = lastRunIn(resolve(cwd, args.output));
  const rules = traceRules(specs, { cwd, only, ...(run ? { verdicts: ruleVerdicts(latestAttempts(run)) } : {}) });
  if (args.json) return `${JSON.stringify(rules, undefined, 2)}\n`;
  const options = { style: styleFor(terminal), columns: Math.min(columns, 120) };
  if (only.length > 0) return rules.map((rule) => ruleDetails(rule, options)).join("\n");
  const signs = run ? `, signs: last run ${run.start.run}` : "";
  return `rule    level  scenarios that judge it +those whose control it is${signs}\n\n${rulesTable(rules, options)}`;
}

async function list(args: ListArguments, terminal: Terminal): Promise<number> {
  if (args.markdown && !args.rules) throw new UsageError("--markdown goes with --rules.", { code: "ERR_USAGE" });
  const selection = selectionOf(args, terminal.cwd);
  const files = findScenarioFiles(selection.paths, terminal.cwd);
  const specs = selectScenarios(await loadScenarios(files, terminal.cwd), selection);
  if (args.rules) terminal.out(rulesOutput(specs, args, selection.rules, terminal));
  else terminal.out(args.json ? asJson(specs, terminal.cwd) : asTable(specs, terminal.cwd));
  return specs.length === 0 && !args.rules ? EXIT.nothingSelected : EXIT.ok;
}

/** `offhook list [file[:line]…]`: what `run` would run. */
export function listCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, ListArguments> {
  return {
    command: "list [files..]",
    describe: "show the scenarios that run would run",
    builder: (yargs) =>
      yargs.positional("files", FILES).options(withTwins(LIST_OPTIONS, terminal.env)) as unknown as Argv<ListArguments>,
    handler: async (args) => {
      finish(await list(args, terminal));
    },
  };
}
