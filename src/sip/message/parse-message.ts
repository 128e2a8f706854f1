import { scanHeaderBlock, withCrlf, withEmptyLine, type HeaderBlock } from "./header-block.ts";
import { LIMITS } from "./limits.ts";
import { SipRequest } from "./request.ts";
import { SipResponse } from "./response.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { parseStartLine, type StartLine } from "./start-line.ts";

/**
 * How the octets came. `datagram`: one message, a missing Content-Length means up to the end, octets behind the body
 * are discarded. `stream`: Content-Length is needed (RFC 3261 §18.3).
 */
export type Framing = "datagram" | "stream";

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** Where the first message of some octets stands. */
interface Head {
  /** Behind the CRLFs that may come first. */
  readonly start: number;
  readonly bodyStart: number;
  /** Why the lines could not be told apart as they stand. */
  readonly problem: SipParseError | undefined;
  readonly block: HeaderBlock;
}

/**
 * Reads as much of a message as routing needs: start line, framing, and where each header stands. Everything else is
 * parsed when asked for; `checkMessage` applies the rest of the rules. CRLFs before the start line are skipped. The
 * octets are kept, not copied: they must not change afterwards.
 * @throws {SipParseError} ERR_SIP_SYNTAX with 400, 505 (SIP version) or 513 (beyond `LIMITS`); with `partial` where it
 * can be answered. A malformed response (`partial.kind`) is dropped.
 * @see RFC 3261 §7, §18.3
 */
export function parseMessage(octets: Buffer, framing: Framing = "datagram"): SipRequest | SipResponse {
  const head = readHead(octets);
  const { start, bodyStart, block } = head;
  const startLine = parseStartLine(block.startLine);
  const available = octets.length - bodyStart;
  const bodyEnd = bodyStart + Math.min(block.contentLength ?? available, available);
  const whole = start === 0 && bodyEnd === octets.length ? octets : octets.subarray(start, bodyEnd);
  const message = messageOf(startLine, block, whole, bodyStart - start);
  const problem = problemOf(startLine, head, framing, available);
  if (problem) throw problem.within(message);
  return message;
}

/**
 * How many octets of a stream its first message takes, CRLFs before it included; undefined while its head is not
 * complete. The answer may exceed what has come yet.
 * @throws {SipParseError} ERR_SIP_SYNTAX: Content-Length is missing or malformed, or the message exceeds `LIMITS`, so
 * that framing is lost: answer `partial` if there is one, then close the connection (RFC 3261 §18.3).
 */
export function frameLength(octets: Buffer): number | undefined {
  if (octets.indexOf(END_OF_HEAD, skipLineEnds(octets)) < 0) {
    if (octets.length > LIMITS.headOctets) throw headTooLong();
    return undefined;
  }
  const { start, bodyStart, block } = readHead(octets);
  const length = bodyStart + (block.contentLength ?? 0);
  if (block.contentLength !== undefined && length - start <= LIMITS.messageOctets) return length;
  const problem = framingProblem(block) ?? new SipParseError("message too long", { status: 513 });
  const message = messageOf(
    parseStartLine(block.startLine),
    block,
    octets.subarray(start, bodyStart),
    bodyStart - start,
  );
  throw problem.within(message);
}

/** Text of most heads; a longer one is looked for once more in all that a head may be. */
const USUAL_HEAD_OCTETS = 4096;

function readHead(octets: Buffer): Head {
  const start = skipLineEnds(octets);
  const block =
    scanHeaderBlock(octets.toString("latin1", start, start + USUAL_HEAD_OCTETS)) ??
    scanHeaderBlock(octets.toString("latin1", start, start + LIMITS.headOctets + END_OF_HEAD.length));
  return block ? { start, bodyStart: start + block.end, problem: undefined, block } : readOddHead(octets, start);
}

/** A head that is refused: without its empty line or with a bare CR or LF. Read as well as one can, for the answer. */
function readOddHead(octets: Buffer, start: number): Head {
  const found = octets.indexOf(END_OF_HEAD, start);
  const end = found < 0 ? octets.length : found;
  if (end - start > LIMITS.headOctets) throw headTooLong();
  const text = octets.toString("latin1", start, end);
  const block = scanHeaderBlock(found < 0 ? withEmptyLine(text) : withCrlf(text));
  const problem = new SipParseError(found < 0 ? "empty line behind the headers missing" : "bare CR or LF");
  if (!block) throw problem;
  return { start, bodyStart: found < 0 ? end : end + END_OF_HEAD.length, problem, block };
}

function headTooLong(): SipParseError {
  return new SipParseError("headers too long", { status: 513 });
}

/** CRLFs before a message are ignored (RFC 3261 §7.5). */
function skipLineEnds(octets: Buffer): number {
  let start = 0;
  while (octets[start] === 0x0d || octets[start] === 0x0a) start += 1;
  return start;
}

function messageOf(
  startLine: StartLine,
  lines: HeaderBlock,
  received: Buffer,
  bodyStart: number,
): SipRequest | SipResponse {
  const parts = { lines: lines.lines, received, bodyStart, body: undefined };
  return startLine.method === ""
    ? new SipResponse(startLine.status, startLine.reason, parts)
    : new SipRequest(startLine.method, startLine.requestUri, parts);
}

function problemOf(startLine: StartLine, head: Head, framing: Framing, available: number): SipParseError | undefined {
  const { block } = head;
  if (startLine.problem) {
    return new SipParseError(startLine.problem.text, { status: startLine.problem.status, text: block.startLine });
  }
  if (head.problem) return head.problem;
  if (block.problem) return block.problem;
  if (block.lengthProblem) return block.lengthProblem;
  if (block.contentLength === undefined) return framing === "stream" ? framingProblem(block) : undefined;
  if (block.contentLength <= available) return undefined;
  return new SipParseError("body shorter than Content-Length", { text: `${available} of ${block.contentLength}` });
}

function framingProblem(block: HeaderBlock): SipParseError | undefined {
  if (block.lengthProblem) return block.lengthProblem;
  return block.contentLength === undefined ? new SipParseError("Content-Length missing") : undefined;
}
