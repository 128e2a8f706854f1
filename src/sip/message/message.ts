import { UsageError } from "../../core/errors.ts";
import { HeaderLine } from "./header-line.ts";
import { headerId, isListId, UNKNOWN_HEADER, type HeaderId } from "./header-names.ts";
import { parseContentType, parseCseq, parseExpires, type ContentType, type CSeq } from "./header-values.ts";
import { parseNameAddr, scanTag, type NameAddr } from "./name-addr.ts";
import { toHeaderValue } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { isToken, splitList } from "./tokens.ts";
import { parseVia, type Via } from "./via.ts";

/** Header as given to `create`: name in any spelling, value as octet string or as text. */
export type HeaderField = readonly [name: string, value: string];

/** What a message is made of, as the parser finds it. */
export interface MessageParts {
  readonly lines: HeaderLine[];
  /** Octets of the whole message where it was received. */
  readonly received?: Buffer | undefined;
  /** Where the body starts in `received`. */
  readonly bodyStart?: number;
  readonly body?: Buffer | undefined;
}

const NO_BODY = Buffer.alloc(0);

const VIA = headerId("Via");
const FROM = headerId("From");
const TO = headerId("To");
const CALL_ID = headerId("Call-ID");
const CSEQ = headerId("CSeq");
const CONTACT = headerId("Contact");
const EXPIRES = headerId("Expires");
const CONTENT_TYPE = headerId("Content-Type");
const CONTENT_LENGTH = headerId("Content-Length");

/**
 * A SIP message. Header text is held as octet strings: strings of units 0–255, one for each octet, so that nothing is
 * lost; `decodeText` shows them to people. Parsed forms (`from`, `vias`…) are read on demand and kept until the
 * message is changed.
 */
export abstract class SipMessage {
  abstract readonly kind: "request" | "response";
  /** For who sends the message, to be found by when sending fails; a clone has none. */
  sender: object | undefined;
  #lines: HeaderLine[];
  #received: Buffer | undefined;
  #body: Buffer | undefined;
  readonly #bodyStart: number;
  #vias: Via[] | undefined;
  #topVia: Via | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;
  #cseq: CSeq | undefined;
  #contacts: NameAddr[] | "*" | undefined;

  protected constructor(parts: MessageParts) {
    this.sender = undefined;
    this.#lines = parts.lines;
    this.#received = parts.received;
    this.#body = parts.body;
    this.#bodyStart = parts.bodyStart ?? 0;
    this.#forget();
  }

  protected abstract get startLine(): string;

  /** Octets as received, of this message alone; undefined for one that we made or changed. */
  get received(): Buffer | undefined {
    return this.#received;
  }

  /** All header lines in order. */
  get headers(): readonly HeaderLine[] {
    return this.#lines;
  }

  /** Body octets, none where there is no body. */
  get body(): Buffer {
    return (this.#body ??= this.#received ? this.#received.subarray(this.#bodyStart) : NO_BODY);
  }

  set body(body: Buffer) {
    this.#body = body;
    this.changed();
  }

  has(name: string): boolean {
    return this.#find(headerId(name), name) >= 0;
  }

  /** Value of the first line of this header, in any spelling of its name; undefined where there is none. */
  get(name: string): string | undefined {
    const index = this.#find(headerId(name), name);
    return index < 0 ? undefined : this.#lines[index]?.value;
  }

  /** Values of all lines of this header, one for each line. */
  getAll(name: string): string[] {
    const id = headerId(name);
    const values: string[] = [];
    for (const line of this.#lines) if (line.is(id, name)) values.push(line.value);
    return values;
  }

  /** All items of a list header, over all its lines, without empty ones. Of other headers: one item for each line. */
  list(name: string): string[] {
    const values = this.getAll(name);
    if (values.length === 0 || !isListId(headerId(name))) return values;
    return values.flatMap(splitList).filter((item) => item !== "");
  }

  /** Puts `value` in the place of the first line of this header and removes the others; adds it where there is none. */
  set(name: string, value: string): this {
    const line = headerLine(name, value);
    const index = this.#find(line.id, name);
    if (index < 0) return this.#insert(this.#end(), line);
    this.delete(name);
    return this.#insert(index, line);
  }

  /** Adds a line after the last of its kind, else at the end (before a Content-Length that stands last). */
  add(name: string, value: string): this {
    const line = headerLine(name, value);
    const last = this.#lines.findLastIndex((other) => other.is(line.id, name));
    return this.#insert(last < 0 ? this.#end() : last + 1, line);
  }

  /** Adds a line before the first of its kind, else on top. */
  addFirst(name: string, value: string): this {
    const line = headerLine(name, value);
    return this.#insert(Math.max(0, this.#find(line.id, name)), line);
  }

  /** Replaces the first value of this header in its place; of a list header only its first item. */
  replaceFirst(name: string, value: string): this {
    const line = headerLine(name, value);
    const index = this.#find(line.id, name);
    if (index < 0) return this.#insert(this.#end(), line);
    this.removeFirst(name);
    return this.#insert(index, line);
  }

  /** Removes the first value of this header; of a list header only its first item. */
  removeFirst(name: string): this {
    const index = this.#find(headerId(name), name);
    const line = this.#lines[index];
    if (!line) return this;
    const rest = isListId(line.id) ? splitList(line.value).slice(1).join(", ") : "";
    this.#lines.splice(index, 1, ...(rest === "" ? [] : [HeaderLine.of(line.name, rest)]));
    return this.changed();
  }

  delete(name: string): this {
    const id = headerId(name);
    this.#lines = this.#lines.filter((line) => !line.is(id, name));
    return this.changed();
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: there is none. */
  get callId(): string {
    return this.#required(CALL_ID, "Call-ID").value;
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get cseq(): CSeq {
    return (this.#cseq ??= parseCseq(this.#required(CSEQ, "CSeq").value));
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get from(): NameAddr {
    return (this.#from ??= parseNameAddr(this.#required(FROM, "From").value));
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get to(): NameAddr {
    return (this.#to ??= parseNameAddr(this.#required(TO, "To").value));
  }

  /** Found without reading the rest of the address; undefined where From or its tag is missing. */
  get fromTag(): string | undefined {
    return this.#tag(FROM);
  }

  /** Found without reading the rest of the address; undefined where To or its tag is missing. */
  get toTag(): string | undefined {
    return this.#tag(TO);
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get topVia(): Via {
    return (this.#topVia ??= this.#vias?.[0] ?? firstVia(this.#required(VIA, "Via")));
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: one of them is malformed. */
  get vias(): readonly Via[] {
    return (this.#vias ??= this.#viasOf());
  }

  /**
   * `"*"` where that is one of the values (RFC 3261 §10.2.2).
   * @throws {SipParseError} ERR_SIP_SYNTAX: one of them is malformed.
   */
  get contacts(): readonly NameAddr[] | "*" {
    if (this.#contacts === undefined) {
      const items = this.#items(CONTACT);
      this.#contacts = items.includes("*") ? "*" : items.map(parseNameAddr);
    }
    return this.#contacts;
  }

  /** Seconds; undefined where the header is absent, malformed or out of range (RFC 3261 §20.19). */
  get expires(): number | undefined {
    const line = this.#line(EXPIRES);
    return line && parseExpires(line.value);
  }

  /** Undefined where there is none. @throws {SipParseError} ERR_SIP_SYNTAX: malformed. */
  get contentType(): ContentType | undefined {
    const line = this.#line(CONTENT_TYPE);
    return line && parseContentType(line.value);
  }

  /**
   * The message for the wire: the very octets that were received if nothing was changed since; otherwise written anew,
   * one line for each header as it is spelt here, without folds. Content-Length is computed; it stands where the
   * message has it, else last.
   */
  toOctets(): Buffer {
    if (this.#received) return this.#received;
    const body = this.body;
    let head = `${this.startLine}\r\n`;
    let hasLength = false;
    for (const line of this.#lines) {
      const isLength = line.id === CONTENT_LENGTH;
      if (isLength && hasLength) continue;
      hasLength ||= isLength;
      head += `${line.name}: ${isLength ? String(body.length) : line.value}\r\n`;
    }
    head += hasLength ? "\r\n" : `Content-Length: ${body.length}\r\n\r\n`;
    const octets = Buffer.allocUnsafe(head.length + body.length);
    octets.write(head, "latin1");
    if (body.length > 0) octets.set(body, head.length);
    return octets;
  }

  /** For people: what `toOctets` gives, read as UTF-8. */
  toString(): string {
    return this.toOctets().toString("utf8");
  }

  /** What `clone` makes the copy from. */
  protected get parts(): MessageParts {
    return { lines: [...this.#lines], received: this.#received, bodyStart: this.#bodyStart, body: this.#body };
  }

  /** From now on the message is written anew, and read anew. */
  protected changed(): this {
    this.#body = this.body;
    this.#received = undefined;
    this.#forget();
    return this;
  }

  #forget(): void {
    this.#vias = undefined;
    this.#topVia = undefined;
    this.#from = undefined;
    this.#to = undefined;
    this.#cseq = undefined;
    this.#contacts = undefined;
  }

  #find(id: HeaderId, name: string): number {
    const lines = this.#lines;
    for (let index = 0; index < lines.length; index += 1) if (lines[index]?.is(id, name)) return index;
    return -1;
  }

  #line(id: HeaderId): HeaderLine | undefined {
    for (const line of this.#lines) if (line.id === id) return line;
    return undefined;
  }

  #required(id: HeaderId, name: string): HeaderLine {
    const line = this.#line(id);
    if (!line) throw new SipParseError(`${name} missing`, { partial: this });
    return line;
  }

  #tag(id: HeaderId): string | undefined {
    const line = this.#line(id);
    return line && scanTag(line.value);
  }

  #viasOf(): Via[] {
    const vias: Via[] = [];
    for (const line of this.#lines) {
      if (line.id !== VIA) continue;
      if (line.value.includes(",")) for (const item of splitList(line.value)) vias.push(parseVia(item));
      else vias.push(parseVia(line.text, line.start, line.end));
    }
    return vias;
  }

  /** Items of a list header, empty ones too, so that they are found malformed. */
  #items(id: HeaderId): string[] {
    const items: string[] = [];
    for (const line of this.#lines) {
      if (line.id !== id) continue;
      if (line.value.includes(",")) items.push(...splitList(line.value));
      else items.push(line.value);
    }
    return items;
  }

  /** Where a new line goes: the end, but before a Content-Length that stands last. */
  #end(): number {
    const length = this.#lines.length;
    return this.#lines[length - 1]?.id === CONTENT_LENGTH ? length - 1 : length;
  }

  #insert(index: number, line: HeaderLine): this {
    this.#lines.splice(index, 0, line);
    return this.changed();
  }
}

/** The first of a line's Via values; only a line with a comma can hold more than one. */
function firstVia(line: HeaderLine): Via {
  return line.value.includes(",")
    ? parseVia(splitList(line.value)[0] ?? "")
    : parseVia(line.text, line.start, line.end);
}

/**
 * A clean line from what a caller gave: CR, LF and NUL in the value become a space.
 * @throws {UsageError} ERR_HEADER_NAME: the name is not a token.
 */
export function headerLine(name: string, value: string): HeaderLine {
  const line = HeaderLine.of(name, toHeaderValue(value));
  // The headers that we know have token names.
  if (line.id === UNKNOWN_HEADER && !isToken(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is not a header name: only letters, digits and -.!%*_+\`'~ may stand in it`,
      {
        code: "ERR_HEADER_NAME",
        details: { name },
      },
    );
  }
  return line;
}

/** Header lines and body of a message that is created. */
export function newParts(headers: readonly HeaderField[] = [], body: Buffer | string = NO_BODY): MessageParts {
  const lines: HeaderLine[] = [];
  for (const [name, value] of headers) lines.push(headerLine(name, value));
  return {
    lines,
    body: typeof body === "string" ? Buffer.from(body, "utf8") : body,
  };
}
