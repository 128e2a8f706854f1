import { isBlank, trimBlanks } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";

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

/**
 * Code of the character at `index` of a part of the text; 0, which belongs to no class, at its end. Reading behind a
 * text's end would give NaN, and make V8 read each character by a call from then on.
 */
export function codeAt(text: string, index: number, end = text.length): number {
  return index < end ? text.charCodeAt(index) : 0;
}

/** Whether `text[start, end)` is not empty and all of one class. */
export function allOf(bit: number, text: string, start = 0, end = text.length): boolean {
  return start < end && endOf(bit, text, start, end) === end;
}

/** Whether the text is a token (RFC 3261 §25.1). */
export function isToken(text: string): boolean {
  return allOf(TOKEN, text);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Decimal number from 0 to `max`, any number of leading zeros; undefined for everything else. */
export function parseNumber(text: string, max: number, start = 0, end = text.length): number | undefined {
  if (start >= end) return undefined;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return undefined;
    value = value * 10 + (code - 0x30);
    if (value > max) return undefined;
  }
  return value;
}

/** Index of the first character at or after `index` that is not a blank. */
export function skipBlanks(text: string, index: number, end = text.length): number {
  while (index < end && isBlank(text.charCodeAt(index))) index += 1;
  return index;
}

/** Index behind the closing quote of the quoted string whose opening quote is at `start`; -1 where it never closes. */
export function quotedStringEnd(text: string, start: number, end = text.length): number {
  for (let index = start + 1; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return index + 1;
    if (code === 0x5c) index += 1;
  }
  return -1;
}

/** The text in double quotes, with `"` and `\` escaped. */
export function quote(text: string): string {
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
  const items: string[] = [];
  let start = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x2c) {
      items.push(trimBlanks(text, start, index));
      start = index + 1;
    } else if (code === 0x22) {
      index = orLength(quotedStringEnd(text, index), text) - 1;
    } else if (code === 0x3c) {
      index = orLength(text.indexOf(">", index), text);
    }
    index += 1;
  }
  const last = trimBlanks(text, start);
  if (items.length > 0 || last !== "") items.push(last);
  return items;
}

/** `index`, or the text's end for what never closes. */
export function orLength(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

/** Parameters by lower-case name, in order of appearance; the value undefined where there is only a name. */
export type Parameters = ReadonlyMap<string, string | undefined>;

/**
 * Header parameters `;name=value;name="quoted"` in `text[start, end)`, with blanks anywhere round the separators.
 * Quoted values come without their quotes.
 * @throws {SipParseError} ERR_SIP_SYNTAX: an empty or repeated parameter, a name that is no token, a value that is
 * neither token, host nor quoted string.
 * @see RFC 3261 §7.3.1, §25.1 (generic-param)
 */
export function parseParameters(text: string, start = 0, end = text.length): Parameters {
  const parameters = new Map<string, string | undefined>();
  let index = skipBlanks(text, start, end);
  while (index < end) {
    if (text.charCodeAt(index) !== 0x3b) throw expected("semicolon", text, index, end);
    const nameStart = skipBlanks(text, index + 1, end);
    const nameEnd = endOf(TOKEN, text, nameStart, end);
    if (nameEnd === nameStart) throw expected("parameter name", text, index, end);
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    index = skipBlanks(text, nameEnd, end);
    let value: string | undefined;
    if (codeAt(text, index, end) === 0x3d) {
      const valueStart = skipBlanks(text, index + 1, end);
      const valueEnd = parameterValueEnd(text, valueStart, end);
      if (valueEnd <= valueStart) throw expected("parameter value", text, nameStart, end);
      value = unquote(text.slice(valueStart, valueEnd));
      index = skipBlanks(text, valueEnd, end);
    }
    const count = parameters.size;
    parameters.set(name, value);
    if (parameters.size === count) throw new SipParseError("parameter repeated", { text: name });
  }
  return parameters;
}

function expected(what: string, text: string, start: number, end: number): SipParseError {
  return new SipParseError(`${what} expected`, { text: text.slice(start, end) });
}

/** Index behind the token, host or quoted string at `start`; `start` or less where there is none. */
export function parameterValueEnd(text: string, start: number, end = text.length): number {
  return codeAt(text, start, end) === 0x22
    ? quotedStringEnd(text, start, end)
    : endOf(PARAMETER_VALUE, text, start, end);
}

/** Index of the first character at or after `start` that is not of the class. */
export function endOf(bit: number, text: string, start: number, end = text.length): number {
  let index = start;
  while (index < end && isOf(bit, text.charCodeAt(index))) index += 1;
  return index;
}

/** Parameters as text, `;name=value`; a value is quoted where it is no token or `quoted` has its name. */
export function formatParameters(
  parameters: ReadonlyMap<string, string | undefined>,
  quoted?: (name: string) => boolean,
): string {
  let text = "";
  for (const [name, value] of parameters) {
    text += `;${name}`;
    if (value === undefined) continue;
    text += allOf(PARAMETER_VALUE, value) && quoted?.(name) !== true ? `=${value}` : `=${quote(value)}`;
  }
  return text;
}
