import type { HeaderLine } from "./header-line.ts";
import type { HeaderLines } from "./header-lines.ts";
import type { HeaderId } from "./header-names.ts";
import type { Source } from "./source.ts";

/** Header lines one by one: those of a message that we make or change, and of a head that has folded or broken lines. */
export class OwnLines implements HeaderLines {
  /** In order. */
  readonly all: HeaderLine[];

  constructor(lines: HeaderLine[]) {
    this.all = lines;
  }

  /** Lines that can be changed without changing the others. */
  static from(lines: HeaderLines): OwnLines {
    const all: HeaderLine[] = [];
    for (let index = 0; index < lines.length; index += 1) all.push(lines.lineAt(index));
    return new OwnLines(all);
  }

  get length(): number {
    return this.all.length;
  }

  idAt(index: number): HeaderId {
    return this.lineAt(index).id;
  }

  nameAt(index: number): string {
    return this.lineAt(index).name;
  }

  valueAt(index: number): string {
    return this.lineAt(index).value;
  }

  sourceAt(index: number): Source {
    return this.lineAt(index).source;
  }

  startAt(index: number): number {
    return this.lineAt(index).start;
  }

  endAt(index: number): number {
    return this.lineAt(index).end;
  }

  /** @throws {RangeError} there is no line with that index. */
  lineAt(index: number): HeaderLine {
    const line = this.all[index];
    if (!line) throw new RangeError(`no header line ${index}`);
    return line;
  }

  find(id: HeaderId, name: string, from = 0): number {
    for (let index = from; index < this.all.length; index += 1) if (this.all[index]?.is(id, name)) return index;
    return -1;
  }
}
