import { isIPv6 } from "node:net";
import { allOf, HOST, isDigit, parseNumber } from "./tokens.ts";
import { LIMITS } from "./limits.ts";
import { SipParseError } from "./sip-parse-error.ts";

/** Host and port as they stand in a URI or a Via. `host` in lower case, IPv6 without brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * @throws {SipParseError} ERR_SIP_SYNTAX: neither host name, IPv4 address nor IPv6 address in brackets; a port that
 * is not 1 to 65535.
 */
export function parseHostPort(text: string): HostPort {
  const bracket = text.charCodeAt(0) === 0x5b ? text.indexOf("]") : 0;
  if (bracket < 0) throw new SipParseError("bracket of an IPv6 address never closes", { text });
  const colon = text.indexOf(":", bracket);
  const host = parseHost(colon < 0 ? text : text.slice(0, colon));
  return { host, port: colon < 0 ? undefined : parsePort(text.slice(colon + 1)) };
}

/** @throws {SipParseError} ERR_SIP_SYNTAX: not a number from 1 to 65535. */
export function parsePort(text: string): number {
  const port = parseNumber(text, LIMITS.port);
  if (port === undefined || port === 0) throw new SipParseError("port out of range", { text });
  return port;
}

/**
 * Lower case, IPv6 without brackets.
 * @throws {SipParseError} ERR_SIP_SYNTAX
 */
export function parseHost(text: string): string {
  if (text.charCodeAt(0) === 0x5b) {
    const address = text.charCodeAt(text.length - 1) === 0x5d ? repairIPv6(text.slice(1, -1)) : "";
    if (!isIPv6Address(address)) throw new SipParseError("IPv6 address expected", { text });
    return address.toLowerCase();
  }
  if (!isHostName(text)) throw new SipParseError("host expected", { text });
  return text.toLowerCase();
}

/** Without brackets and without a zone, for which SIP has no grammar. */
export function isIPv6Address(text: string): boolean {
  return text.includes(":") && !text.includes("%") && isIPv6(text);
}

/** RFC 3261 let a third colon before an embedded IPv4 address; RFC 5118 §4.10 asks to be lenient, RFC 5954 mends it. */
function repairIPv6(text: string): string {
  const colons = text.indexOf(":::");
  return colons >= 0 && isIPv4(text.slice(colons + 3)) ? text.slice(0, colons) + text.slice(colons + 1) : text;
}

/** Host name or IPv4 address: labels are not empty, and the last starts with a letter unless all of it is IPv4. */
function isHostName(text: string): boolean {
  if (!allOf(HOST, text) || text.charCodeAt(0) === 0x2e || text.includes("..")) return false;
  const end = text.charCodeAt(text.length - 1) === 0x2e ? text.length - 1 : text.length;
  const lastLabel = text.lastIndexOf(".", end - 1) + 1;
  return !isDigit(text.charCodeAt(lastLabel)) || isIPv4(text);
}

/** Four decimal numbers up to 255. */
function isIPv4(text: string): boolean {
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isDigit(code)) {
      octet = octet * 10 + (code - 0x30);
      digits += 1;
      if (octet > 255 || digits > 3) return false;
    } else {
      if (code !== 0x2e || digits === 0) return false;
      octet = 0;
      digits = 0;
      dots += 1;
    }
  }
  return dots === 3 && digits > 0;
}

/** An IPv6 address in brackets, as URIs and Via want it; anything else unchanged. */
export function bracketedHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** A form in which equal hosts are equal text: of an IPv6 address its eight groups (RFC 5954 §4.2). */
export function comparableHost(host: string): string {
  return isIPv6Address(host) ? expandIPv6(host) : host.toLowerCase();
}

function expandIPv6(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return [...before, ...zeros, ...after].join(":");
}

function groupsOf(text: string): string[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16).toString(16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
  });
}
