import { HeaderLine } from "./header-line.ts";
import type { HeaderLines } from "./header-lines.ts";
import { headerId, isListId, type HeaderId } from "./header-names.ts";
import { contentTypeAt, cseqAt, expiresAt, type ContentType, type CSeq } from "./header-values.ts";
import { headerLine, NO_BODY, type MessageParts } from "./message-parts.ts";
import { nameAddrAt, tagAt, type NameAddr } from "./name-addr.ts";
import { OwnLines } from "./own-lines.ts";
import { SipParseError } from "./sip-parse-error.ts";
import type { Source } from "./source.ts";
import { itemsAt, splitList, type Place } from "./tokens.ts";
import { readVias, viaAt, type Via } from "./via.ts";

const VIA = headerId("Via");
const FROM = headerId("From");
const TO = headerId("To");
const CALL_ID = headerId("Call-ID");
const CSEQ = headerId("CSeq");
const CONTACT = headerId("Contact");
const EXPIRES = headerId("Expires");
const CONTENT_TYPE = headerId("Content-Type");
const CONTENT_LENGTH = headerId("Content-Length");

/** What is read from a header's value at `source.text[start, end)`. */
type Reader<Value> = (source: Source, start: number, end: number) => Value;

/**
 * A SIP message. Header text is held as octet strings: strings of units 0–255, one for each octet, so that nothing is
 * lost; `decodeText` shows them to people. Parsed forms (`from`, `vias`…) are read on demand and kept until the
 * message is changed.
 */
export abstract class SipMessage {
  abstract readonly kind: "request" | "response";
  /** For who sends the message, to be found by when sending fails; a clone has none. */
  sender: object | undefined;
  #lines: HeaderLines;
  #received: Buffer | undefined;
  /** What `toOctets` gave. */
  #written: Buffer | undefined;
  #body: Buffer | undefined;
  readonly #bodyStart: number;
  #vias: Via[] | undefined;
  #topVia: Via | undefined;
  #callId: string | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;
  #cseq: CSeq | undefined;
  #contacts: NameAddr[] | "*" | undefined;
  /** Null before somebody asked. */
  #fromTag: string | undefined | null;
  #toTag: string | undefined | null;

  protected constructor(parts: MessageParts) {
    this.sender = undefined;
    this.#lines = parts.lines;
    this.#received = parts.received;
    this.#written = undefined;
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
    return this.#own().all;
  }

  /** The same as they are kept: for those who look at few of them. */
  get lines(): HeaderLines {
    return this.#lines;
  }

  /** Body octets, none where there is no body. */
  get body(): Buffer {
    return (this.#body ??= this.#receivedBody());
  }

  set body(body: Buffer) {
    this.#body = body;
    this.changed();
  }

  has(name: string): boolean {
    return this.#lines.find(headerId(name), name) >= 0;
  }

  /** Value of the first line of this header, in any spelling of its name; undefined where there is none. */
  get(name: string): string | undefined {
    const index = this.#lines.find(headerId(name), name);
    return index < 0 ? undefined : this.#lines.valueAt(index);
  }

  /** Values of all lines of this header, one for each line. */
  getAll(name: string): string[] {
    const id = headerId(name);
    const values: string[] = [];
    const lines = this.#lines;
    for (let index = lines.find(id, name); index >= 0; index = lines.find(id, name, index + 1)) {
      values.push(lines.valueAt(index));
    }
    return values;
  }

  /** All items of a list header, over all its lines, without empty ones. Of other headers: one item for each line. */
  list(name: string): string[] {
    const id = headerId(name);
    if (!isListId(id)) return this.getAll(name);
    const items: string[] = [];
    const lines = this.#lines;
    for (let index = lines.find(id, name); index >= 0; index = lines.find(id, name, index + 1)) {
      for (const { source, start, end } of this.#read(index, itemsAt)) {
        if (start < end) items.push(source.text.slice(start, end));
      }
    }
    return items;
  }

  /** Puts `value` in the place of the first line of this header and removes the others; adds it where there is none. */
  set(name: string, value: string): this {
    const line = headerLine(name, value);
    const index = this.#lines.find(line.id, name);
    return index < 0 ? this.#insert(this.#end(), line) : this.#setAt(index, line);
  }

  /** Adds a line after the last of its kind, else at the end (before a Content-Length that stands last). */
  add(name: string, value: string): this {
    const line = headerLine(name, value);
    const last = this.#own().all.findLastIndex((other) => other.is(line.id, name));
    return this.#insert(last < 0 ? this.#end() : last + 1, line);
  }

  /** Adds a line before the first of its kind, else on top. */
  addFirst(name: string, value: string): this {
    const line = headerLine(name, value);
    return this.#insert(Math.max(0, this.#lines.find(line.id, name)), line);
  }

  /** Puts a line, which messages may share, on top and removes all others of its kind. */
  setFirst(line: HeaderLine): this {
    const { all } = this.#own();
    if (all[0]?.is(line.id, line.name) !== true) all.unshift(line);
    return this.#setAt(0, line);
  }

  /** Adds a line, which messages may share, at the end unless there is one of its kind. */
  addMissing(line: HeaderLine): this {
    return this.#lines.find(line.id, line.name) < 0 ? this.#insert(this.#end(), line) : this;
  }

  /** Replaces the first value of this header in its place; of a list header only its first item. */
  replaceFirst(name: string, value: string): this {
    const line = headerLine(name, value);
    const index = this.#lines.find(line.id, name);
    if (index < 0) return this.#insert(this.#end(), line);
    const isSeveral = isListId(line.id) && this.#lines.valueAt(index).includes(",");
    if (isSeveral) return this.removeFirst(name).#insert(index, line);
    this.#own().all[index] = line;
    return this.changed();
  }

  /** Removes the first value of this header; of a list header only its first item. */
  removeFirst(name: string): this {
    const index = this.#lines.find(headerId(name), name);
    if (index < 0) return this;
    const line = this.#lines.lineAt(index);
    const rest = isListId(line.id) ? splitList(line.value).slice(1).join(", ") : "";
    this.#own().all.splice(index, 1, ...(rest === "" ? [] : [HeaderLine.of(line.name, rest)]));
    return this.changed();
  }

  delete(name: string): this {
    const id = headerId(name);
    this.#lines = new OwnLines(this.#own().all.filter((line) => !line.is(id, name)));
    return this.changed();
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: there is none. */
  get callId(): string {
    return (this.#callId ??= this.#lines.valueAt(this.#required(CALL_ID, "Call-ID")));
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get cseq(): CSeq {
    return (this.#cseq ??= this.#read(this.#required(CSEQ, "CSeq"), cseqAt));
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get from(): NameAddr {
    return (this.#from ??= this.#read(this.#required(FROM, "From"), nameAddrAt));
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get to(): NameAddr {
    return (this.#to ??= this.#read(this.#required(TO, "To"), nameAddrAt));
  }

  /** Found without reading the rest of the address; undefined where From or its tag is missing. */
  get fromTag(): string | undefined {
    if (this.#fromTag === null) this.#fromTag = this.#readFirst(FROM, tagAt);
    return this.#fromTag;
  }

  /** Found without reading the rest of the address; undefined where To or its tag is missing. */
  get toTag(): string | undefined {
    if (this.#toTag === null) this.#toTag = this.#readFirst(TO, tagAt);
    return this.#toTag;
  }

  /** @throws {SipParseError} ERR_SIP_SYNTAX: missing or malformed. */
  get topVia(): Via {
    return (this.#topVia ??= this.#vias?.[0] ?? this.#read(this.#required(VIA, "Via"), viaAt));
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
    return (this.#contacts ??= this.#contactsOf());
  }

  /** Seconds; undefined where the header is absent, malformed or out of range (RFC 3261 §20.19). */
  get expires(): number | undefined {
    return this.#readFirst(EXPIRES, expiresAt);
  }

  /** Undefined where there is none. @throws {SipParseError} ERR_SIP_SYNTAX: malformed. */
  get contentType(): ContentType | undefined {
    return this.#readFirst(CONTENT_TYPE, contentTypeAt);
  }

  /**
   * The message for the wire: the very octets that were received if nothing was changed since; otherwise written anew,
   * one line for each header as it is spelt here, without folds. Content-Length is computed; it stands where the
   * message has it, else last.
   */
  toOctets(): Buffer {
    return this.#received ?? (this.#written ??= this.#write());
  }

  /** For people: what `toOctets` gives, read as UTF-8. */
  toString(): string {
    return this.toOctets().toString("utf8");
  }

  /** What `clone` makes the copy from. */
  protected get parts(): MessageParts {
    return {
      lines: OwnLines.from(this.#lines),
      received: this.#received,
      bodyStart: this.#bodyStart,
      body: this.#body,
    };
  }

  /** From now on the message is written anew, and read anew. */
  protected changed(): this {
    this.#body = this.body;
    this.#received = undefined;
    this.#written = undefined;
    this.#forget();
    return this;
  }

  #write(): Buffer {
    const body = this.body;
    let head = `${this.startLine}\r\n`;
    let hasLength = false;
    for (const line of this.#own().all) {
      if (line.id !== CONTENT_LENGTH) head += `${line.text}\r\n`;
      else if (!hasLength) {
        hasLength = true;
        head += `${line.name}: ${body.length}\r\n`;
      }
    }
    head += hasLength ? "\r\n" : `Content-Length: ${body.length}\r\n\r\n`;
    const octets = Buffer.allocUnsafe(head.length + body.length);
    octets.write(head, "latin1");
    if (body.length > 0) octets.set(body, head.length);
    return octets;
  }

  #forget(): void {
    this.#vias = undefined;
    this.#topVia = undefined;
    this.#callId = undefined;
    this.#from = undefined;
    this.#to = undefined;
    this.#cseq = undefined;
    this.#contacts = undefined;
    this.#fromTag = null;
    this.#toTag = null;
  }

  #receivedBody(): Buffer {
    const received = this.#received;
    return received && received.length > this.#bodyStart ? received.subarray(this.#bodyStart) : NO_BODY;
  }

  /** The lines as those that can be changed. */
  #own(): OwnLines {
    if (this.#lines instanceof OwnLines) return this.#lines;
    const own = OwnLines.from(this.#lines);
    this.#lines = own;
    return own;
  }

  /** Index of the first line of a header. */
  #required(id: HeaderId, name: string): number {
    const index = this.#lines.find(id, name);
    if (index < 0) throw new SipParseError(`${name} missing`, { partial: this });
    return index;
  }

  #read<Value>(index: number, reader: Reader<Value>): Value {
    const lines = this.#lines;
    return reader(lines.sourceAt(index), lines.startAt(index), lines.endAt(index));
  }

  /** From the first line of a header; undefined where there is none. */
  #readFirst<Value>(id: HeaderId, reader: Reader<Value>): Value | undefined {
    const index = this.#lines.find(id, "");
    return index < 0 ? undefined : this.#read(index, reader);
  }

  #viasOf(): Via[] {
    const vias: Via[] = [];
    const lines = this.#lines;
    for (let index = lines.find(VIA, ""); index >= 0; index = lines.find(VIA, "", index + 1)) {
      readVias(vias, lines.sourceAt(index), lines.startAt(index), lines.endAt(index));
    }
    return vias;
  }

  #contactsOf(): NameAddr[] | "*" {
    const lines = this.#lines;
    const items: Place[] = [];
    for (let index = lines.find(CONTACT, ""); index >= 0; index = lines.find(CONTACT, "", index + 1)) {
      for (const item of this.#read(index, contactItems)) items.push(item);
    }
    for (const item of items) if (isWildcard(item)) return "*";
    const contacts: NameAddr[] = [];
    for (const { source, start, end } of items) contacts.push(nameAddrAt(source, start, end));
    return contacts;
  }

  /** Where a new line goes: the end, but before a Content-Length that stands last. */
  #end(): number {
    const { length } = this.#lines;
    return length > 0 && this.#lines.idAt(length - 1) === CONTENT_LENGTH ? length - 1 : length;
  }

  /** Puts `line` in the place of the first of its kind, and removes the others. */
  #setAt(index: number, line: HeaderLine): this {
    const { all } = this.#own();
    all[index] = line;
    for (let last = all.length - 1; last > index; last -= 1) {
      if (all[last]?.is(line.id, line.name) === true) all.splice(last, 1);
    }
    return this.changed();
  }

  #insert(index: number, line: HeaderLine): this {
    const { all } = this.#own();
    all.push(line);
    // Faster than `splice`, which makes an array of what it removes.
    for (let at = all.length - 1; at > index; at -= 1) all[at] = all[at - 1] ?? line;
    all[index] = line;
    return this.changed();
  }
}

/** The items of a Contact line; of an empty one too, so that it is found malformed. */
function contactItems(source: Source, start: number, end: number): Place[] {
  return start === end ? [{ source, start, end }] : itemsAt(source, start, end);
}

function isWildcard({ source, start, end }: Place): boolean {
  return end - start === 1 && source.text.charCodeAt(start) === 0x2a;
}
