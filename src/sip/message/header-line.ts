import { headerId, UNKNOWN_HEADER, type HeaderId } from "./header-names.ts";
import { Source } from "./source.ts";

/**
 * One header of a message. Immutable, so messages share them. Of a received line only the places are kept; name and
 * value are cut out of the message's head when somebody asks.
 */
export class HeaderLine {
  /** Which header this is, whatever its spelling. */
  readonly id: HeaderId;
  #name: string | undefined;
  #value: string | undefined;
  #source: Source | undefined;
  readonly #nameStart: number;
  readonly #nameEnd: number;
  readonly #start: number;
  readonly #end: number;

  private constructor(
    id: HeaderId,
    source: Source | undefined,
    nameStart: number,
    nameEnd: number,
    start: number,
    end: number,
  ) {
    this.id = id;
    this.#name = undefined;
    this.#value = undefined;
    this.#source = source;
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
    this.#start = start;
    this.#end = end;
  }

  /** A line that we write. Both have to be clean: `name` a token, `value` without CR, LF and NUL. */
  static of(name: string, value: string): HeaderLine {
    const line = new HeaderLine(headerId(name), undefined, 0, 0, 0, value.length);
    line.#name = name;
    line.#value = value;
    return line;
  }

  /** A received line without folds, and without blanks at the ends of its value. */
  static received(
    id: HeaderId,
    source: Source,
    nameStart: number,
    nameEnd: number,
    start: number,
    end: number,
  ): HeaderLine {
    return new HeaderLine(id, source, nameStart, nameEnd, start, end);
  }

  /** As spelt in the message. */
  get name(): string {
    return (this.#name ??= this.source.text.slice(this.#nameStart, this.#nameEnd));
  }

  /** Octet string, unfolded, without blanks at the ends. */
  get value(): string {
    return (this.#value ??= this.source.text.slice(this.#start, this.#end));
  }

  /** `name: value`. That of most received lines stands there already. */
  get text(): string {
    const source = this.#source;
    const nameEnd = this.#nameEnd;
    const isReceived = nameEnd > 0 && source !== undefined;
    return isReceived && this.#start === nameEnd + 2 && source.octets[nameEnd + 1] === 0x20
      ? source.text.slice(this.#nameStart, this.#end)
      : `${this.name}: ${this.value}`;
  }

  /** What the value stands in, from `start` to `end`. */
  get source(): Source {
    return (this.#source ??= new Source(this.#value ?? ""));
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Whether this is a line of the header with this id or, where that is unknown, with this name. */
  is(id: HeaderId, name: string): boolean {
    if (this.id !== id) return false;
    return id !== UNKNOWN_HEADER || this.name.toLowerCase() === name.toLowerCase();
  }
}
