import { HeaderLine } from "./header-line.ts";
import { hashStep, headerId, headerIdAt } from "./header-names.ts";
import { LIMITS } from "./limits.ts";
import { isBlank } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { isOf, parseNumber, skipBlanks, TOKEN } from "./tokens.ts";

const CONTENT_LENGTH = headerId("Content-Length");

/** Start line and header lines of a message; values are not read yet. */
export interface HeaderBlock {
  readonly startLine: string;
  readonly lines: HeaderLine[];
  /** First thing that is wrong with the header lines; those that could be read are in `lines`. */
  readonly problem: SipParseError | undefined;
  /** Undefined where there is none, or where `lengthProblem` says why it cannot be used. */
  readonly contentLength: number | undefined;
  readonly lengthProblem: SipParseError | undefined;
}

/**
 * Finds the lines of a head (start line and headers, each with its CRLF) in one pass. A line that starts with a blank
 * continues the one before. A bare CR or LF is malformed: what one element takes for a line end and another does not
 * would let a header hide (RFC 3261 §7, §25.1).
 */
export function scanHeaderBlock(head: string): HeaderBlock {
  const block = new HeadScan(head, undefined).run();
  if (!block.hasBareLineEnd) return block;
  return new HeadScan(withCrlf(head), new SipParseError("bare CR or LF")).run();
}

/** The head with every CR or LF made a CRLF and one at the end: a best guess, for answering what is refused. */
export function withCrlf(head: string): string {
  const text = head.replace(/\r\n|\r|\n/g, "\r\n");
  return text.endsWith("\r\n") ? text : `${text}\r\n`;
}

class HeadScan implements HeaderBlock {
  startLine = "";
  readonly lines: HeaderLine[] = [];
  problem: SipParseError | undefined;
  contentLength: number | undefined = undefined;
  lengthProblem: SipParseError | undefined = undefined;
  hasBareLineEnd = false;
  readonly #head: string;
  #position = 0;

  constructor(head: string, problem: SipParseError | undefined) {
    this.#head = head;
    this.problem = problem;
  }

  run(): this {
    const end = this.#lineEnd(0);
    this.startLine = this.#head.slice(0, end);
    this.#position = end + 2;
    while (this.#position < this.#head.length) this.#nextLine();
    return this;
  }

  #nextLine(): void {
    const head = this.#head;
    const start = this.#position;
    let end = this.#lineEnd(start);
    while (isBlank(head.charCodeAt(end + 2))) end = this.#lineEnd(end + 2);
    this.#position = end + 2;
    let nameEnd = start;
    let hash = 0;
    for (let code = head.charCodeAt(start); isOf(TOKEN, code); code = head.charCodeAt(nameEnd)) {
      hash = hashStep(hash, code);
      nameEnd += 1;
    }
    const colon = skipBlanks(head, nameEnd);
    if (nameEnd === start || head.charCodeAt(colon) !== 0x3a) {
      this.problem ??= new SipParseError("header line malformed", { text: head.slice(start, end) });
      return;
    }
    const id = headerIdAt(head, start, nameEnd, hash);
    this.#add(new HeaderLine(id, head, start, nameEnd, colon + 1, end));
  }

  #add(line: HeaderLine): void {
    if (this.lines.length >= LIMITS.headerLines) {
      this.problem ??= new SipParseError("too many header lines", { status: 513 });
      this.#position = this.#head.length;
      return;
    }
    this.lines.push(line);
    if (line.id === CONTENT_LENGTH) this.#readLength(line.value);
  }

  /** Two lines of one value frame the message all the same; `checkMessage` refuses them. */
  #readLength(text: string): void {
    const length = parseNumber(text, Number.MAX_SAFE_INTEGER);
    if (length === undefined) this.lengthProblem ??= new SipParseError("Content-Length malformed", { text });
    else if (this.contentLength !== undefined && this.contentLength !== length) {
      this.lengthProblem ??= new SipParseError("Content-Length repeated", { text });
    }
    this.contentLength = this.lengthProblem ? undefined : length;
  }

  /** Index of the CRLF that ends the line at `start`; the end of the head, and a mark, where a bare CR or LF comes first. */
  #lineEnd(start: number): number {
    const lineFeed = this.#head.indexOf("\n", start);
    const carriageReturn = this.#head.indexOf("\r", start);
    if (carriageReturn >= 0 && carriageReturn === lineFeed - 1) return carriageReturn;
    this.hasBareLineEnd = true;
    return this.#head.length;
  }
}
