import { UsageError } from "../core/errors.ts";
import type { TracedMessage } from "../simulator/index.ts";
import { SipRequest, SipResponse } from "../sip/message/index.ts";

/** What an item of `show` asks for. */
export interface TracePattern {
  readonly text: string;
  readonly direction: "sent" | "received";
  matches(entry: TracedMessage): boolean;
}

/** What did not happen on the wire, or happened before. */
const UNSEEN = new Set(["retransmission", "keepalive", "dropped", "not-sip", "malformed"]);

/** Whether the entry is a message that crossed the wire for the first time. */
export function isSeen(entry: TracedMessage): boolean {
  return entry.message !== undefined && !entry.notes.some((note) => UNSEEN.has(note));
}

/**
 * Reads `> REGISTER`, `< 401`, `< 2xx`, `< 200 INVITE`, `< 180|183`.
 * @throws {UsageError} ERR_TRACE_ITEM
 */
export function parseTraceItem(text: string): TracePattern {
  const [arrow, what, method, ...more] = text.split(" ");
  const alternatives = what?.split("|") ?? [];
  const isStatus = alternatives.every((word) => /^[1-6](\d\d|xx)$/.test(word));
  const isMethod = alternatives.every((word) => /^[A-Z]+$/.test(word));
  if (
    (arrow !== ">" && arrow !== "<") ||
    (!isStatus && !isMethod) ||
    (isMethod && method !== undefined) ||
    more.length > 0
  ) {
    throw new UsageError(
      `"${text}" is no item of a trace. It reads "> REGISTER" (sent), "< 401" (received), "< 2xx", "< 200 INVITE" or "< 180|183".`,
      { code: "ERR_TRACE_ITEM", details: { text } },
    );
  }
  const direction = arrow === ">" ? "sent" : "received";
  const wants = isStatus ? responseTest(alternatives, method) : requestTest(alternatives);
  return { text, direction, matches: (entry) => entry.direction === direction && isSeen(entry) && wants(entry) };
}

function requestTest(methods: readonly string[]): (entry: TracedMessage) => boolean {
  return ({ message }) => message instanceof SipRequest && methods.includes(message.method);
}

/** Without a method, an answer to background traffic is not what is meant. */
function responseTest(statuses: readonly string[], method: string | undefined): (entry: TracedMessage) => boolean {
  return ({ message, notes }) => {
    if (!(message instanceof SipResponse)) return false;
    const status = String(message.status);
    if (!statuses.some((wanted) => wanted === status || (wanted.endsWith("xx") && wanted[0] === status[0])))
      return false;
    return method === undefined ? !notes.includes("background") : cseqMethodOf(message) === method;
  };
}

/** Undefined where the CSeq can't be read. */
function cseqMethodOf(message: SipResponse): string | undefined {
  return message
    .get("CSeq")
    ?.trim()
    .split(/[ \t]+/)[1];
}
