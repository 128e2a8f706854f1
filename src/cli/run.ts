import { join, relative } from "node:path";
import Mocha from "mocha";
import { UsageError } from "../core/errors.ts";
import { systemClock } from "../core/system-clock.ts";
import type { ConnectOptions } from "../drachtio/index.ts";
import type { Lab } from "../inventory/index.ts";
import {
  DotsReporter,
  ListReporter,
  QuietReporter,
  renderSummary,
  renderTroubles,
  type ConsoleOptions,
  type TextReportOptions,
} from "../reporters/index.ts";
import { JOURNAL_SCHEMA, openJournal, readJournal, type Journal } from "../results/index.ts";
import type { ScenarioEndLine } from "../results/model.ts";
import {
  exitCodeOf,
  newRunId,
  reportThroughMocha,
  RUN_ENDED,
  RunLedger,
  type Running,
  type ScenarioSpec,
  type TestBed,
} from "../scenarios/index.ts";
import { bracketed } from "../sip/transport/index.ts";
import { explain } from "./exit.ts";
import type { LogLevel } from "./log.ts";
import { packageVersion } from "./package-facts.ts";
import { openRunFolder, pointLatest, writeReports, type FileReporter } from "./report-files.ts";
import { openBed, startShare, type ShareSettings } from "./run-share.ts";
import type { RunWorkers } from "./run-workers.ts";
import { listenForStop, type StopSignal } from "./signals.ts";
import { styleFor, type Terminal } from "./terminal.ts";

export interface RunSettings {
  /** Absolute path; undefined: the built-in lab. */
  readonly lab: string | undefined;
  /** SIP URI of a call manager that takes the place of the lab's target. */
  readonly target: string | undefined;
  /** Scenarios at once, in all threads. */
  readonly concurrency: number | undefined;
  readonly bail: number;
  readonly strict: boolean;
  /** How often a scenario that failed is tried again. */
  readonly retries: number;
  readonly failOnFlaky: boolean;
  readonly timeoutMs: number;
  readonly globalTimeoutMs: number;
  readonly consoleReporter: string;
  readonly fileReporters: readonly FileReporter[];
  /** Absolute path of the folder that holds the runs. */
  readonly output: string;
  readonly logLevel: LogLevel;
  readonly unmask: boolean;
  /** A drachtio-server that the phones share. */
  readonly drachtio: ConnectOptions | undefined;
  /** How bad the network of every phone is made, as `loss=10%`. */
  readonly impair: string | undefined;
  /** Repeats the chances of an earlier run; undefined: the run's own id. */
  readonly seed: string | undefined;
}

/** What is run, and by how many threads. */
export interface RunPlan {
  readonly lab: Lab;
  readonly specs: readonly ScenarioSpec[];
  /** Threads that share the scenarios, each with a call manager of its own where there are several. */
  readonly workers: number;
}

/**
 * A thread has one core, which so many scenarios keep busy although each mostly waits. With twice as many each takes
 * twice as long, until messages are late and repeated.
 */
export const SCENARIOS_AT_ONCE = 8;

const OWN_REPORTERS: Readonly<Record<string, Mocha.ReporterConstructor>> = {
  list: ListReporter as unknown as Mocha.ReporterConstructor,
  dots: DotsReporter as unknown as Mocha.ReporterConstructor,
  quiet: QuietReporter as unknown as Mocha.ReporterConstructor,
};

/** Those of mocha's reporters whose output is read by programs: what we say beside it goes to stderr. */
const FOR_PROGRAMS: readonly string[] = ["json", "json-stream", "tap", "xunit", "doc", "markdown", "html"];

/** Names that `--reporter` takes for the console: our own and mocha's. */
export function consoleReporterNames(): string[] {
  return [...Object.keys(OWN_REPORTERS), ...Object.keys(Mocha.reporters).filter((name) => /^[a-z]/.test(name))];
}

/** One run from the first line of its journal to the last. */
class Run {
  readonly #settings: RunSettings;
  readonly #terminal: Terminal;
  readonly #plan: RunPlan;
  readonly #ledger: RunLedger;
  readonly #workers: RunWorkers;
  readonly #abort = new AbortController();
  readonly #id = newRunId(systemClock.wallTime());
  readonly #started = systemClock.now();
  readonly #strays: Error[] = [];
  #interrupted: StopSignal | "global-timeout" | undefined;
  #running: Running | undefined;
  #breakOff: (error: Error) => void = () => undefined;
  /** Rejects when a thread cannot go on: its scenarios would never end. */
  readonly #broken = new Promise<never>((_resolve, reject) => (this.#breakOff = reject));

  constructor(plan: RunPlan, workers: RunWorkers, settings: RunSettings, terminal: Terminal) {
    this.#plan = plan;
    this.#workers = workers;
    this.#settings = settings;
    this.#terminal = terminal;
    this.#ledger = RunLedger.ofScenarios(plan.specs.length);
  }

  async execute(): Promise<number> {
    const bed = await openBed(this.#shareSettings);
    this.#sayLimits();
    const folder = openRunFolder(this.#settings.output, this.#id);
    const journal = openJournal(join(folder, "results.ndjson"), { unmasked: this.#settings.unmask });
    pointLatest(this.#settings.output, folder);
    const stopListening = listenForStop((signal) => {
      this.#stop(signal, `${signal} was received`);
    });
    const timer = systemClock.setTimer(this.#settings.globalTimeoutMs, () => {
      this.#stop("global-timeout", `--global-timeout of ${this.#settings.globalTimeoutMs} ms is over`);
    });
    try {
      this.#writeStart(journal, bed);
      const lines = await this.#runAll(bed, journal);
      return this.#finish(journal, lines, folder);
    } finally {
      timer.cancel();
      stopListening();
      await this.#workers.close();
      journal.close();
      await bed.close();
    }
  }

  get #shareSettings(): ShareSettings {
    const { impair, drachtio, logLevel, timeoutMs, bail, strict, retries, concurrency } = this.#settings;
    const { lab, workers } = this.#plan;
    const each = concurrency === undefined ? SCENARIOS_AT_ONCE : Math.ceil(concurrency / workers);
    return { lab, seed: this.#seed, impair, drachtio, logLevel, timeoutMs, bail, strict, retries, concurrency: each };
  }

  /** What scenarios cannot have in this run; those that need it are skipped. */
  #sayLimits(): void {
    const place = this.#drachtioPlace;
    if (place === undefined) return;
    const limits = "no ports of their own, no octet-exact trace, no header order, no wire controls";
    this.#terminal.err(`phones share the drachtio-server at ${place}: ${limits}\n`);
  }

  get #drachtioPlace(): string | undefined {
    const { drachtio } = this.#settings;
    return drachtio && `${bracketed(drachtio.host)}:${drachtio.port}`;
  }

  get #seed(): string {
    return this.#settings.seed ?? this.#id;
  }

  #stop(why: StopSignal | "global-timeout", message: string): void {
    this.#interrupted = why;
    const reason = `the run was ended: ${message}`;
    this.#workers.stop(reason);
    this.#abort.abort(new UsageError(reason, { code: RUN_ENDED }));
  }

  readonly #takeStray = (error: Error): void => {
    this.#strays.push(error);
    this.#terminal.err(explain(error));
  };

  #writeStart(journal: Journal, bed: TestBed): void {
    const { lab, strict, concurrency, timeoutMs, target, impair, retries, failOnFlaky } = this.#settings;
    const { embedded, profile, host, port } = bed.target;
    journal.write({
      type: "run-start",
      schema: JOURNAL_SCHEMA,
      run: this.#id,
      at: systemClock.wallTime(),
      version: packageVersion(),
      target: { address: `${host}:${port}`, embedded, profile },
      lab: lab === undefined ? "built-in" : relative(this.#terminal.cwd, lab),
      seed: this.#seed,
      unmasked: this.#settings.unmask,
      options: {
        ...{ strict, concurrency, timeoutMs, target, impair, retries, failOnFlaky },
        drachtio: this.#drachtioPlace,
        workers: this.#plan.workers,
      },
      scenarios: this.#plan.specs.length,
    });
  }

  async #runAll(bed: TestBed, journal: Journal): Promise<ScenarioEndLine[]> {
    const { strict, consoleReporter } = this.#settings;
    const { specs } = this.#plan;
    this.#startWorkers(journal);
    const running = startShare(specs, this.#shareSettings, {
      bed,
      journal,
      ledger: this.#ledger,
      signal: this.#abort.signal,
      onStray: this.#takeStray,
    });
    this.#running = running;
    const style = styleFor(this.#terminal);
    const reporterOptions: ConsoleOptions = { style, write: this.#terminal.out };
    await reportThroughMocha(specs, running.results, {
      reporter: OWN_REPORTERS[consoleReporter] ?? consoleReporter,
      reporterOptions,
      strict,
      color: style.bold("") !== "",
      suiteTitle: (file) => relative(this.#terminal.cwd, file),
      broken: this.#broken,
    });
    await running.done;
    return await Promise.race([Promise.all(running.results.values()), this.#broken]);
  }

  #startWorkers({ file }: Journal): void {
    const { specs, workers } = this.#plan;
    const task = {
      ids: specs.map(({ id }) => id),
      journal: { file, unmasked: this.#settings.unmask },
      ledger: this.#ledger.buffer,
      settings: this.#shareSettings,
    };
    this.#workers.start(workers - 1, task, {
      onEnded: (scenario, line) => this.#running?.settle(scenario, line),
      onStray: this.#takeStray,
      onBroken: (error) => {
        this.#abort.abort(error);
        this.#breakOff(error);
      },
    });
  }

  #finish(journal: Journal, lines: readonly ScenarioEndLine[], folder: string): number {
    const exitCode = exitCodeOf({
      verdicts: lines.map((line) => line.verdict),
      strict: this.#settings.strict,
      interrupted: this.#interrupted,
      failedByFlaky: this.#settings.failOnFlaky && lines.some((line) => line.flaky),
      internalError: this.#strays.length > 0 || lines.some((line) => line.failure?.name === "InternalError"),
    });
    journal.write({
      type: "run-end",
      at: systemClock.wallTime(),
      durationMs: Math.round(systemClock.now() - this.#started),
      exitCode,
      ...(this.#interrupted === undefined ? {} : { interrupted: this.#interrupted }),
    });
    journal.close();
    const record = readJournal(journal.file);
    const { cwd } = this.#terminal;
    writeReports(record, folder, this.#settings.fileReporters, cwd);
    const options: TextReportOptions = {
      style: styleFor(this.#terminal),
      strict: this.#settings.strict,
      cwd,
      folder,
      columns: this.#terminal.columns,
    };
    const say = FOR_PROGRAMS.includes(this.#settings.consoleReporter) ? this.#terminal.err : this.#terminal.out;
    say(renderTroubles(record, options) + renderSummary(record, options));
    return exitCode;
  }
}

/**
 * Runs the scenarios against the lab's target, writes journal and reports, says on the terminal how it went.
 * @param workers threads that may have loaded the plan's scenarios already; they are ended.
 * @returns the exit code of the run.
 * @throws {TransportError} when no address can be bound.
 */
export async function executeRun(
  plan: RunPlan,
  workers: RunWorkers,
  settings: RunSettings,
  terminal: Terminal,
): Promise<number> {
  return await new Run(plan, workers, settings, terminal).execute();
}
