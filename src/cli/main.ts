import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { CALL_MANAGER_OPTIONS, callManagerCommand } from "./callmanager-command.ts";
import { DIGEST_OPTIONS, digestCommand } from "./digest-command.ts";
import { DRACHTIO_OPTIONS, drachtioCommand } from "./drachtio-command.ts";
import { EXIT, exitCodeFor, explain } from "./exit.ts";
import { LAB_COMMANDS, labCommand } from "./lab-command.ts";
import { LIST_OPTIONS, listCommand } from "./list-command.ts";
import { packageVersion } from "./package-facts.ts";
import { REPORT_OPTIONS, reportCommand } from "./report-command.ts";
import { RUN_OPTIONS, runCommand } from "./run-command.ts";
import { SELFTEST_OPTIONS, selftestCommand } from "./selftest-command.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** The options of each command, to find in them what a misspelt word may have meant. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  run: RUN_OPTIONS,
  list: LIST_OPTIONS,
  report: REPORT_OPTIONS,
  callmanager: CALL_MANAGER_OPTIONS,
  drachtio: DRACHTIO_OPTIONS,
  selftest: SELFTEST_OPTIONS,
  digest: { ...DIGEST_OPTIONS, password: {} },
  lab: {},
};

function unknownOption(word: string, argv: readonly string[]): string {
  const command = argv.find((candidate) => Object.hasOwn(COMMANDS, candidate)) ?? "";
  const typed = argv.find((candidate) => candidate.replace(/^-+/, "").split("=")[0] === word) ?? word;
  const hint = didYouMean(
    typed.split("=")[0] ?? typed,
    Object.keys(COMMANDS[command] ?? {}).map((option) => `--${option}`),
  );
  return `"offhook ${command}" does not know "${typed}".${hint} "offhook ${command} --help" shows what it takes.`;
}

/** What yargs has to say, in one line, with the word that was meant. */
function inOneLine(message: string, argv: readonly string[]): string {
  const unknown = /^Unknown (argument|command)s?: (.+)$/.exec(message);
  const word = unknown?.[2]?.split(", ")[0];
  if (word !== undefined && unknown?.[1] === "argument") return unknownOption(word, argv);
  if (word !== undefined) {
    const hint = didYouMean(word, argv[0] === "lab" ? LAB_COMMANDS : Object.keys(COMMANDS));
    return `There is no command "${word}".${hint} "offhook --help" shows them all.`;
  }
  const choice = /Argument: (.+), Given: "(.*)", Choices: (.+)/.exec(message);
  if (choice) return `--${choice[1] ?? ""} "${choice[2] ?? ""}" is none of ${choice[3] ?? ""}.`;
  const valueless = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  return valueless === undefined ? message : `--${valueless} needs a value.`;
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
  const parser = yargs()
    .scriptName("offhook")
    .usage("$0 <command>\n\nProves that SIP phones and call managers work together.")
    .command(runCommand(terminal, finish))
    .command(listCommand(terminal, finish))
    .command(reportCommand(terminal, finish))
    .command(callManagerCommand(terminal, finish))
    .command(drachtioCommand(terminal, finish))
    .command(selftestCommand(terminal, finish))
    .command(labCommand(terminal, finish))
    .command(digestCommand(terminal, finish))
    .demandCommand(1, "Say what to do: offhook run, list, report, callmanager, drachtio, selftest, lab or digest.")
    .strict()
    .strictCommands()
    .version(packageVersion())
    .help()
    .wrap(110)
    .epilogue("Every option has a twin in the environment: --log-level is OFFHOOK_LOG_LEVEL.")
    .exitProcess(false)
    .fail((message, error) => {
      // A command that threw comes with its error, what yargs itself finds wrong mostly with a message alone.
      const thrown = error as Error | undefined;
      if (thrown && thrown.name !== "YError") throw thrown;
      throw new UsageError(inOneLine(thrown?.message ?? message, argv), { code: "ERR_USAGE" });
    });
  try {
    await parser.parseAsync([...argv], {}, (_error, _argv, output) => {
      if (output !== "") terminal.out(`${output}\n`);
    });
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
