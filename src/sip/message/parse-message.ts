import { scanHeaderBlock, withCrlf, type HeaderBlock } from "./header-block.ts";
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
  /** Whether the empty line was found. */
  readonly complete: boolean;
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

function readHead(octets: Buffer): Head {
  const start = skipLineEnds(octets);
  const end = octets.indexOf(END_OF_HEAD, start);
  if (end < 0) return readCutHead(octets, start);
  if (end - start > LIMITS.headOctets) throw headTooLong();
  const block = scanHeaderBlock(octets.toString("latin1", start, end + 2));
  return { start, bodyStart: end + END_OF_HEAD.length, complete: true, block };
}

/** A head without its empty line is refused; read it as well as one can, for the answer. */
function readCutHead(octets: Buffer, start: number): Head {
  if (octets.length - start > LIMITS.headOctets) throw headTooLong();
  const text = withCrlf(octets.toString("latin1", start));
  const end = text.indexOf("\r\n\r\n");
  const block = scanHeaderBlock(end < 0 ? text : text.slice(0, end + 2));
  return { start, bodyStart: octets.length, complete: false, block };
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
  const { block, complete } = head;
  if (startLine.problem) {
    return new SipParseError(startLine.problem.text, { status: startLine.problem.status, text: block.startLine });
  }
  if (block.problem) return block.problem;
  if (!complete) return new SipParseError("empty line behind the headers missing");
  if (block.lengthProblem) return block.lengthProblem;
  if (block.contentLength === undefined) return framing === "stream" ? framingProblem(block) : undefined;
  if (block.contentLength <= available) return undefined;
  return new SipParseError("body shorter than Content-Length", { text: `${available} of ${block.contentLength}` });
}

function framingProblem(block: HeaderBlock): SipParseError | undefined {
  if (block.lengthProblem) return block.lengthProblem;
  return block.contentLength === undefined ? new SipParseError("Content-Length missing") : undefined;
}
