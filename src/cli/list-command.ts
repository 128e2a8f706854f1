import { relative } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { RULES } from "../rules/index.ts";
import { findScenarioFiles, loadScenarios, selectScenarios, type ScenarioSpec } from "../scenarios/index.ts";
import { withTwins } from "./environment-twins.ts";
import { EXIT } from "./exit.ts";
import { FILES, SELECTION_OPTIONS, selectionOf, type SelectionArguments } from "./selection-options.ts";
import type { Terminal } from "./terminal.ts";

interface ListArguments extends SelectionArguments {
  readonly json: boolean;
  readonly rules: boolean;
}

export const LIST_OPTIONS = {
  ...SELECTION_OPTIONS,
  json: { type: "boolean", default: false, describe: "as JSON" },
  rules: { type: "boolean", default: false, describe: "the rules, with the number of scenarios that judge each" },
} as const satisfies Record<string, Options>;

function asJson(specs: readonly ScenarioSpec[], cwd: string): string {
  const list = specs.map(({ title, place, definition }) => ({
    title,
    file: relative(cwd, place.file),
    line: place.line,
    rules: definition.rules,
    controls: definition.controls ?? [],
    phones: definition.phones,
  }));
  return `${JSON.stringify(list, undefined, 2)}\n`;
}

function asTable(specs: readonly ScenarioSpec[], cwd: string): string {
  const rows = specs.map(({ title, place, definition }) => ({
    place: `${relative(cwd, place.file)}:${place.line}`,
    rules: definition.rules.join(" "),
    title,
  }));
  const width = (key: "place" | "rules"): number => Math.max(...rows.map((row) => row[key].length), 0);
  const [places, rules] = [width("place"), width("rules")];
  const lines = rows.map((row) => `${row.place.padEnd(places)}  ${row.rules.padEnd(rules)}  ${row.title}\n`);
  return `${lines.join("")}${specs.length} scenarios\n`;
}

function rulesTable(specs: readonly ScenarioSpec[]): string {
  const lines = [...RULES.values()].map((rule) => {
    const judged = specs.filter((spec) => spec.definition.rules.includes(rule.id)).length;
    const controls = specs.filter((spec) => spec.definition.controls?.includes(rule.id)).length;
    const where = rule.document.join(" ") || "-";
    const counts = `${judged} scenarios, ${controls} controls`;
    return `${rule.id.padEnd(7)} ${rule.level.padEnd(6)} ${where.padEnd(24)} ${counts.padEnd(26)} ${rule.statement}\n`;
  });
  return lines.join("");
}

async function list(args: ListArguments, terminal: Terminal): Promise<number> {
  const selection = selectionOf(args, terminal.cwd);
  const files = findScenarioFiles(selection.paths, terminal.cwd);
  const specs = selectScenarios(await loadScenarios(files, terminal.cwd), selection);
  if (args.rules) terminal.out(rulesTable(specs));
  else terminal.out(args.json ? asJson(specs, terminal.cwd) : asTable(specs, terminal.cwd));
  return specs.length === 0 ? EXIT.nothingSelected : EXIT.ok;
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
