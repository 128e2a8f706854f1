import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { UsageError } from "../core/errors.ts";
import { readJournal } from "../results/index.ts";
import { withTwins } from "./environment-twins.ts";
import { EXIT } from "./exit.ts";
import {
  FILE_REPORTERS,
  openRunFolder,
  REPORT_FILES,
  USUAL_FILE_REPORTERS,
  writeReports,
  type FileReporter,
} from "./report-files.ts";
import type { Terminal } from "./terminal.ts";

interface ReportArguments {
  readonly run: string;
  readonly reporter: readonly FileReporter[] | undefined;
  readonly output: string | undefined;
}

export const REPORT_OPTIONS = {
  reporter: { choices: FILE_REPORTERS, array: true, describe: "which reports; repeatable; default: all but pcap" },
  output: { type: "string", describe: "folder to write them to; default: beside the journal" },
} as const satisfies Record<string, Options>;

const JOURNAL = "results.ndjson";

/** The journal that `path`, a journal or the folder of a run, stands for. */
function journalAt(path: string): string {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, JOURNAL) : path;
  if (existsSync(file)) return file;
  throw new UsageError(`There is no journal at ${file}. Name a ${JOURNAL} or the folder of a run.`, {
    code: "ERR_USAGE",
    details: { file },
  });
}

function report({ run, reporter = USUAL_FILE_REPORTERS, output }: ReportArguments, terminal: Terminal): number {
  const journal = journalAt(resolve(terminal.cwd, run));
  const record = readJournal(journal);
  const folder = output === undefined ? dirname(journal) : openRunFolder(resolve(terminal.cwd, output), "");
  writeReports(record, folder, reporter, terminal.cwd);
  for (const name of reporter) terminal.out(`${relative(terminal.cwd, join(folder, REPORT_FILES[name]))}\n`);
  return EXIT.ok;
}

/** `offhook report [run]`: the reports of a run again, of its journal alone. */
export function reportCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, ReportArguments> {
  return {
    command: "report [run]",
    describe: "make the reports of a run again from its journal",
    builder: (yargs) =>
      yargs
        .positional("run", {
          type: "string",
          default: "reports/latest",
          describe: "folder of a run, or its results.ndjson",
        })
        .options(withTwins(REPORT_OPTIONS, terminal.env)) as unknown as Argv<ReportArguments>,
    handler: (args) => {
      finish(report(args, terminal));
    },
  };
}
