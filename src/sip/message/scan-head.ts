import { headerId } from "./header-names.ts";
import { ReceivedLines, startOf } from "./received-lines.ts";
import { scanLines } from "./scan-lines.ts";
import { Source } from "./source.ts";
import { parseNumber } from "./tokens.ts";

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

const MALFORMED = -1;

/**
 * Finds and names the header lines of the message that starts the octets; their values are not read. Undefined where
 * its head is not regular: `header-block.ts` reads those, and says what is wrong.
 */
export function scanHead(octets: Buffer): RegularHead | undefined {
  const cells = scanLines(octets, USUAL_HEAD_OCTETS) ?? scanLongHead(octets);
  if (!cells) return undefined;
  const emptyLine = startOf(cells[cells.length - 1] ?? 0);
  const source = new Source(octets.toString("latin1", 0, emptyLine), octets);
  const lines = new ReceivedLines(source, cells);
  const contentLength = lengthIn(lines, octets);
  if (contentLength === MALFORMED) return undefined;
  return { source, startLineEnd: startOf(cells[1] ?? 0) - 2, lines, contentLength, end: emptyLine + 2 };
}

function scanLongHead(octets: Buffer): number[] | undefined {
  return octets.length > USUAL_HEAD_OCTETS ? scanLines(octets) : undefined;
}

/** Content-Length; undefined where there is none, `MALFORMED` where it cannot be used or is there twice. */
function lengthIn(lines: ReceivedLines, octets: Buffer): number | undefined {
  const index = lines.find(CONTENT_LENGTH, "");
  if (index < 0) return undefined;
  if (lines.find(CONTENT_LENGTH, "", index + 1) >= 0) return MALFORMED;
  return parseNumber(Number.MAX_SAFE_INTEGER, octets, lines.startAt(index), lines.endAt(index)) ?? MALFORMED;
}
