import { UsageError } from "../core/errors.ts";
import type { Trace, TracedMessage } from "../simulator/index.ts";
import { addClaim, type Verdict } from "./claim.ts";
import { labelOf } from "./show-message.ts";
import { isSeen, parseTraceItem, type TracePattern } from "./trace-pattern.ts";

/** Most messages that a failure shows. */
const LADDER_ROWS = 30;

export function addTraceClaims(): void {
  addClaim("show", (subject, ...items: string[]) => judgeShow(traceOf(subject, "show"), patternsOf(items, "show")));
  addClaim("neverShow", (subject, ...items: string[]) =>
    judgeNeverShow(traceOf(subject, "neverShow"), patternsOf(items, "neverShow")),
  );
}

function traceOf(subject: unknown, claim: string): Trace {
  if (typeof subject === "object" && subject !== null && "entries" in subject && Array.isArray(subject.entries)) {
    return subject as Trace;
  }
  throw new UsageError(`${claim}() looks at a trace: expect(alice.trace).to.${claim}("> REGISTER")`, {
    code: "ERR_ASSERTION_SUBJECT",
  });
}

function patternsOf(items: readonly string[], claim: string): TracePattern[] {
  if (items.length === 0) throw new UsageError(`${claim}() needs an item`, { code: "ERR_ASSERTION_ARGUMENT" });
  return items.map(parseTraceItem);
}

function judgeShow(trace: Trace, patterns: readonly TracePattern[]): Verdict {
  const entries = trace.entries;
  const met = new Set<TracedMessage>();
  let from = 0;
  const unmet = patterns.find((pattern) => {
    const place = entries.findIndex((entry, index) => index >= from && pattern.matches(entry));
    const entry = entries[place];
    if (!entry) return true;
    met.add(entry);
    from = place + 1;
    return false;
  });
  const list = patterns.map(({ text }) => text).join(", ");
  return {
    outcome: unmet === undefined,
    subject: "the trace",
    predicate: `show ${list}`,
    expected: list,
    received: unmet ? unmetText(unmet, patterns, entries) : "it does",
    shown: ladder(entries, { sign: "✓", of: met }, unmet),
  };
}

function unmetText(unmet: TracePattern, patterns: readonly TracePattern[], entries: readonly TracedMessage[]): string {
  const place = patterns.indexOf(unmet);
  const before = patterns[place - 1];
  const last = entries.findLast(isSeen);
  const after = before ? ` after "${before.text}" (item ${place})` : "";
  return `"${unmet.text}" (item ${place + 1}) did not come${after}; ${last ? `the last message was ${rowOf(last)}` : "no message came"}`;
}

function judgeNeverShow(trace: Trace, patterns: readonly TracePattern[]): Verdict {
  const entries = trace.entries;
  const found = new Set(entries.filter((entry) => patterns.some((pattern) => pattern.matches(entry))));
  const list = patterns.map(({ text }) => text).join(", ");
  const [first] = found;
  return {
    outcome: first ? false : entries.length === 0 ? "unverified" : true,
    subject: "the trace",
    predicate: `never show ${list}`,
    expected: `none of ${list}`,
    received: first ? `${rowOf(first)} came` : "none of it came",
    shown: ladder(entries, { sign: "✗", of: found }),
  };
}

function rowOf({ direction, message, octets }: TracedMessage): string {
  const label = message ? labelOf(message) : `${octets.length} octets, not SIP`;
  return `${direction === "sent" ? ">" : "<"} ${label}`;
}

interface Marks {
  readonly sign: "✓" | "✗";
  readonly of: ReadonlySet<TracedMessage>;
}

/** What crossed the wire, copies left out; some messages marked, and below them the item that never came. */
function ladder(entries: readonly TracedMessage[], marks: Marks, unmet?: TracePattern): string {
  const seen = entries.filter(isSeen);
  const rows = seen.slice(-LADDER_ROWS).map((entry) => {
    const notes = entry.notes.length === 0 ? "" : `  [${entry.notes.join(", ")}]`;
    return `  ${marks.of.has(entry) ? marks.sign : " "} ${rowOf(entry)}${notes}`;
  });
  const hidden = seen.length > LADDER_ROWS ? [`    … ${seen.length - LADDER_ROWS} earlier messages`] : [];
  const missing = unmet ? [`  ✗ ${unmet.text}   never came`] : [];
  return [...hidden, ...rows, ...missing].join("\n");
}
