import { bracketedHost, parseHost, parsePort } from "./host.ts";
import { LIMITS } from "./limits.ts";
import { SipParseError } from "./sip-parse-error.ts";
import {
  codeAt,
  endOf,
  isOf,
  parseNumber,
  PASSWORD,
  TOKEN,
  URI_HEADER,
  URI_PARAMETER,
  USER,
  type Parameters,
} from "./tokens.ts";

/** A SIP or SIPS URI (RFC 3261 §19.1). Texts are octet strings with their percent escapes as written. */
export interface SipUri {
  readonly scheme: "sip" | "sips";
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  /** By lower-case, unescaped name. */
  readonly parameters: Parameters;
  /** In order; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Any other URI: tel, http, urn… `scheme` in lower case, the rest as written. */
export interface OtherUri {
  readonly scheme: string;
  readonly opaque: string;
}

export type Uri = SipUri | OtherUri;

/** What most URIs have; shared, so nobody may add to it. */
const NONE: Parameters = new Map();
const NO_HEADERS: SipUri["headers"] = [];

export function isSipUri(uri: Uri): uri is SipUri {
  return "host" in uri;
}

/** The user part with its percent escapes decoded once, as an octet string; undefined where there is none. */
export function userOf(uri: Uri): string | undefined {
  return isSipUri(uri) && uri.user !== undefined ? unescapeUri(uri.user) : undefined;
}

/**
 * A URI, without brackets round it.
 * @throws {SipParseError} ERR_SIP_SYNTAX
 * @see RFC 3261 §19.1.1, §25.1
 */
export function parseUri(text: string): Uri {
  if (text.startsWith("sip:")) return parseSipUri("sip", text, 4);
  const colon = text.indexOf(":");
  if (colon < 1 || !isScheme(text, colon)) throw new SipParseError("URI scheme expected", { text });
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === "sip" || scheme === "sips") return parseSipUri(scheme, text, colon + 1);
  if (!isVisible(text, colon + 1)) throw new SipParseError("URI holds a character it must not", { text });
  return { scheme, opaque: text.slice(colon + 1) };
}

function isScheme(text: string, end: number): boolean {
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    const further = (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
    if (!letter && !(further && index > 0)) return false;
  }
  return true;
}

/** Whether the rest is not empty and holds visible ASCII only, without `<`, `>` and `"` (RFC 2396 §2.4.3). */
function isVisible(text: string, start: number): boolean {
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x3c || code === 0x3e) return false;
  }
  return start < text.length;
}

function parseSipUri(scheme: "sip" | "sips", text: string, start: number): SipUri {
  // A raw "@" only ends the userinfo, which may hold ";" and "?": so it is looked for first.
  const at = text.indexOf("@", start);
  const userEnd = at < 0 ? start : userEndOf(text, start, at);
  const user = at < 0 ? undefined : checked(USER, text, start, userEnd);
  if (user === "") throw new SipParseError("user part of the URI is empty", { text });
  const password = userEnd < at ? checked(PASSWORD, text, userEnd + 1, at) : undefined;
  const { host, end: hostEnd } = parseHost(text, at < 0 ? start : at + 1, text.length);
  const hasPort = codeAt(text, hostEnd) === 0x3a;
  const portEnd = hasPort ? endOf(TOKEN, text, hostEnd + 1) : hostEnd;
  const port = hasPort ? parsePort(text, hostEnd + 1, portEnd) : undefined;
  if (portEnd === text.length) return { scheme, user, password, host, port, parameters: NONE, headers: NO_HEADERS };
  const question = text.indexOf("?", portEnd);
  const parameters = parseUriParameters(text, portEnd, question < 0 ? text.length : question);
  const headers = question < 0 ? NO_HEADERS : parseUriHeaders(text.slice(question + 1));
  return { scheme, user, password, host, port, parameters, headers };
}

/** The first colon of the userinfo separates the password. */
function userEndOf(text: string, start: number, at: number): number {
  const colon = text.indexOf(":", start);
  return colon < 0 || colon > at ? at : colon;
}

/** @throws {SipParseError} unless `text[start, end)` holds only characters of the class and sound percent escapes. */
function checked(bit: number, text: string, start: number, end: number): string {
  let index = endOf(bit, text, start, end);
  while (index < end) {
    if (text.charCodeAt(index) !== 0x25 || index + 2 >= end || hexAt(text, index + 1) < 0) {
      throw new SipParseError("URI holds a character it must not", { text });
    }
    index = endOf(bit, text, index + 3, end);
  }
  return text.slice(start, end);
}

/** Parameters `;name=value` at `text[start, end)`. */
function parseUriParameters(text: string, start: number, end: number): Parameters {
  if (start === end) return NONE;
  const parameters = new Map<string, string | undefined>();
  for (let index = start; index < end;) {
    if (text.charCodeAt(index) !== 0x3b) throw new SipParseError("host expected", { text });
    const next = indexOf(0x3b, text, index + 1, end);
    const equals = indexOf(0x3d, text, index + 1, next);
    const name = unescapeUri(checked(URI_PARAMETER, text, index + 1, equals)).toLowerCase();
    const value = equals < next ? checked(URI_PARAMETER, text, equals + 1, next) : undefined;
    if (name === "" || value === "") throw new SipParseError("URI parameter is empty", { text });
    if (parameters.has(name)) throw new SipParseError("URI parameter repeated", { text });
    parameters.set(name, value);
    index = next;
  }
  const ttl = parameters.get("ttl");
  if (ttl !== undefined && parseNumber(ttl, LIMITS.ttl) === undefined)
    throw new SipParseError("ttl out of range", { text });
  return parameters;
}

/** Index of a character in `text[start, end)`; `end` where there is none. */
function indexOf(code: number, text: string, start: number, end: number): number {
  let index = start;
  while (index < end && text.charCodeAt(index) !== code) index += 1;
  return index;
}

function parseUriHeaders(text: string): (readonly [string, string])[] {
  return text.split("&").map((part) => {
    const equals = part.indexOf("=");
    if (equals < 1) throw new SipParseError("header in a URI without name or value", { text });
    return [checked(URI_HEADER, part, 0, equals), checked(URI_HEADER, part, equals + 1, part.length)];
  });
}

/** A URI as text. `formatUri(parseUri(text))` is the text again, but for the case of scheme, host and parameter names. */
export function formatUri(uri: Uri): string {
  if (!isSipUri(uri)) return `${uri.scheme}:${uri.opaque}`;
  let text = `${uri.scheme}:`;
  if (uri.user !== undefined) text += uri.password === undefined ? `${uri.user}@` : `${uri.user}:${uri.password}@`;
  text += bracketedHost(uri.host);
  if (uri.port !== undefined) text += `:${uri.port}`;
  for (const [name, value] of uri.parameters) {
    text += `;${escapeUri(name, URI_PARAMETER)}`;
    if (value !== undefined) text += `=${value}`;
  }
  uri.headers.forEach(([name, value], index) => (text += `${index === 0 ? "?" : "&"}${name}=${value}`));
  return text;
}

/** The text with everything escaped that a user part may not hold (RFC 3261 §19.1.2): octets in, octets out. */
export function escapeUser(octetText: string): string {
  return escapeUri(octetText, USER);
}

function escapeUri(octetText: string, bit: number): string {
  let escaped = "";
  for (let index = 0; index < octetText.length; index += 1) {
    const code = octetText.charCodeAt(index);
    escaped +=
      isOf(bit, code) && code !== 0x23
        ? octetText.charAt(index)
        : `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

/** Each sound percent escape replaced by its octet, once. */
export function unescapeUri(text: string): string {
  let percent = text.indexOf("%");
  if (percent < 0) return text;
  let plain = "";
  let kept = 0;
  for (; percent >= 0; percent = text.indexOf("%", Math.max(kept, percent + 1))) {
    const code = hexAt(text, percent + 1);
    if (code < 0) continue;
    plain += text.slice(kept, percent) + String.fromCharCode(code);
    kept = percent + 3;
  }
  return plain + text.slice(kept);
}

/** Value of the two hex digits at `index`, or -1. */
function hexAt(text: string, index: number): number {
  const high = hexDigit(codeAt(text, index));
  const low = hexDigit(codeAt(text, index + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
