import { Comparison, type Subject } from "./support/compare.ts";
import type { BenchOptions, BenchRow } from "./support/row.ts";
import { hasSipp, NO_SIPP, runSipp, sippScenario } from "./support/sipp.ts";
import type { Usage } from "./support/usage.ts";
import { warmRun } from "./support/warm-run.ts";
import { Worker } from "./support/worker.ts";

const REGISTRATIONS = 20_000;
/** Done before, for V8 to compile what it is going to run. */
const FIRST = 20_000;
const AT_ONCE = 50;
const ENGINE = "offhook engine";
const SIPP = "SIPp";
const BARE = "bare UDP on Node";

/**
 * Digest registrations (REGISTER, 401, REGISTER, 200) by the engine's own API, by SIPp, and as four bare datagrams,
 * each against the same registrar, which is another process and does not count.
 */
export async function benchRegistration(options: BenchOptions): Promise<BenchRow[]> {
  const registrar = await Worker.start("registrar", []);
  try {
    const port = await registrar.next<number>();
    const subjects: Subject[] = [
      { name: ENGINE, run: () => warmRun("register-engine", [port, REGISTRATIONS, AT_ONCE], FIRST) },
      { name: BARE, run: () => byWorker("register-bare", port) },
    ];
    if (hasSipp()) subjects.push({ name: SIPP, run: () => bySipp(port) });
    const comparison = await Comparison.of("registration", subjects, REGISTRATIONS, options);
    return subjects.map(({ name }) => rowOf(comparison, name)).concat(hasSipp() ? [] : [missingSipp()]);
  } finally {
    await registrar.end();
  }
}

function rowOf(comparison: Comparison, name: string): BenchRow {
  const row = {
    bench: "registration",
    subject: name,
    per: "digest registration",
    cpuMicros: comparison.cpuMicros(name),
    perSecond: comparison.perSecond(name),
  };
  if (name !== ENGINE) return row;
  const note = `the first ${FIRST}: ${comparison.firstMicros(ENGINE).toFixed(1)} µs`;
  return hasSipp() ? { ...row, ratio: comparison.ratio(ENGINE, SIPP, "at most 1"), note } : { ...row, note };
}

function missingSipp(): BenchRow {
  return { bench: "registration", subject: SIPP, per: "digest registration", note: NO_SIPP };
}

async function byWorker(name: string, port: number): Promise<Usage> {
  const worker = await Worker.start(name, [port, REGISTRATIONS, AT_ONCE]);
  try {
    return await worker.next<Usage>();
  } finally {
    await worker.end();
  }
}

async function bySipp(port: number): Promise<Usage> {
  return await runSipp([
    `127.0.0.1:${port}`,
    ...["-sf", sippScenario("register"), "-m", REGISTRATIONS, "-l", AT_ONCE, "-r", 1000 * AT_ONCE],
  ]);
}
