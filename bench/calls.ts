import { Comparison, type Subject } from "./support/compare.ts";
import { freePort } from "./support/free-port.ts";
import type { BenchOptions, BenchRow } from "./support/row.ts";
import { hasSipp, NO_SIPP, runSipp } from "./support/sipp.ts";
import type { Usage } from "./support/usage.ts";
import { warmRun } from "./support/warm-run.ts";
import { Worker } from "./support/worker.ts";

const CALLS = 10_000;
/** Made before, for V8 to compile what it is going to run. */
const FIRST = 10_000;
const AT_ONCE = 50;
const ENGINE = "offhook engine";
const SIPP = "SIPp";

/** Calls (INVITE with SDP, 180, 200 with SDP, ACK, BYE, 200): engine to engine, and SIPp's uac to its uas. Both ends count. */
export async function benchCalls(options: BenchOptions): Promise<BenchRow[]> {
  const subjects: Subject[] = [{ name: ENGINE, run: byEngines }];
  if (hasSipp()) subjects.push({ name: SIPP, run: bySipp });
  const comparison = await Comparison.of("calls", subjects, CALLS, options);
  return [engineRow(comparison), hasSipp() ? rowOf(comparison, SIPP) : { ...rowHead(SIPP), note: NO_SIPP }];
}

function engineRow(comparison: Comparison): BenchRow {
  const row = rowOf(comparison, ENGINE);
  const note = `the first ${FIRST}, calling end: ${comparison.firstMicros(ENGINE).toFixed(1)} µs`;
  return hasSipp() ? { ...row, ratio: comparison.ratio(ENGINE, SIPP, "at most 1"), note } : { ...row, note };
}

function rowOf(comparison: Comparison, name: string): BenchRow {
  return { ...rowHead(name), cpuMicros: comparison.cpuMicros(name), perSecond: comparison.perSecond(name) };
}

function rowHead(subject: string): { bench: string; subject: string; per: string } {
  return { bench: "calls", subject, per: "call, both ends" };
}

async function byEngines(): Promise<Usage> {
  const uas = await Worker.start("call-uas", []);
  try {
    const args = [await uas.next<number>(), CALLS, AT_ONCE];
    const caller = await warmRun("call-uac", args, FIRST, () => uas.ask("report"));
    const { cpuMicros } = await uas.ask<Usage>("report");
    return { ...caller, cpuMicros: caller.cpuMicros + cpuMicros };
  } finally {
    await uas.end();
  }
}

async function bySipp(): Promise<Usage> {
  const port = await freePort();
  const answering = runSipp(["-sn", "uas", "-p", port, "-m", CALLS]);
  const calling = runSipp([`127.0.0.1:${port}`, "-sn", "uac", "-m", CALLS, "-l", AT_ONCE, "-r", 1000 * AT_ONCE]);
  const [caller, answerer] = await Promise.all([calling, answering]);
  return { cpuMicros: caller.cpuMicros + answerer.cpuMicros, seconds: caller.seconds };
}
