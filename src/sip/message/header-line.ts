import { headerId, UNKNOWN_HEADER, type HeaderId } from "./header-names.ts";
import { isBlank } from "./octet-text.ts";
import { skipBlanks } from "./tokens.ts";

/**
 * One header of a message. Immutable, so messages share them. Of a received line only the places are kept; name and
 * value are cut out of the message's head when somebody asks.
 */
export class HeaderLine {
  /** Which header this is, whatever its spelling. */
  readonly id: HeaderId;
  /** The text that the value stands in, from `start` to `end`. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  #name: string | undefined;
  #value: string | undefined;
  readonly #nameStart: number;
  readonly #nameEnd: number;

  private constructor(id: HeaderId, text: string, nameStart: number, nameEnd: number, start: number, end: number) {
    this.id = id;
    this.text = text;
    this.start = start;
    this.end = end;
    this.#name = undefined;
    this.#value = undefined;
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
  }

  /** A line that we write. Both have to be clean: `name` a token, `value` without CR, LF and NUL. */
  static of(name: string, value: string): HeaderLine {
    const line = new HeaderLine(headerId(name), value, 0, 0, 0, value.length);
    line.#name = name;
    line.#value = value;
    return line;
  }

  /** A received line; the value, unless it is folded, stays where it is. */
  static received(
    id: HeaderId,
    text: string,
    nameStart: number,
    nameEnd: number,
    start: number,
    end: number,
  ): HeaderLine {
    while (start < end && isBlank(text.charCodeAt(start))) start += 1;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
    return new HeaderLine(id, text, nameStart, nameEnd, start, end);
  }

  /** The same line with its value, which holds folds, unfolded. */
  unfolded(): HeaderLine {
    return HeaderLine.of(this.name, unfold(this.value));
  }

  /** As spelt in the message. */
  get name(): string {
    return (this.#name ??= this.text.slice(this.#nameStart, this.#nameEnd));
  }

  /** Octet string, unfolded, without blanks at the ends. */
  get value(): string {
    return (this.#value ??= this.text.slice(this.start, this.end));
  }

  /** Whether this is a line of the header with this id or, where that is unknown, with this name. */
  is(id: HeaderId, name: string): boolean {
    if (this.id !== id) return false;
    return id !== UNKNOWN_HEADER || this.name.toLowerCase() === name.toLowerCase();
  }
}

/** Each CRLF, with all blanks round it, becomes one space (RFC 3261 §7.3.1). A value that holds blanks only is empty. */
function unfold(text: string): string {
  let fold = text.indexOf("\r\n");
  if (fold < 0) return text;
  let unfolded = "";
  let kept = 0;
  for (; fold >= 0; fold = text.indexOf("\r\n", kept)) {
    let end = fold;
    while (end > kept && isBlank(text.charCodeAt(end - 1))) end -= 1;
    if (end > kept) unfolded += unfolded === "" ? text.slice(kept, end) : ` ${text.slice(kept, end)}`;
    kept = fold + 2;
    kept = skipBlanks(text, kept);
  }
  if (kept >= text.length) return unfolded;
  return unfolded === "" ? text.slice(kept) : `${unfolded} ${text.slice(kept)}`;
}
