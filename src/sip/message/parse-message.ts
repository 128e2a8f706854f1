/*
 * How a message is read, and why nothing is read before somebody asks for it.
 *
 * 1. `scanHead` copies the head into a string, and finds its lines and which header each is. Of each line one number is
 *    kept (`ReceivedLines`). Content-Length is the only value that is read.
 * 2. `startLineAt` reads the start line. That is all `parseMessage` does for a sound message.
 * 3. Properties of `SipMessage` read a value when they are asked for, where it stands: every parser is a function
 *    `xAt(source, start, end)` that looks at octets and cuts strings out of the text (`Source` says why). What is parsed
 *    is kept until the message is changed.
 * 4. A message that is changed gets lines of its own (`OwnLines`), with those that it keeps still pointing into the head.
 *
 * A head that is not as it should be (folds, bare CR or LF, a line without a name, Content-Length twice) is read again by
 * text, slowly, in `header-block.ts`, which says what is wrong. Every path is linear in the length of what came.
 */

import { readHeaderBlock, withCrlf, withEmptyLine, type HeaderBlock } from "./header-block.ts";
import type { HeaderLines } from "./header-lines.ts";
import { LIMITS } from "./limits.ts";
import { SipRequest } from "./request.ts";
import { SipResponse } from "./response.ts";
import { scanHead } from "./scan-head.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { Source } from "./source.ts";
import { startLineAt, type StartLine } from "./start-line.ts";

/**
 * How the octets came. `datagram`: one message, a missing Content-Length means up to the end, octets behind the body
 * are discarded. `stream`: Content-Length is needed (RFC 3261 §18.3).
 */
export type Framing = "datagram" | "stream";

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** The head of the message that starts some octets. Nothing in it is read yet but what frames the message. */
interface Head {
  /** What the start line stands in, from its beginning to `startLineEnd`. */
  readonly source: Source;
  readonly startLineEnd: number;
  readonly lines: HeaderLines;
  /** Undefined where there is none, or where `lengthProblem` says why it cannot be used. */
  readonly contentLength: number | undefined;
  readonly lengthProblem?: SipParseError | undefined;
  /** What is wrong with the header lines. */
  readonly problem?: SipParseError | undefined;
  /** Index behind the empty line. */
  readonly end: number;
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
  const start = skipLineEnds(octets);
  const given = start === 0 ? octets : octets.subarray(start);
  const head = readHead(given);
  const available = given.length - head.end;
  const bodyEnd = head.end + Math.min(head.contentLength ?? available, available);
  const startLine = startLineAt(head.source, head.startLineEnd);
  const message = messageOf(startLine, head, bodyEnd === given.length ? given : given.subarray(0, bodyEnd));
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
  const start = skipLineEnds(octets);
  if (octets.indexOf(END_OF_HEAD, start) < 0) {
    if (octets.length > LIMITS.headOctets) throw headTooLong();
    return undefined;
  }
  const head = readHead(octets.subarray(start));
  const length = head.end + (head.contentLength ?? 0);
  if (head.contentLength !== undefined && length <= LIMITS.messageOctets) return start + length;
  const problem = framingProblem(head) ?? new SipParseError("message too long", { status: 513 });
  const startLine = startLineAt(head.source, head.startLineEnd);
  throw problem.within(messageOf(startLine, head, octets.subarray(start, start + head.end)));
}

function readHead(octets: Buffer): Head {
  return scanHead(octets) ?? readOddHead(octets);
}

/** A head that has folded lines or is faulty. */
function readOddHead(octets: Buffer): Head {
  const block = readHeaderBlock(octets.toString("latin1", 0, LIMITS.headOctets + END_OF_HEAD.length));
  return block ? headOf(block) : readBrokenHead(octets);
}

/** A head that is refused: without its empty line or with a bare CR or LF. Read as well as one can, for the answer. */
function readBrokenHead(octets: Buffer): Head {
  const found = octets.indexOf(END_OF_HEAD);
  const end = found < 0 ? octets.length : found;
  if (end > LIMITS.headOctets) throw headTooLong();
  const text = octets.toString("latin1", 0, end);
  const block = readHeaderBlock(found < 0 ? withEmptyLine(text) : withCrlf(text));
  const problem = new SipParseError(found < 0 ? "empty line behind the headers missing" : "bare CR or LF");
  if (!block) throw problem;
  return { ...headOf(block), problem, end: found < 0 ? end : end + END_OF_HEAD.length };
}

function headOf({ startLine, lines, contentLength, lengthProblem, problem, end }: HeaderBlock): Head {
  const source = new Source(startLine);
  return { source, startLineEnd: startLine.length, lines, contentLength, lengthProblem, problem, end };
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

function messageOf(startLine: StartLine, { lines, end }: Head, received: Buffer): SipRequest | SipResponse {
  const parts = { lines, received, bodyStart: end, body: undefined };
  return startLine.method === ""
    ? new SipResponse(startLine.status, startLine.reason, parts)
    : new SipRequest(startLine.method, startLine.requestUri, parts);
}

function problemOf(startLine: StartLine, head: Head, framing: Framing, available: number): SipParseError | undefined {
  const { problem, lengthProblem, contentLength } = head;
  if (startLine.problem) {
    const text = head.source.text.slice(0, head.startLineEnd);
    return new SipParseError(startLine.problem.text, { status: startLine.problem.status, text });
  }
  if (problem ?? lengthProblem) return problem ?? lengthProblem;
  if (contentLength === undefined) return framing === "stream" ? framingProblem(head) : undefined;
  if (contentLength <= available) return undefined;
  return new SipParseError("body shorter than Content-Length", { text: `${available} of ${contentLength}` });
}

function framingProblem(head: Head): SipParseError | undefined {
  if (head.lengthProblem) return head.lengthProblem;
  return head.contentLength === undefined ? new SipParseError("Content-Length missing") : undefined;
}
