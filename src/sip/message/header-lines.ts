import type { HeaderLine } from "./header-line.ts";
import type { HeaderId } from "./header-names.ts";
import type { Source } from "./source.ts";

/** The header lines of a message, by index. Two kinds: places in a received head, and lines that can be changed. */
export interface HeaderLines {
  readonly length: number;
  idAt: (index: number) => HeaderId;
  nameAt: (index: number) => string;
  valueAt: (index: number) => string;
  /** What the value stands in, from `startAt` to `endAt`. */
  sourceAt: (index: number) => Source;
  startAt: (index: number) => number;
  endAt: (index: number) => number;
  lineAt: (index: number) => HeaderLine;
  /** Index of the first line from `from` on of the header with this id or, where that is unknown, this name; or -1. */
  find: (id: HeaderId, name: string, from?: number) => number;
}
