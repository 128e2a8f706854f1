import { HeaderLine } from "./header-line.ts";
import type { HeaderLines } from "./header-lines.ts";
import { UNKNOWN_HEADER, type HeaderId } from "./header-names.ts";
import type { Source } from "./source.ts";
import { skipBlanks, trimEnd } from "./tokens.ts";

/**
 * Where a line stands and which it is, in one number: from the lowest bit 17 for the index where it starts, 7 for the
 * length of its name, 7 for its id. Of the start line and the empty line only the first.
 */
export type Cell = number;

const START_BITS = 17;
const LENGTH_BITS = 7;
const START_MASK = (1 << START_BITS) - 1;

/** Longest name of a header that a cell can hold. */
export const MOST_NAME_OCTETS = (1 << LENGTH_BITS) - 1;

export function cellOf(start: number, id: HeaderId, nameLength: number): Cell {
  return start | (nameLength << START_BITS) | (id << (START_BITS + LENGTH_BITS));
}

/** Where the line of a cell starts. */
export function startOf(cell: Cell): number {
  return cell & START_MASK;
}

function bitOf(id: HeaderId): number {
  return 1 << (id & 31);
}

/** The header lines of a received head, of which only the places are kept: one number for each. */
export class ReceivedLines implements HeaderLines {
  /** How many. */
  readonly length: number;
  readonly #source: Source;
  readonly #cells: readonly Cell[];
  /** Ids share 32 bits: where the bit of an id is not set, no line of that header is there. */
  readonly #bits: number;

  /** @param cells one for the start line, each header line, and the empty line. */
  constructor(source: Source, cells: readonly Cell[]) {
    this.length = cells.length - 2;
    this.#source = source;
    this.#cells = cells;
    let bits = 0;
    for (let index = 0; index < this.length; index += 1) bits |= bitOf(this.idAt(index));
    this.#bits = bits;
  }

  idAt(index: number): HeaderId {
    return this.#cell(index) >> (START_BITS + LENGTH_BITS);
  }

  nameAt(index: number): string {
    const start = this.#lineStart(index);
    return this.#source.text.slice(start, start + this.#nameLength(index));
  }

  valueAt(index: number): string {
    return this.#source.text.slice(this.startAt(index), this.endAt(index));
  }

  sourceAt(): Source {
    return this.#source;
  }

  startAt(index: number): number {
    const colon = this.#lineStart(index) + this.#nameLength(index);
    return skipBlanks(this.#source.octets, colon + 1, this.#lineEnd(index));
  }

  endAt(index: number): number {
    return trimEnd(this.#source.octets, this.startAt(index), this.#lineEnd(index));
  }

  lineAt(index: number): HeaderLine {
    const start = this.#lineStart(index);
    const nameEnd = start + this.#nameLength(index);
    return HeaderLine.received(this.idAt(index), this.#source, start, nameEnd, this.startAt(index), this.endAt(index));
  }

  find(id: HeaderId, name: string, from = 0): number {
    if ((this.#bits & bitOf(id)) === 0) return -1;
    for (let index = from; index < this.length; index += 1) {
      if (this.idAt(index) === id && (id !== UNKNOWN_HEADER || this.#isNamed(index, name))) return index;
    }
    return -1;
  }

  #isNamed(index: number, name: string): boolean {
    return this.#nameLength(index) === name.length && this.nameAt(index).toLowerCase() === name.toLowerCase();
  }

  #cell(index: number): Cell {
    return this.#cells[index + 1] ?? 0;
  }

  #lineStart(index: number): number {
    return startOf(this.#cell(index));
  }

  /** Lines stand one behind the other. */
  #lineEnd(index: number): number {
    return this.#lineStart(index + 1) - 2;
  }

  #nameLength(index: number): number {
    return (this.#cell(index) >> START_BITS) & MOST_NAME_OCTETS;
  }
}
