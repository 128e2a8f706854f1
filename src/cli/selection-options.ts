import { resolve } from "node:path";
import type { Options, PositionalOptions } from "yargs";
import { UsageError } from "../core/errors.ts";
import type { Selection } from "../scenarios/index.ts";
import { BUILT_IN_SCENARIOS } from "./package-facts.ts";

export interface SelectionArguments {
  readonly files: readonly string[] | undefined;
  readonly grep: string | undefined;
  readonly grepInvert: string | undefined;
  readonly rule: readonly string[] | undefined;
}

/** The words behind the command. */
export const FILES = {
  type: "string",
  array: true,
  describe: "files, folders or file:line; default: the built-in suite",
} as const satisfies PositionalOptions;

/** Options by which `run` and `list` choose scenarios. */
export const SELECTION_OPTIONS = {
  grep: { alias: "g", type: "string", describe: "run scenarios whose title matches this regular expression" },
  "grep-invert": { alias: "G", type: "string", describe: "leave out scenarios whose title matches" },
  rule: { type: "string", array: true, describe: "run scenarios that judge or control this rule; repeatable" },
} as const satisfies Record<string, Options>;

function regexOf(option: string, source: string | undefined): RegExp | undefined {
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, "u");
  } catch (error) {
    const message = `--${option} "${source}" is no regular expression: ${(error as Error).message}`;
    throw new UsageError(message, { code: "ERR_USAGE", details: { option } });
  }
}

function placeOf(word: string, cwd: string): { readonly path: string; readonly file: string; readonly line?: number } {
  const match = /^(.+?):(\d+)$/.exec(word);
  if (!match?.[1]) return { path: word, file: resolve(cwd, word) };
  return { path: match[1], file: resolve(cwd, match[1]), line: Number(match[2]) };
}

/** The selection that the command line asks for, and the files and folders to load. No files: the built-in suite. */
export function selectionOf(args: SelectionArguments, cwd: string): Selection & { readonly paths: readonly string[] } {
  const places = (args.files ?? []).map((word) => placeOf(word, cwd));
  const grep = regexOf("grep", args.grep);
  const grepInvert = regexOf("grep-invert", args.grepInvert);
  return {
    paths: places.length === 0 ? [BUILT_IN_SCENARIOS] : places.map((place) => place.path),
    places: places.map(({ file, line }) => (line === undefined ? { file } : { file, line })),
    rules: (args.rule ?? []).map((rule) => rule.toUpperCase()),
    ...(grep ? { grep } : {}),
    ...(grepInvert ? { grepInvert } : {}),
  };
}
