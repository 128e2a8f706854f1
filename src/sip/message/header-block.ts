import { HeaderLine } from "./header-line.ts";
import { headerId } from "./header-names.ts";
import { LIMITS } from "./limits.ts";
import { isBlank, trimBlanks } from "./octet-text.ts";
import { OwnLines } from "./own-lines.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { isToken, numberOf } from "./tokens.ts";

const CONTENT_LENGTH = headerId("Content-Length");

/** Start line and header lines of a head that `scanHead` leaves: one with folded lines, or with a fault to be named. */
export interface HeaderBlock {
  readonly startLine: string;
  readonly lines: OwnLines;
  /** First thing that is wrong with the header lines; those that could be read are in `lines`. */
  readonly problem: SipParseError | undefined;
  /** Undefined where there is none, or where `lengthProblem` says why it cannot be used. */
  readonly contentLength: number | undefined;
  readonly lengthProblem: SipParseError | undefined;
  /** Index behind the empty line. */
  readonly end: number;
}

/**
 * Finds the lines of the head that starts the text, up to the empty line, in one pass. A line that starts with a blank
 * continues the one before. Undefined where the empty line is missing or a bare CR or LF comes before it: what one
 * element takes for a line end and another does not would let a header hide (RFC 3261 §7, §25.1).
 */
export function readHeaderBlock(text: string): HeaderBlock | undefined {
  const lines: HeaderLine[] = [];
  let problem: SipParseError | undefined;
  let end = lineEnd(text, 0);
  if (end < 0) return undefined;
  const startLine = text.slice(0, end);
  let start = end + 2;
  let colon = -1;
  while (!text.startsWith("\r\n", start)) {
    end = foldedLineEnd(text, start);
    if (end < 0) return undefined;
    // The next colon is kept: lines without one must not be searched to the end of the text each.
    if (colon < start) colon = colonAt(text, start);
    const line = colon < end ? headerLineAt(text, start, colon, end) : undefined;
    if (line === undefined) {
      problem ??= new SipParseError("header line malformed", { text: text.slice(start, end) });
    } else if (lines.length >= LIMITS.headerLines) {
      problem ??= new SipParseError("too many header lines", { status: 513 });
    } else {
      lines.push(line);
    }
    start = end + 2;
  }
  const { contentLength, lengthProblem } = readLength(lines);
  return { startLine, lines: new OwnLines(lines), problem, contentLength, lengthProblem, end: start + 2 };
}

/** A whole head, which has bare CRs or LFs, with CRLF for each run of them: a best guess, to answer what is refused. */
export function withCrlf(head: string): string {
  return `${head.replace(/[\r\n]+/g, "\r\n")}\r\n\r\n`;
}

/** A head whose empty line is missing, likewise; unless bare CRs or LFs make one, all of it counts. */
export function withEmptyLine(head: string): string {
  return `${head.replace(/\r\n|\r|\n/g, "\r\n")}\r\n\r\n`;
}

/** Index of the CRLF that ends the line at `start`; -1 where a bare CR or LF comes first, or none of them. */
function lineEnd(text: string, start: number): number {
  const lineFeed = text.indexOf("\n", start);
  const carriageReturn = text.indexOf("\r", start);
  return carriageReturn === lineFeed - 1 ? carriageReturn : -1;
}

/** The end of the line at `start` and of all that continue it. */
function foldedLineEnd(text: string, start: number): number {
  let end = lineEnd(text, start);
  while (end >= 0 && isBlank(text.charCodeAt(end + 2))) end = lineEnd(text, end + 2);
  return end;
}

/** The first colon from `start` on; the end of the text where there is none. */
function colonAt(text: string, start: number): number {
  const colon = text.indexOf(":", start);
  return colon < 0 ? text.length : colon;
}

/** The header at `text[start, end)` with its first colon; undefined where its name is not a token. */
function headerLineAt(text: string, start: number, colon: number, end: number): HeaderLine | undefined {
  let nameEnd = colon;
  while (nameEnd > start && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd -= 1;
  const name = text.slice(start, nameEnd);
  return isToken(name) ? HeaderLine.of(name, unfold(trimBlanks(text, colon + 1, end))) : undefined;
}

/** Each CRLF, with all blanks round it, becomes one space (RFC 3261 §7.3.1). A value that holds blanks only is empty. */
function unfold(text: string): string {
  if (!text.includes("\r\n")) return text;
  const parts = text.split("\r\n").map((part) => trimBlanks(part));
  return parts.filter((part) => part !== "").join(" ");
}

/** Two lines of one value frame the message all the same; `checkMessage` refuses them. */
function readLength(lines: readonly HeaderLine[]): Pick<HeaderBlock, "contentLength" | "lengthProblem"> {
  let contentLength: number | undefined;
  for (const { id, value } of lines) {
    if (id !== CONTENT_LENGTH) continue;
    const length = numberOf(value, Number.MAX_SAFE_INTEGER);
    const differs = contentLength !== undefined && contentLength !== length;
    if (length === undefined || differs) {
      const problem = `Content-Length ${length === undefined ? "malformed" : "repeated"}`;
      return { contentLength: undefined, lengthProblem: new SipParseError(problem, { text: value }) };
    }
    contentLength = length;
  }
  return { contentLength, lengthProblem: undefined };
}
