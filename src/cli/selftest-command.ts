import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { systemClock } from "../core/system-clock.ts";
import { newRunId } from "../scenarios/index.ts";
import {
  groupSubjects,
  loadSubjects,
  renderSelftest,
  runSelftest,
  selftestExitCode,
  selftestJson,
  type Setup,
  type SelftestResult,
  type SubjectReport,
} from "../selftest/index.ts";
import { withTwins } from "./environment-twins.ts";
import { EXIT } from "./exit.ts";
import { BUILT_IN_LAB } from "./package-facts.ts";
import { positive } from "./run-command.ts";
import { SCENARIOS_AT_ONCE } from "./run.ts";
import { FILES, selectionOf } from "./selection-options.ts";
import { listenForStop, type StopSignal } from "./signals.ts";
import { inCi, styleFor, type Terminal } from "./terminal.ts";

interface SelftestArguments {
  readonly files: readonly string[] | undefined;
  readonly defect: readonly string[] | undefined;
  readonly variant: readonly string[] | undefined;
  readonly rule: readonly string[] | undefined;
  readonly policies: string | undefined;
  readonly lab: string | undefined;
  readonly processes: number | undefined;
  readonly timeout: number;
  readonly alone: boolean;
  readonly json: boolean;
  readonly keep: boolean;
  readonly output: string;
}

export const SELFTEST_OPTIONS = {
  defect: { type: "string", array: true, describe: "only this defect; repeatable" },
  variant: { type: "string", array: true, describe: "only this variant; repeatable" },
  rule: { type: "string", array: true, describe: "only the defects that break this rule; repeatable" },
  policies: { type: "string", describe: "script with defects and variants to try in place of the catalogue" },
  lab: { type: "string", describe: "lab file with an embedded target; default: the built-in lab" },
  processes: { alias: "j", type: "number", describe: "processes at once; default: one for each core" },
  timeout: { type: "number", default: 60_000, describe: "most time for one scenario, ms" },
  alone: { type: "boolean", default: false, describe: "try each variant by itself, not several in one call manager" },
  json: { type: "boolean", default: false, describe: "as JSON on stdout" },
  keep: {
    type: "boolean",
    default: false,
    describe: "write the journal of every subject, not only of what went wrong",
  },
  output: { type: "string", default: "reports", describe: "folder for journals" },
} as const satisfies Record<string, Options>;

function setupOf(args: SelftestArguments, terminal: Terminal): Setup {
  const { cwd } = terminal;
  const { paths, places } = selectionOf({ files: args.files, grep: undefined, grepInvert: undefined, rule: [] }, cwd);
  return {
    cwd,
    lab: args.lab === undefined ? BUILT_IN_LAB : resolve(cwd, args.lab),
    paths,
    places,
    subjects: {
      defects: args.defect ?? [],
      variants: args.variant ?? [],
      rules: (args.rule ?? []).map((rule) => rule.toUpperCase()),
    },
    ...(args.policies === undefined ? {} : { policies: resolve(cwd, args.policies) }),
    concurrency: SCENARIOS_AT_ONCE,
    timeoutMs: positive("timeout", args.timeout),
    folder: join(resolve(cwd, args.output), `selftest-${newRunId(systemClock.wallTime())}`),
    keep: args.keep,
  };
}

/** How far it is, on one line of a terminal that is written over; nothing for a log. */
function progressOf(total: number, terminal: Terminal): { tell: (report: SubjectReport) => void; clear: () => void } {
  if (!terminal.isTerminal || inCi(terminal.env)) return { tell: () => undefined, clear: () => undefined };
  let [done, wrong] = [0, 0];
  const show = (): void => {
    terminal.err(`\r\u001b[K${done} of ${total} call managers tried${wrong === 0 ? "" : `, ${wrong} to look at`}`);
  };
  show();
  return {
    tell: ({ verdict }) => {
      done += 1;
      if (verdict === "survived" || verdict === "false-alarm" || verdict === "not-proved") wrong += 1;
      show();
    },
    clear: () => {
      terminal.err("\r\u001b[K");
    },
  };
}

async function selftest(args: SelftestArguments, terminal: Terminal): Promise<number> {
  const setup = setupOf(args, terminal);
  const processes = args.processes === undefined ? availableParallelism() : positive("processes", args.processes);
  const subjects = await loadSubjects(setup);
  if (subjects.length === 0) {
    terminal.err("offhook: no defect or variant was selected\n");
    return EXIT.nothingSelected;
  }
  const started = systemClock.now();
  const progress = progressOf(subjects.length, terminal);
  const abort = new AbortController();
  let interrupted: StopSignal | undefined;
  const stopListening = listenForStop((signal) => {
    interrupted = signal;
    abort.abort();
  });
  let result: SelftestResult;
  try {
    result = await runSelftest({
      ...{
        setup,
        subjects,
        groups: groupSubjects(subjects, args.alone || args.variant !== undefined),
        processes,
        clock: systemClock,
        signal: abort.signal,
      },
      onReport: progress.tell,
    });
  } finally {
    stopListening();
    progress.clear();
  }
  const { reports, cpuMs } = result;
  const exitCode = interrupted === undefined ? selftestExitCode(reports) : interrupted === "SIGINT" ? 130 : 143;
  const facts = { durationMs: Math.round(systemClock.now() - started), cpuMs, exitCode };
  if (args.json) terminal.out(`${JSON.stringify(selftestJson(reports, facts), undefined, 2)}\n`);
  else terminal.out(renderSelftest(reports, { ...facts, style: styleFor(terminal), cwd: terminal.cwd }));
  return exitCode;
}

/** `offhook selftest [file[:line]…]`: proof that the suite can fail. */
export function selftestCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, SelftestArguments> {
  return {
    command: "selftest [files..]",
    describe: "try the suite on broken and on legal call managers: what it catches, and what it wrongly blames",
    builder: (yargs) =>
      yargs
        .positional("files", FILES)
        .options(withTwins(SELFTEST_OPTIONS, terminal.env)) as unknown as Argv<SelftestArguments>,
    handler: async (args) => {
      finish(await selftest(args, terminal));
    },
  };
}
