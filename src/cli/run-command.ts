import { resolve } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { UsageError } from "../core/errors.ts";
import { optimizeLate } from "../core/late-optimization.ts";
import { didYouMean } from "../core/text.ts";
import type { ConnectOptions } from "../drachtio/index.ts";
import { loadLab, withTarget, type Lab } from "../inventory/index.ts";
import {
  findScenarioFiles,
  loadScenarios,
  selectScenarios,
  type ScenarioSpec,
  type Selection,
} from "../scenarios/index.ts";
import { DRACHTIO_DEFAULTS } from "./drachtio-command.ts";
import { withTwins } from "./environment-twins.ts";
import { EXIT } from "./exit.ts";
import { lastFailed } from "./last-run.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { BUILT_IN_LAB } from "./package-facts.ts";
import { FILE_REPORTERS, USUAL_FILE_REPORTERS, type FileReporter } from "./report-files.ts";
import { consoleReporterNames, executeRun, type RunSettings } from "./run.ts";
import { RunWorkers, usualWorkers, whyOneWorker } from "./run-workers.ts";
import { FILES, SELECTION_OPTIONS, selectionOf, type SelectionArguments } from "./selection-options.ts";
import { inCi, type Terminal } from "./terminal.ts";

interface RunArguments extends SelectionArguments {
  readonly lab: string | undefined;
  readonly target: string | undefined;
  readonly concurrency: number | undefined;
  readonly workers: number | undefined;
  readonly bail: boolean;
  readonly strict: boolean;
  readonly retries: number;
  readonly failOnFlaky: boolean;
  readonly lastFailed: boolean;
  readonly timeout: number;
  readonly globalTimeout: number;
  readonly reporter: readonly string[] | undefined;
  readonly output: string;
  readonly logLevel: LogLevel;
  readonly unmask: boolean;
  readonly drachtio: string | undefined;
  readonly drachtioSecret: string;
  readonly impair: string | undefined;
  readonly seed: string | undefined;
}

export const RUN_OPTIONS = {
  ...SELECTION_OPTIONS,
  lab: { type: "string", describe: "lab file: target, phones, users; default: the built-in lab" },
  target: { type: "string", describe: "call manager to test, as sip:10.0.0.5:5060, in place of the lab's" },
  concurrency: { alias: "j", type: "number", describe: "scenarios at once; default: 8 in each worker" },
  workers: {
    type: "number",
    describe: "threads that share the scenarios, each with a call manager; default: as many as are worth it",
  },
  bail: { alias: "x", type: "boolean", default: false, describe: "start no further scenario after one failed" },
  strict: { type: "boolean", default: false, describe: "deviations (should rules) fail the run too" },
  retries: { type: "number", default: 0, describe: "try a scenario that failed again so often; passed then is flaky" },
  "fail-on-flaky": {
    type: "boolean",
    default: false,
    describe: "scenarios that passed on retry only fail the run too",
  },
  "last-failed": {
    type: "boolean",
    default: false,
    describe: "run what did not pass in the last run below --output",
  },
  timeout: { type: "number", default: 20_000, describe: "most time for one scenario, ms" },
  "global-timeout": { type: "number", default: 1_800_000, describe: "most time for the whole run, ms" },
  reporter: {
    type: "string",
    array: true,
    describe: "list, dots, quiet or one of mocha's for the console; html, junit, ctrf, pcap for files; repeatable",
  },
  output: { type: "string", default: "reports", describe: "folder for journals and reports" },
  "log-level": { choices: LOG_LEVELS, default: "warn", describe: "log on stderr from this level on" },
  drachtio: {
    type: "string",
    describe: "drachtio-server that the phones share, as 10.0.0.6:9022, in place of our own engine",
  },
  "drachtio-secret": { type: "string", default: DRACHTIO_DEFAULTS.secret, describe: "what it wants to be told" },
  impair: { type: "string", describe: "make every phone's network bad: loss=10%,dup=2%,reorder=1%,delay=50±20ms" },
  seed: {
    type: "string",
    describe: "repeat the chances of --impair of an earlier run; default: a new one, in the journal",
  },
  unmask: { type: "boolean", default: false, describe: "leave digest responses readable in journal and reports" },
} as const satisfies Record<string, Options>;

function usage(message: string): UsageError {
  return new UsageError(message, { code: "ERR_USAGE" });
}

/** Console and file reporters are chosen apart: naming one kind leaves the other as it is. */
function reportersOf(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Pick<RunSettings, "consoleReporter" | "fileReporters"> {
  const consoleNames = consoleReporterNames();
  const isFile = (word: string): word is FileReporter => (FILE_REPORTERS as readonly string[]).includes(word);
  const unknown = words.find((word) => !isFile(word) && !consoleNames.includes(word));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, [...consoleNames, ...FILE_REPORTERS]);
    throw usage(
      `There is no reporter "${unknown}".${hint} Take ${[...FILE_REPORTERS, "list", "dots", "quiet"].join(", ")}.`,
    );
  }
  const files = words.filter(isFile);
  const consoles = words.filter((word) => !isFile(word));
  if (consoles.length > 1) throw usage(`Only one reporter can have the console, not ${consoles.join(" and ")}.`);
  return {
    consoleReporter: consoles[0] ?? (inCi(env) ? "dots" : "list"),
    fileReporters: files.length > 0 ? files : USUAL_FILE_REPORTERS,
  };
}

/** Timers of the platform go no further: about 24 days. */
const MOST = 2_147_483_647;

function wholeNumber(option: string, value: number, least: number, most = MOST): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw usage(`--${option} has to be a whole number from ${least} to ${most}.`);
}

/** @throws {UsageError} ERR_USAGE unless it is a whole number that a timer takes. */
export function positive(option: string, value: number): number {
  return wholeNumber(option, value, 1);
}

/** Where a drachtio-server takes applications. */
function drachtioOf({ drachtio, drachtioSecret: secret, impair }: RunArguments): ConnectOptions | undefined {
  if (drachtio === undefined) return undefined;
  if (impair !== undefined) throw usage("--impair works on our own engine, which --drachtio takes the place of.");
  const [, host = "", digits] = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(drachtio) ?? [];
  const port = digits === undefined ? DRACHTIO_DEFAULTS.port : Number(digits);
  if (host === "" || port < 1 || port > 65_535) throw usage(`--drachtio "${drachtio}" is no address. Write host:port.`);
  return { host: host.replace(/^\[|\]$/g, ""), port, secret };
}

function settingsOf(args: RunArguments, terminal: Terminal): RunSettings {
  return {
    lab: args.lab === undefined ? undefined : resolve(terminal.cwd, args.lab),
    target: args.target,
    concurrency: args.concurrency === undefined ? undefined : positive("concurrency", args.concurrency),
    bail: args.bail ? 1 : 0,
    strict: args.strict,
    retries: wholeNumber("retries", args.retries, 0, 10),
    failOnFlaky: args.failOnFlaky,
    timeoutMs: positive("timeout", args.timeout),
    globalTimeoutMs: positive("global-timeout", args.globalTimeout),
    ...reportersOf(args.reporter ?? [], terminal.env),
    output: resolve(terminal.cwd, args.output),
    logLevel: args.logLevel,
    unmask: args.unmask,
    drachtio: drachtioOf(args),
    impair: args.impair,
    seed: args.seed,
  };
}

async function labOf(settings: RunSettings, terminal: Terminal): Promise<Lab> {
  const lab = await loadLab(settings.lab ?? BUILT_IN_LAB, { env: terminal.env });
  return settings.target === undefined ? lab : withTarget(lab, settings.target);
}

function wantedWorkers({ workers }: RunArguments): number | undefined {
  return workers === undefined ? undefined : wholeNumber("workers", workers, 1, 64);
}

function workersOf(args: RunArguments, scenarios: number, lab: Lab): number {
  const whyOne = whyOneWorker(lab, args.drachtio !== undefined);
  const wanted = wantedWorkers(args);
  if (wanted === undefined) return whyOne === undefined ? usualWorkers(scenarios, args.concurrency) : 1;
  if (wanted > 1 && whyOne !== undefined) throw usage(`--workers ${wanted} cannot be: ${whyOne}. Take --workers 1.`);
  return Math.min(wanted, scenarios);
}

/** What did not pass in the last run; says which run that was. */
function failedOf(
  specs: readonly ScenarioSpec[],
  { output, strict }: RunSettings,
  terminal: Terminal,
): readonly ScenarioSpec[] {
  const failed = lastFailed(specs, output, strict);
  terminal.err(`--last-failed: ${failed.note}\n`);
  return failed.specs;
}

/**
 * Threads that may begin to load while this one reads lab and scripts: they are needed if all of the built-in suite runs on
 * the built-in lab. Of another run it is known too late.
 */
function workersAhead(args: RunArguments): number {
  const { files, grep, grepInvert, rule, lastFailed, lab, target, drachtio, concurrency } = args;
  const limits = [files?.[0], grep, grepInvert, rule, lab, target, drachtio];
  if (lastFailed || limits.some((limit) => limit !== undefined)) return 0;
  return (wantedWorkers(args) ?? usualWorkers(Infinity, concurrency)) - 1;
}

async function run(args: RunArguments, terminal: Terminal): Promise<number> {
  optimizeLate();
  const settings = settingsOf(args, terminal);
  const selection = selectionOf(args, terminal.cwd);
  const files = findScenarioFiles(selection.paths, terminal.cwd);
  const threads = new RunWorkers({ files, cwd: terminal.cwd });
  try {
    threads.load(workersAhead(args));
    return await runFiles(files, { args, settings, selection, threads }, terminal);
  } finally {
    await threads.close();
  }
}

interface Wishes {
  readonly args: RunArguments;
  readonly settings: RunSettings;
  readonly selection: Selection;
  readonly threads: RunWorkers;
}

async function runFiles(
  files: readonly string[],
  { args, settings, selection, threads }: Wishes,
  terminal: Terminal,
): Promise<number> {
  const lab = await labOf(settings, terminal);
  const all = await loadScenarios(files, terminal.cwd);
  const marked = all.find((spec) => spec.only);
  if (marked && inCi(terminal.env)) {
    throw usage(`${marked.place.file}:${marked.place.line} has scenario.only, which CI does not take. Remove ".only".`);
  }
  const selected = selectScenarios(all, selection);
  const specs = args.lastFailed ? failedOf(selected, settings, terminal) : selected;
  if (specs.length === 0) {
    terminal.err(`offhook: none of ${all.length} scenarios was selected; "offhook list" shows them\n`);
    return EXIT.nothingSelected;
  }
  const workers = workersOf(args, specs.length, lab);
  return await executeRun({ lab, specs, workers }, threads, settings, terminal);
}

/** `offhook run [file[:line]…]`. */
export function runCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, RunArguments> {
  return {
    command: "run [files..]",
    describe: "run scenarios: files, folders or file:line; default: the built-in suite",
    builder: (yargs) =>
      yargs.positional("files", FILES).options(withTwins(RUN_OPTIONS, terminal.env)) as unknown as Argv<RunArguments>,
    handler: async (args) => {
      finish(await run(args, terminal));
    },
  };
}
