import { headerId, headerIdAt } from "./header-names.ts";
import { LIMITS } from "./limits.ts";
import { cellOf, MOST_NAME_OCTETS, ReceivedLines, startOf, type Cell } from "./received-lines.ts";
import { Source } from "./source.ts";
import { endOf, parseNumber, TOKEN } from "./tokens.ts";

const CONTENT_LENGTH = headerId("Content-Length");

/** The head of a message as it should be: no folds, each name a token with its colon, at most one Content-Length. */
export interface RegularHead {
  readonly source: Source;
  readonly startLineEnd: number;
  readonly lines: ReceivedLines;
  readonly contentLength: number | undefined;
  /** Index behind the empty line. */
  readonly end: number;
}

/** With its empty line. */
const LONGEST_HEAD_OCTETS = LIMITS.headOctets + 4;
const COLON = 0x3a;
const IRREGULAR = -1;

/**
 * Finds and names the header lines of the message that starts the octets; their values are not read. Undefined where
 * its head is not regular, or not complete: `header-block.ts` reads those, and says what is wrong.
 */
export function scanHead(octets: Buffer): RegularHead | undefined {
  const text = octets.toString("latin1", 0, LONGEST_HEAD_OCTETS);
  const cells = cellsOf(text, octets);
  if (!cells) return undefined;
  const end = startOf(cells[cells.length - 1] ?? 0) + 2;
  // What is cut out of a text keeps all of it alive: no body shall stay with a tag that somebody keeps.
  const source = new Source(end === text.length ? text : octets.toString("latin1", 0, end), octets);
  const lines = new ReceivedLines(source, cells);
  const contentLength = lengthIn(lines, octets);
  if (contentLength === IRREGULAR) return undefined;
  return { source, startLineEnd: startOf(cells[1] ?? 0) - 2, lines, contentLength, end };
}

/**
 * One cell for the start line, each header line and the empty line; undefined where there is no empty line, or the head
 * is not regular: with bare CR or LF, folds, too many lines, a name that is no token or too long for a cell.
 * @param text of the octets, up to the end of the head at least.
 */
function cellsOf(text: string, octets: Uint8Array): Cell[] | undefined {
  const cells: Cell[] = [0];
  let start = lineEnd(text, 0) + 2;
  while (start >= 2) {
    const end = lineEnd(text, start);
    const cell = start === end ? start : cellAt(octets, start, end);
    if (cell === IRREGULAR || cells.length > LIMITS.headerLines + 1) return undefined;
    cells.push(cell);
    if (start === end) return cells;
    start = end + 2;
  }
  return undefined;
}

/**
 * Index of the CR LF that ends a line; -2 where it is missing or a bare CR or LF comes first. Most octets of a head are
 * passed over here, which the platform's search does faster than a loop over them.
 */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\r", start);
  return end >= 0 && text.indexOf("\n", start) === end + 1 ? end : -2;
}

/** The cell of the header line at `octets[start, end)`. A folded line begins with a blank, so it has no name. */
function cellAt(octets: Uint8Array, start: number, end: number): Cell {
  const nameEnd = endOf(TOKEN, octets, start, end);
  const length = nameEnd - start;
  if (length === 0 || length > MOST_NAME_OCTETS || octets[nameEnd] !== COLON) return IRREGULAR;
  return cellOf(start, headerIdAt(octets, start, nameEnd), length);
}

/** Content-Length; undefined where there is none, `IRREGULAR` where it cannot be used or is there twice. */
function lengthIn(lines: ReceivedLines, octets: Buffer): number | undefined {
  const index = lines.find(CONTENT_LENGTH, "");
  if (index < 0) return undefined;
  if (lines.find(CONTENT_LENGTH, "", index + 1) >= 0) return IRREGULAR;
  return parseNumber(Number.MAX_SAFE_INTEGER, octets, lines.startAt(index), lines.endAt(index)) ?? IRREGULAR;
}
