import { headerSpellings } from "./header-names.ts";
import { LIMITS } from "./limits.ts";
import type { Cell } from "./received-lines.ts";
import { SCAN_LINES_CODE } from "./scan-lines-code.ts";
import { isOf, TOKEN } from "./tokens.ts";

/** Where things stand in the memory of the code; `scan-lines.wat` says what they are. */
const PLACES = {
  cells: 0x14000,
  tokens: 0x18000,
  slots: 0x18100,
  next: 0x18500,
  ids: 0x18600,
  masks: 0x18800,
  names: 0x19000,
} as const;

/** Octets of a name in the table, and of the longest head with its empty line. */
const NAME_OCTETS = 32;
const LONGEST_HEAD_OCTETS = LIMITS.headOctets + 4;
const SLOTS = 1024;

/** The start line, the header lines, the empty line. */
const MOST_CELLS = LIMITS.headerLines + 2;

/** The little that we need of what only the types of browsers describe. */
declare const WebAssembly: {
  readonly Module: new (octets: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Code {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly scan: (length: number, most: number) => number;
}

/**
 * Values are most of a head, and all that has to be known of them to tell lines apart is that they hold no control
 * character. So this one loop is in WebAssembly, which looks at sixteen octets at a time: `scan-lines.wat`.
 */
const { memory, scan } = compiled();
const octetsOfCode = new Uint8Array(memory.buffer);
const cellsOfCode = new Int32Array(memory.buffer, PLACES.cells, MOST_CELLS);
fillTables(octetsOfCode);

/**
 * Finds and names the lines of the head that starts the octets.
 * @param limit of the octets only so many are looked at.
 * @returns one cell for the start line, each header line and the empty line; undefined where the empty line is missing
 * or the head is not regular: with bare CR or LF, folds, too many lines, a name that is no token or over 31 octets long.
 */
export function scanLines(octets: Buffer, limit = LONGEST_HEAD_OCTETS): Cell[] | undefined {
  const looked = octets.length > limit ? octets.subarray(0, limit) : octets;
  octetsOfCode.set(looked);
  octetsOfCode[looked.length] = 0;
  const count = scan(looked.length, MOST_CELLS);
  if (count < 2) return undefined;
  const cells = new Array<Cell>(count);
  for (let index = 0; index < count; index += 1) cells[index] = cellsOfCode[index] ?? 0;
  return cells;
}

function compiled(): Code {
  const module = new WebAssembly.Module(Buffer.from(SCAN_LINES_CODE.base64, "base64"));
  return new WebAssembly.Instance(module).exports as Code;
}

function fillTables(octets: Uint8Array): void {
  for (let code = 0; code < 256; code += 1) octets[PLACES.tokens + code] = isOf(TOKEN, code) ? 1 : 0;
  for (let length = 0; length <= NAME_OCTETS; length += 1) {
    const start = PLACES.masks + length * NAME_OCTETS;
    octets.fill(0xff, start, start + length);
  }
  headerSpellings().forEach(([name, id], index) => {
    const number = index + 1;
    const slot = slotOf(name);
    octets[PLACES.next + number] = octets[PLACES.slots + slot] ?? 0;
    octets[PLACES.slots + slot] = number;
    octets[PLACES.ids + number] = id;
    octets.set(Buffer.from(name, "latin1"), PLACES.names + number * NAME_OCTETS);
  });
}

/** Length, first and last character tell names well enough apart. */
function slotOf(name: string): number {
  return (name.length * 37 + name.charCodeAt(0) * 11 + name.charCodeAt(name.length - 1)) & (SLOTS - 1);
}
