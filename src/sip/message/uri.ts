import { bracketedHost, hostAt, hostEnd, portAt } from "./host.ts";
import { LIMITS } from "./limits.ts";
import { NO_PARAMETERS, ParameterList, parameterNameAt, type Parameters } from "./parameters.ts";
import { malformedAt } from "./sip-parse-error.ts";
import { Source } from "./source.ts";
import {
  endOf,
  indexOf,
  isDigit,
  isOf,
  numberOf,
  octetAt,
  PASSWORD,
  TOKEN,
  URI_HEADER,
  URI_PARAMETER,
  USER,
} from "./tokens.ts";
import { WordTable } from "./word-table.ts";

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
  return uriAt(new Source(text), 0, text.length);
}

/** The same at `text[start, end)`. */
export function uriAt(source: Source, start: number, end: number): Uri {
  const { octets, text } = source;
  const colon = indexOf(0x3a, octets, start, end);
  if (colon === end || !isScheme(octets, start, colon)) throw malformedAt("URI scheme expected", source, start, end);
  const scheme = SCHEMES.find(octets, start, colon);
  if (scheme === "sip" || scheme === "sips") return sipUriAt(scheme, source, start, colon + 1, end);
  if (!isVisible(octets, colon + 1, end)) throw malformedAt("URI holds a character it must not", source, start, end);
  return { scheme: text.slice(start, colon).toLowerCase(), opaque: text.slice(colon + 1, end) };
}

const SCHEMES = new WordTable(["sip", "sips"], true);

function isScheme(octets: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const octet = octets[index] ?? 0;
    const letter = (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a;
    const further = isDigit(octet) || octet === 0x2b || octet === 0x2d || octet === 0x2e;
    if (!letter && !(further && index > start)) return false;
  }
  return start < end;
}

/** Whether the rest is not empty and holds visible ASCII only, without `<`, `>` and `"` (RFC 2396 §2.4.3). */
function isVisible(octets: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const octet = octets[index] ?? 0;
    if (octet <= 0x20 || octet >= 0x7f || octet === 0x22 || octet === 0x3c || octet === 0x3e) return false;
  }
  return start < end;
}

function sipUriAt(scheme: "sip" | "sips", source: Source, uriStart: number, start: number, end: number): SipUri {
  const { octets, text } = source;
  // A raw "@" only ends the userinfo, which may hold ";" and "?": so it is looked for first.
  const at = indexOf(0x40, octets, start, end);
  let user: string | undefined;
  let password: string | undefined;
  let hostStart = start;
  if (at < end) {
    // The first colon of the userinfo separates the password.
    const userEnd = indexOf(0x3a, octets, start, at);
    if (userEnd === start) throw malformedAt("user part of the URI is empty", source, uriStart, end);
    const sound =
      isEscaped(USER, octets, start, userEnd) && (userEnd === at || isEscaped(PASSWORD, octets, userEnd + 1, at));
    if (!sound) throw malformedAt("URI holds a character it must not", source, uriStart, end);
    user = text.slice(start, userEnd);
    if (userEnd < at) password = text.slice(userEnd + 1, at);
    hostStart = at + 1;
  }
  const behindHost = hostEnd(source, hostStart, end);
  const host = hostAt(source, hostStart, behindHost);
  const hasPort = octetAt(octets, behindHost, end) === 0x3a;
  const portEnd = hasPort ? endOf(TOKEN, octets, behindHost + 1, end) : behindHost;
  const port = hasPort ? portAt(source, behindHost + 1, portEnd) : undefined;
  if (portEnd === end) return { scheme, user, password, host, port, parameters: NO_PARAMETERS, headers: NO_HEADERS };
  const question = indexOf(0x3f, octets, portEnd, end);
  const parameters = uriParametersAt(source, portEnd, question);
  const headers = question === end ? NO_HEADERS : uriHeadersAt(source, question + 1, end);
  return { scheme, user, password, host, port, parameters, headers };
}

/** Whether `octets[start, end)` holds only octets of the class and sound percent escapes. */
function isEscaped(bit: number, octets: Uint8Array, start: number, end: number): boolean {
  let index = endOf(bit, octets, start, end);
  while (index < end) {
    const sound =
      octets[index] === 0x25 && index + 2 < end && hexOf(octets[index + 1] ?? 0, octets[index + 2] ?? 0) >= 0;
    if (!sound) return false;
    index = endOf(bit, octets, index + 3, end);
  }
  return true;
}

/** Parameters `;name=value` at `text[start, end)`. */
function uriParametersAt(source: Source, start: number, end: number): Parameters {
  if (start === end) return NO_PARAMETERS;
  const { octets, text } = source;
  const parameters = new ParameterList();
  for (let index = start; index < end;) {
    if (octets[index] !== 0x3b) throw malformedAt("host expected", source, start, end);
    const next = indexOf(0x3b, octets, index + 1, end);
    const equals = indexOf(0x3d, octets, index + 1, next);
    const sound =
      isEscaped(URI_PARAMETER, octets, index + 1, equals) &&
      (equals === next || isEscaped(URI_PARAMETER, octets, equals + 1, next));
    if (!sound) throw malformedAt("URI holds a character it must not", source, start, end);
    if (equals === index + 1 || equals === next - 1) throw malformedAt("URI parameter is empty", source, start, end);
    const value = equals < next ? text.slice(equals + 1, next) : undefined;
    if (!parameters.add(nameAt(source, index + 1, equals), value)) {
      throw malformedAt("URI parameter repeated", source, start, end);
    }
    index = next;
  }
  const ttl = parameters.get("ttl");
  if (ttl !== undefined && numberOf(ttl, LIMITS.ttl) === undefined) {
    throw malformedAt("ttl out of range", source, start, end);
  }
  return parameters;
}

/** The lower-case name of a parameter, with its escapes decoded. */
function nameAt(source: Source, start: number, end: number): string {
  return indexOf(0x25, source.octets, start, end) === end
    ? parameterNameAt(source, start, end)
    : unescapeUri(source.text.slice(start, end)).toLowerCase();
}

function uriHeadersAt(source: Source, start: number, end: number): (readonly [string, string])[] {
  const { octets, text } = source;
  const headers: (readonly [string, string])[] = [];
  for (let index = start; index <= end;) {
    const next = indexOf(0x26, octets, index, end);
    const equals = indexOf(0x3d, octets, index, next);
    if (equals === index || equals === next) {
      throw malformedAt("header in a URI without name or value", source, start, end);
    }
    if (!isEscaped(URI_HEADER, octets, index, equals) || !isEscaped(URI_HEADER, octets, equals + 1, next)) {
      throw malformedAt("URI holds a character it must not", source, start, end);
    }
    headers.push([text.slice(index, equals), text.slice(equals + 1, next)]);
    index = next + 1;
  }
  return headers;
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
    const code = percent + 2 < text.length ? hexOf(text.charCodeAt(percent + 1), text.charCodeAt(percent + 2)) : -1;
    if (code < 0) continue;
    plain += text.slice(kept, percent) + String.fromCharCode(code);
    kept = percent + 3;
  }
  return plain + text.slice(kept);
}

/** Value of two hex digits, or -1. */
function hexOf(first: number, second: number): number {
  const high = hexDigit(first);
  const low = hexDigit(second);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
