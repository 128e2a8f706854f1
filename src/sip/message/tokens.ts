import { isBlank } from "./octet-text.ts";
import { Source } from "./source.ts";

/** Character classes of RFC 3261 §25.1, one bit each. */
export const TOKEN = 1;
/** `word`, the stuff of a Call-ID. */
export const WORD = 2;
/** `user` of a SIP URI, without escapes. */
export const USER = 4;
/** `password` of a SIP URI, without escapes. */
export const PASSWORD = 8;
/** `paramchar` of a SIP URI, without escapes. */
export const URI_PARAMETER = 16;
/** `hname` and `hvalue` of a SIP URI, without escapes. */
export const URI_HEADER = 32;
/** Value of a header parameter that is not quoted: a token or a host, so brackets and colons too. */
export const PARAMETER_VALUE = 64;
/** Host name or IPv4 address. The underscore is illegal but seen. */
export const HOST = 128;

const ALPHANUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const UNRESERVED = `${ALPHANUM}-_.!~*'()`;
const TOKEN_CHARACTERS = `${ALPHANUM}-.!%*_+\`'~`;

const CLASSES = new Uint8Array(256);
const MEMBERS: readonly (readonly [bit: number, characters: string])[] = [
  [TOKEN, TOKEN_CHARACTERS],
  [WORD, `${TOKEN_CHARACTERS}()<>:\\"/[]?{}`],
  // "#" has to be escaped by the grammar, but phones dial it as it is.
  [USER, `${UNRESERVED}&=+$,;?/#`],
  [PASSWORD, `${UNRESERVED}&=+$,`],
  [URI_PARAMETER, `${UNRESERVED}[]/:&+$`],
  [URI_HEADER, `${UNRESERVED}[]/?:+$`],
  [PARAMETER_VALUE, `${TOKEN_CHARACTERS}[]:`],
  [HOST, `${ALPHANUM}-._`],
];
for (const [bit, characters] of MEMBERS) {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    CLASSES[code] = (CLASSES[code] ?? 0) | bit;
  }
}

/** Whether a character belongs to a class. */
export function isOf(bit: number, code: number): boolean {
  return ((CLASSES[code] ?? 0) & bit) !== 0;
}

/** The octet at `index` of what ends at `end`; 0, which belongs to no class, behind it. */
export function octetAt(octets: Uint8Array, index: number, end: number): number {
  return index < end ? (octets[index] ?? 0) : 0;
}

/** Index of the first octet at or after `start` that is not of the class. */
export function endOf(bit: number, octets: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && ((CLASSES[octets[index] ?? 0] ?? 0) & bit) !== 0) index += 1;
  return index;
}

/** Index of the first octet at or after `start` that is not a blank. */
export function skipBlanks(octets: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && isBlank(octets[index] ?? 0)) index += 1;
  return index;
}

/** Index behind the last octet before `end` that is not a blank; `start` where there is none. */
export function trimEnd(octets: Uint8Array, start: number, end: number): number {
  let index = end;
  while (index > start && isBlank(octets[index - 1] ?? 0)) index -= 1;
  return index;
}

/** Index of an octet in `octets[start, end)`; `end` where there is none. */
export function indexOf(octet: number, octets: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && octets[index] !== octet) index += 1;
  return index;
}

/** Whether the octets of `word` stand at `start`. */
export function standsAt(word: Uint8Array, octets: Uint8Array, start: number): boolean {
  let length = 0;
  while (length < word.length && octets[start + length] === word[length]) length += 1;
  return length === word.length;
}

/** Index behind the closing quote of the quoted string whose opening quote is at `start`; -1 where it never closes. */
export function quotedStringEnd(octets: Uint8Array, start: number, end: number): number {
  for (let index = start + 1; index < end; index += 1) {
    const octet = octets[index];
    if (octet === 0x22) return index + 1;
    if (octet === 0x5c) index += 1;
  }
  return -1;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Decimal number from 0 to `max`, any number of leading zeros; undefined for everything else. */
export function parseNumber(max: number, octets: Uint8Array, start: number, end: number): number | undefined {
  if (start >= end) return undefined;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const octet = octets[index] ?? 0;
    if (!isDigit(octet)) return undefined;
    value = value * 10 + (octet - 0x30);
    if (value > max) return undefined;
  }
  return value;
}

/** The same of a whole text. */
export function numberOf(text: string, max: number): number | undefined {
  let value = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return undefined;
    value = value * 10 + (code - 0x30);
    if (value > max) return undefined;
  }
  return text === "" ? undefined : value;
}

/** Whether the text is not empty and all of one class. */
export function allOf(bit: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (!isOf(bit, text.charCodeAt(index))) return false;
  return text !== "";
}

/** Whether the text is a token (RFC 3261 §25.1). */
export function isToken(text: string): boolean {
  return allOf(TOKEN, text);
}

/** The text in double quotes, with `"` and `\` escaped. */
export function quote(text: string): string {
  if (!text.includes('"') && !text.includes("\\")) return `"${text}"`;
  let escaped = "";
  let kept = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x22 && code !== 0x5c) continue;
    escaped += `${text.slice(kept, index)}\\`;
    kept = index;
  }
  return `"${escaped}${text.slice(kept)}"`;
}

/** The text within the quotes, `\x` read as `x`. Text that is not quoted comes back as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== 0x22) return text;
  const inner = text.slice(1, -1);
  let escape = inner.indexOf("\\");
  if (escape < 0) return inner;
  let plain = "";
  let kept = 0;
  for (; escape >= 0; escape = inner.indexOf("\\", kept + 1)) {
    plain += inner.slice(kept, escape);
    kept = escape + 1;
  }
  return plain + inner.slice(kept);
}

/**
 * The items of a list header's value, split at commas outside quotes and `<…>`, without blanks at their ends. Items
 * are kept where they are empty, since the grammar forbids them; an empty value has none. Comments do not protect
 * commas: no list header may hold one, and parentheses may stand single in the user part of a URI.
 */
export function splitList(text: string): string[] {
  return itemsAt(new Source(text), 0, text.length).map(({ start, end }) => text.slice(start, end));
}

/** A part of a source's text. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Where the items of the list at `source.text[start, end)` stand, as `splitList` splits it. */
export function itemsAt(source: Source, start: number, end: number): Place[] {
  const { octets } = source;
  const items: Place[] = [];
  let index = skipBlanks(octets, start, end);
  if (index === end) return items;
  for (;;) {
    const comma = itemEnd(octets, index, end);
    items.push({ source, start: index, end: trimEnd(octets, index, comma) });
    if (comma === end) return items;
    index = skipBlanks(octets, comma + 1, end);
  }
}

/** Index of the comma that ends the item at `start`, or `end`. */
function itemEnd(octets: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end) {
    const octet = octets[index];
    if (octet === 0x2c) return index;
    if (octet === 0x22) {
      index = quotedStringEnd(octets, index, end);
      if (index < 0) return end;
    } else {
      if (octet === 0x3c) index = indexOf(0x3e, octets, index, end);
      index += 1;
    }
  }
  return end;
}
