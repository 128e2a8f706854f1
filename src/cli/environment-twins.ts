import type { Options } from "yargs";
import { UsageError } from "../core/errors.ts";

const YES = ["1", "true", "yes", "on"];
const NO = ["0", "false", "no", "off"];

/** Name of the environment variable that stands for an option: `log-level` is `OFFHOOK_LOG_LEVEL`. */
export function twinOf(option: string): string {
  return `OFFHOOK_${option.toUpperCase().replaceAll("-", "_")}`;
}

function wrong(variable: string, text: string, allowed: string): UsageError {
  const message = `The environment has ${variable}="${text}", which has to be ${allowed}.`;
  return new UsageError(message, { code: "ERR_USAGE", details: { variable } });
}

function valueOf(variable: string, text: string, option: Options): unknown {
  if (option.array === true) return text.split(",");
  if (option.type === "number") {
    if (!Number.isFinite(Number(text))) throw wrong(variable, text, "a number");
    return Number(text);
  }
  if (option.type === "boolean") {
    if (YES.includes(text.toLowerCase())) return true;
    if (NO.includes(text.toLowerCase())) return false;
    throw wrong(variable, text, `one of ${[...YES, ...NO].join(", ")}`);
  }
  const { choices } = option;
  if (choices && !choices.includes(text)) throw wrong(variable, text, `one of ${choices.join(", ")}`);
  return text;
}

function lastOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[]).at(-1) : value;
}

function itemsOf(words: readonly string[] | undefined): string[] | undefined {
  return words?.flatMap((word) => word.split(","));
}

/** What an option says again on the command line adds to a list and takes the place of anything else. */
function repeatable(option: Options): Options {
  if (option.type === "boolean") return option;
  return option.array === true
    ? { ...option, nargs: 1, coerce: itemsOf }
    : { ...option, requiresArg: true, coerce: lastOf };
}

/**
 * The options as a command takes them: where the environment sets an option's twin, that is its default. Lists are
 * given by repeating the option or with commas. (What yargs makes of the environment by itself fails on variables
 * that belong to other commands.)
 * @throws {UsageError} ERR_USAGE when a twin has no fitting value.
 */
export function withTwins(options: Readonly<Record<string, Options>>, env: NodeJS.ProcessEnv): Record<string, Options> {
  const entries = Object.entries(options).map(([name, option]): [string, Options] => {
    const variable = twinOf(name);
    const text = env[variable];
    const taken = repeatable(option);
    if (text === undefined || text === "") return [name, taken];
    return [name, { ...taken, default: valueOf(variable, text, option) }];
  });
  return Object.fromEntries(entries);
}
