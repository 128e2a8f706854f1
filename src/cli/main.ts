import yargs, { type Argv } from "yargs";
import { hideBin } from "yargs/helpers";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { callManagerCommand } from "./callmanager-command.ts";
import { EXIT, exitCodeFor, explain } from "./exit.ts";
import { labCommand } from "./lab-command.ts";
import { listCommand } from "./list-command.ts";
import { packageVersion } from "./package-facts.ts";
import { runCommand } from "./run-command.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const COMMANDS = ["run", "list", "callmanager", "lab"];

function usageError(message: string): UsageError {
  return new UsageError(message, { code: "ERR_USAGE" });
}

/** yargs' message for a word that it does not know, with the word that was meant. */
function withSuggestion(message: string, parser: Argv): string {
  const unknown = /^Unknown (?:arguments?|commands?): (.+)$/.exec(message)?.[1]?.split(", ")[0];
  if (unknown === undefined) return message.split("\n")[0] ?? message;
  const { key, alias } = (parser as unknown as { getOptions(): { key: object; alias: object } }).getOptions();
  const words = [...Object.keys(key), ...Object.keys(alias), ...COMMANDS];
  return `There is no option or command "${unknown}".${didYouMean(unknown, words)} "offhook --help" shows them all.`;
}

/**
 * Runs the command line.
 * @param argv words after `offhook`.
 * @returns the exit code; everything to be said was said to `terminal`.
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const parser = yargs([...argv])
    .scriptName("offhook")
    .usage("$0 <command>\n\nProves that SIP phones and call managers work together.")
    .env("OFFHOOK")
    .command(runCommand(terminal, finish))
    .command(listCommand(terminal, finish))
    .command(callManagerCommand(terminal, finish))
    .command(labCommand(terminal, finish))
    .demandCommand(1, "Say what to do: offhook run, list, callmanager or lab.")
    .strict()
    .recommendCommands()
    .version(packageVersion())
    .help()
    .wrap(110)
    .epilogue("Every option has a twin in the environment: --log-level is OFFHOOK_LOG_LEVEL.")
    .exitProcess(false)
    .fail((message, error, instance) => {
      // yargs hands in an empty message when a command threw.
      throw (error as Error | undefined) ?? usageError(withSuggestion(message, instance));
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    terminal.err(explain(error));
    return exitCodeFor(error);
  }
  return exitCode;
}

/** The program: runs the command line of this process and sets its exit code. */
export async function main(): Promise<void> {
  process.exitCode = await runCli(hideBin(process.argv), processTerminal());
}
