import { median, type BenchOptions, type BenchRow } from "./support/row.ts";
import { Worker } from "./support/worker.ts";

const MANY = 10_000;
/** To show that memory grows linearly: so many fewer must need so much less each. */
const FEWER = MANY / 4;
const AT_ONCE = 50;
/** Memory hardly varies, and each round waits until all transactions are over. */
const MOST_ROUNDS = 3;

interface Memory {
  /** Octets right after the last answer, transactions that wait for copies included. */
  readonly fresh: number;
  /** Octets once these are over. */
  readonly idle: number;
}

/** Memory of one registered phone and of one standing call (both ends) on the engine's API, at 10,000 of each. */
export async function benchIdle(options: BenchOptions): Promise<BenchRow[]> {
  const registrar = await Worker.start("registrar", ["open"]);
  try {
    const port = await registrar.next<number>();
    const registrations = await rowsOf("idle registration", options, "at most 4096 octets", (count) =>
      measure("idle-registrations", [port, count, AT_ONCE]),
    );
    const calls = await rowsOf("standing call, both ends", options, undefined, (count) =>
      measure("idle-calls", [count, AT_ONCE]),
    );
    return [...registrations, ...calls];
  } finally {
    await registrar.end();
  }
}

async function rowsOf(
  per: string,
  { rounds, progress }: BenchOptions,
  goal: string | undefined,
  run: (count: number) => Promise<Memory>,
): Promise<BenchRow[]> {
  const many: Memory[] = [];
  const fewer: Memory[] = [];
  const enough = Math.min(rounds, MOST_ROUNDS);
  for (let round = 1; round <= enough; round += 1) {
    // They mostly wait for timers, so the two of a round wait together.
    const [all, some] = await Promise.all([run(MANY), run(FEWER)]);
    many.push(all);
    fewer.push(some);
    progress(`idle ${round}/${enough} ${per}: ${Math.round(all.idle / MANY)} octets`);
  }
  const octets = median(many.map(({ idle }) => idle)) / MANY;
  const fewerOctets = median(fewer.map(({ idle }) => idle)) / FEWER;
  const row = (subject: string, bytes: number): BenchRow => ({ bench: "idle", subject, per, bytes });
  const linear = { of: `octets each at ${FEWER}`, value: octets / fewerOctets, goal: "at most about 1: linear" };
  return [
    {
      ...row("offhook engine, at rest", octets),
      ratio: linear,
      ...(goal === undefined ? {} : { note: `goal ${goal}` }),
    },
    row("offhook engine, right after", median(many.map(({ fresh }) => fresh)) / MANY),
  ];
}

async function measure(name: string, args: readonly number[]): Promise<Memory> {
  const worker = await Worker.start(name, args, ["--expose-gc"]);
  try {
    return await worker.next<Memory>();
  } finally {
    await worker.end();
  }
}
