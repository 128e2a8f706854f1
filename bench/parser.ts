import { capturedMessages, typicalMessages, type SampleMessage } from "./messages.ts";
import { loadDrachtio } from "./parsers/drachtio.ts";
import { loadJssip } from "./parsers/jssip.ts";
import { offhook } from "./parsers/offhook.ts";
import { FieldSink, UNREAD, type ParserPeer } from "./parsers/parser-peer.ts";
import { loadSip } from "./parsers/sip.ts";
import { loadSipjs } from "./parsers/sipjs.ts";
import { measure, timesSlower, type Measurement } from "./support/measure.ts";
import { median, type BenchOptions, type BenchRow } from "./support/row.ts";

interface Task {
  readonly per: string;
  readonly reading: "readAll" | "readForRouting";
  /** How many times faster than the fastest of the others we want to be. */
  readonly goal: number;
}

const TASKS: readonly Task[] = [
  { per: "message, all fields", reading: "readAll", goal: 5 },
  { per: "message, fields for routing", reading: "readForRouting", goal: 12 },
];

const LOADERS: Readonly<Record<string, () => Promise<ParserPeer>>> = {
  "drachtio-srf": loadDrachtio,
  sip: loadSip,
  JsSIP: loadJssip,
  "SIP.js": loadSipjs,
};

/** How long our parser takes for a message beside those of others, on the messages that all of them read alike. */
export async function benchParser(options: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const peers: ParserPeer[] = [];
  for (const [subject, load] of Object.entries(LOADERS)) {
    try {
      peers.push(await load());
    } catch (error) {
      rows.push({ bench: "parser", subject, per: "message", note: `missing: ${firstLine(error)}` });
    }
  }
  rows.push(...compare("typical", typicalMessages(), peers, options));
  const captured = capturedMessages();
  if (captured.length > 0) rows.push(...compare("captured", captured, peers, options));
  else rows.push({ bench: "parser", subject: "offhook", per: "captured message", note: "missing: test data" });
  return rows;
}

function compare(
  corpus: string,
  messages: readonly SampleMessage[],
  peers: readonly ParserPeer[],
  options: BenchOptions,
): BenchRow[] {
  const all = [offhook, ...peers];
  return TASKS.flatMap(({ per, reading, goal }) => {
    const common = messages.filter(({ octets }) => readAlike(octets, reading, all));
    options.progress(`parser: ${corpus} ${per}: ${common.length} of ${messages.length} messages`);
    const sink = new FieldSink();
    const readCommon = (peer: ParserPeer) => (): number => {
      for (const { octets } of common) {
        sink.reset();
        peer[reading](octets, sink);
      }
      return common.length;
    };
    const [ours, ...others] = measure(
      all.map((peer) => ({ name: peer.name, work: readCommon(peer) })),
      options,
    );
    return ours ? rowsOf(`${corpus} ${per}`, goal, ours, others) : [];
  });
}

function rowsOf(per: string, goal: number, ours: Measurement, others: readonly Measurement[]): BenchRow[] {
  const [fastest] = others.toSorted((a, b) => median(a.cpuMicros) - median(b.cpuMicros));
  return [ours, ...others].map((measurement) => {
    const { name, cpuMicros, wallMicros } = measurement;
    const row = {
      bench: "parser",
      subject: name,
      per,
      cpuMicros: median(cpuMicros),
      perSecond: 1_000_000 / median(wallMicros),
    };
    if (measurement !== ours) return { ...row, ratio: { of: "CPU of offhook", value: timesSlower(ours, measurement) } };
    if (!fastest) return row;
    const ratio = { of: `speed of ${fastest.name}`, value: timesSlower(ours, fastest), goal: `at least ${goal}` };
    return { ...row, ratio };
  });
}

/** Whether every parser takes the message and reads the same values from it. */
function readAlike(octets: Buffer, reading: Task["reading"], peers: readonly ParserPeer[]): boolean {
  const [first, ...others] = peers.map((peer) => valuesOf(octets, reading, peer));
  return first !== undefined && others.every((values) => values !== undefined && areAlike(first, values));
}

function valuesOf(octets: Buffer, reading: Task["reading"], peer: ParserPeer): unknown[] | undefined {
  const sink = new FieldSink();
  try {
    peer[reading](octets, sink);
    return sink.values;
  } catch {
    return undefined;
  }
}

function areAlike(values: readonly unknown[], others: readonly unknown[]): boolean {
  if (values.length !== others.length) return false;
  return values.every((value, index) => others[index] === UNREAD || plain(value) === plain(others[index]));
}

/** The value without the notation that parsers keep or drop: quotes, blanks, case; nothing is nothing. */
function plain(value: unknown): string {
  const text = (Number.isNaN(value) ? "" : `${(value ?? "") as string | number}`).trim();
  return (text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text).toLowerCase();
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
