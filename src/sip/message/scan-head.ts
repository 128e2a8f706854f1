import { headerId, knownHeaderAt, UNKNOWN_HEADER } from "./header-names.ts";
import { LIMITS } from "./limits.ts";
import { isBlank } from "./octet-text.ts";
import { cellOf, MAX_NAME_LENGTH, ReceivedLines, startOf, type Cell } from "./received-lines.ts";
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

/** Octets of most heads; in a larger message the head is looked for in so many first, then in all that it may be. */
const USUAL_HEAD_OCTETS = 4096;

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const MALFORMED = -1;

/** Longest head with its empty line. */
const LONGEST_HEAD_OCTETS = LIMITS.headOctets + 4;

/**
 * The octets being scanned, which are copied here to be looked at in words of four. Behind them stands a NUL, so that
 * the search for control characters ends.
 */
const memory = new ArrayBuffer(4 * Math.ceil((LONGEST_HEAD_OCTETS + 1) / 4));
const desk = new Uint8Array(memory);
const words = new Int32Array(memory);

/** What was found: the start line, the header lines, the empty line. */
const cells: Cell[] = Array.from({ length: LIMITS.headerLines + 2 }, () => 0);

/**
 * Finds and names the header lines of the message that starts the octets. Undefined where its head is not regular:
 * `header-block.ts` reads those, and says what is wrong.
 *
 * Values are most of a head, so what is done for each of their octets counts: they are looked at four at a time, for
 * control characters only, since nothing else ends a line. What is found is kept as one number for each line.
 */
export function scanHead(octets: Buffer): RegularHead | undefined {
  if (octets.length <= USUAL_HEAD_OCTETS) return scan(octets, octets);
  return scan(octets, octets.subarray(0, USUAL_HEAD_OCTETS)) ?? scan(octets, octets.subarray(0, LONGEST_HEAD_OCTETS));
}

/** @param part that of the octets in which the head is looked for. */
function scan(octets: Buffer, part: Buffer): RegularHead | undefined {
  desk.set(part);
  desk[part.length] = 0;
  const count = scanLines(part.length);
  if (count < 2) return undefined;
  const emptyLine = startOf(cells[count - 1] ?? 0);
  const source = new Source(octets.toString("latin1", 0, emptyLine), octets);
  const lines = new ReceivedLines(source, cells.slice(1, count));
  const contentLength = lengthIn(lines);
  if (contentLength === MALFORMED) return undefined;
  return { source, startLineEnd: startOf(cells[1] ?? 0) - 2, lines, contentLength, end: emptyLine + 2 };
}

/** Fills `cells`. Returns how many they are, or -1 for a head that is not regular or not complete. */
function scanLines(length: number): number {
  let count = 0;
  let lineStart = 0;
  for (let word = 0; ; word += 1) {
    let controls = controlsOf(words[word] ?? 0);
    for (; controls !== 0; controls &= controls - 1) {
      const at = 4 * word + lowestOf(controls);
      const octet = desk[at];
      // The LF of the line end before.
      if (at < lineStart) continue;
      if (octet !== CR) {
        if (octet === LF || at >= length) return -1;
        continue;
      }
      if (desk[at + 1] !== LF || count >= cells.length) return -1;
      const cell = at === lineStart ? lineStart : cellAt(count, lineStart, at);
      if (cell < 0) return -1;
      cells[count] = cell;
      count += 1;
      if (at === lineStart) return count;
      lineStart = at + 2;
    }
  }
}

/** The cell of the line at `desk[start, end)`; -1 where it is not regular. */
function cellAt(index: number, start: number, end: number): Cell {
  if (index === 0) return start;
  // Folded: the next line belongs to this one.
  if (isBlank(desk[end + 2] ?? 0)) return -1;
  const known = knownHeaderAt(desk, start);
  if (known !== 0) return cellOf(start, known >> 8, known & 0xff);
  const nameEnd = endOf(TOKEN, desk, start, end);
  const nameLength = nameEnd - start;
  if (desk[nameEnd] !== COLON || nameLength === 0 || nameLength > MAX_NAME_LENGTH) return -1;
  return cellOf(start, UNKNOWN_HEADER, nameLength);
}

/** Content-Length; undefined where there is none, `MALFORMED` where it cannot be used or is there twice. */
function lengthIn(lines: ReceivedLines): number | undefined {
  const index = lines.find(CONTENT_LENGTH, "");
  if (index < 0) return undefined;
  if (lines.find(CONTENT_LENGTH, "", index + 1) >= 0) return MALFORMED;
  return parseNumber(Number.MAX_SAFE_INTEGER, desk, lines.startAt(index), lines.endAt(index)) ?? MALFORMED;
}

/** Four times the highest bit of an octet. */
const HIGH_BITS = 0x80808080 | 0;

/** The highest bit of each octet of the word that is a control character (below 0x20). */
function controlsOf(word: number): number {
  // Adding 0x60 carries into the highest bit from 0x20 on; that bit is left out before, so no octet touches the next.
  return ~(((word & 0x7f7f7f7f) + 0x60606060) | word) & HIGH_BITS;
}

/** Index (0 to 3) of the lowest octet whose highest bit is set. */
function lowestOf(controls: number): number {
  return (31 - Math.clz32(controls & -controls)) >> 3;
}
