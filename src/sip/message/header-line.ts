import { headerId, UNKNOWN_HEADER, type HeaderId } from "./header-names.ts";
import { isBlank, trimBlanks } from "./octet-text.ts";

/**
 * One header of a message. Immutable, so messages share them. Of a received line only the places are kept; name and
 * value are cut out of the message's head when somebody asks.
 */
export class HeaderLine {
  /** Which header this is, whatever its spelling. */
  readonly id: HeaderId;
  #name: string | undefined;
  #value: string | undefined;
  readonly #head: string;
  readonly #start: number;
  readonly #nameEnd: number;
  readonly #valueStart: number;
  readonly #end: number;

  constructor(id: HeaderId, head: string, start: number, nameEnd: number, valueStart: number, end: number) {
    this.id = id;
    this.#name = undefined;
    this.#value = undefined;
    this.#head = head;
    this.#start = start;
    this.#nameEnd = nameEnd;
    this.#valueStart = valueStart;
    this.#end = end;
  }

  /** A line that we write. Both have to be clean: `name` a token, `value` without CR, LF and NUL. */
  static of(name: string, value: string): HeaderLine {
    const line = new HeaderLine(headerId(name), value, 0, 0, 0, value.length);
    line.#name = name;
    line.#value = value;
    return line;
  }

  /** As spelt in the message. */
  get name(): string {
    return (this.#name ??= this.#head.slice(this.#start, this.#nameEnd));
  }

  /** Octet string, unfolded, without blanks at the ends. */
  get value(): string {
    return (this.#value ??= unfold(trimBlanks(this.#head, this.#valueStart, this.#end)));
  }

  /** Whether this is a line of the header with this id or, where that is unknown, with this lower-case name. */
  is(id: HeaderId, lowerCaseName: string): boolean {
    if (this.id !== id) return false;
    return id !== UNKNOWN_HEADER || this.name.toLowerCase() === lowerCaseName;
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
    while (isBlank(text.charCodeAt(kept))) kept += 1;
  }
  if (kept >= text.length) return unfolded;
  return unfolded === "" ? text.slice(kept) : `${unfolded} ${text.slice(kept)}`;
}
