import { Comparison, type Subject } from "./support/compare.ts";
import type { BenchOptions, BenchRow } from "./support/row.ts";
import type { Usage } from "./support/usage.ts";
import { warmRun } from "./support/warm-run.ts";
import { Worker } from "./support/worker.ts";

const UNITS = 4_000;
/** Done before, for V8 to compile what it is going to run. */
const FIRST = 3_000;
const AT_ONCE = 50;
const SRF = "drachtio-srf, front and engine";
const ENGINE = "offhook engine";

/** What drachtio-server 0.9.10 and drachtio-srf took together, against SIPp, on two quiet cores of such a machine. */
const SERVER_MICROS = { register: 655, call: 1190 };

/**
 * REGISTER without challenge by `srf.request`, and calls by `srf.createUAC`, over the embedded front; beside the same by
 * the engine's own API. The far ends (a registrar, an engine that takes calls) are other processes and do not count.
 */
export async function benchDrachtioSrf(options: BenchOptions): Promise<BenchRow[]> {
  return [...(await benchRegister(options)), ...(await benchCall(options))];
}

async function benchRegister(options: BenchOptions): Promise<BenchRow[]> {
  const registrar = await Worker.start("registrar", ["open"]);
  try {
    const port = await registrar.next<number>();
    const comparison = await compare("srf REGISTER", options, {
      [SRF]: () => warmRun("srf-load", ["register", port, UNITS, AT_ONCE], FIRST),
      [ENGINE]: () => warmRun("register-engine", [port, UNITS, AT_ONCE], FIRST),
    });
    return rowsOf(comparison, "unchallenged REGISTER", SERVER_MICROS.register);
  } finally {
    await registrar.end();
  }
}

async function benchCall(options: BenchOptions): Promise<BenchRow[]> {
  const comparison = await compare("srf call", options, {
    [SRF]: () => againstUas((port) => warmRun("srf-load", ["call", port, UNITS, AT_ONCE], FIRST)),
    [ENGINE]: () => againstUas((port) => warmRun("call-uac", [port, UNITS, AT_ONCE], FIRST)),
  });
  return rowsOf(comparison, "call, calling end", SERVER_MICROS.call);
}

function compare(
  bench: string,
  options: BenchOptions,
  runs: Readonly<Record<string, Subject["run"]>>,
): Promise<Comparison> {
  const subjects = Object.entries(runs).map(([name, run]): Subject => ({ name, run }));
  return Comparison.of(bench, subjects, UNITS, options);
}

function rowsOf(comparison: Comparison, per: string, serverMicros: number): BenchRow[] {
  const goal = serverMicros / 2;
  const measured = `a drachtio-server took ${serverMicros} µs elsewhere; goal below ${goal.toFixed(0)} µs; the first ${FIRST}: ${comparison.firstMicros(SRF).toFixed(0)} µs`;
  const row = (subject: string): BenchRow => ({
    bench: "drachtio-srf",
    subject,
    per,
    cpuMicros: comparison.cpuMicros(subject),
    perSecond: comparison.perSecond(subject),
  });
  return [{ ...row(SRF), ratio: comparison.ratio(SRF, ENGINE), note: measured }, row(ENGINE)];
}

async function againstUas(call: (port: number) => Promise<Usage>): Promise<Usage> {
  const uas = await Worker.start("call-uas", []);
  try {
    return await call(await uas.next<number>());
  } finally {
    await uas.end();
  }
}
