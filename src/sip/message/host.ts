import { isIPv6 } from "node:net";
import { codeAt, endOf, HOST, isDigit, isOf, parseNumber } from "./tokens.ts";
import { LIMITS } from "./limits.ts";
import { SipParseError } from "./sip-parse-error.ts";

/** @throws {SipParseError} ERR_SIP_SYNTAX: not a number from 1 to 65535. */
export function parsePort(text: string, start = 0, end = text.length): number {
  const port = parseNumber(text, LIMITS.port, start, end);
  if (port === undefined || port === 0) throw new SipParseError("port out of range", { text: text.slice(start, end) });
  return port;
}

/** A host, and the index behind it. */
export interface HostAt {
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly end: number;
}

/**
 * The host that starts at `start`: host name, IPv4 address or IPv6 reference in brackets.
 * @throws {SipParseError} ERR_SIP_SYNTAX: nothing of that.
 */
export function parseHost(text: string, start: number, end: number): HostAt {
  const first = codeAt(text, start, end);
  if (first === 0x5b) return parseReference(text, start, end);
  const addressEnd = isDigit(first) ? endOfIPv4(text, start, end) : -1;
  if (addressEnd >= 0 && !isOf(HOST, codeAt(text, addressEnd, end))) {
    return { host: text.slice(start, addressEnd), end: addressEnd };
  }
  const nameEnd = endOf(HOST, text, start, end);
  const name = text.slice(start, nameEnd);
  if (!isHostName(name)) throw new SipParseError("host expected", { text: text.slice(start, end) });
  return { host: name.toLowerCase(), end: nameEnd };
}

function parseReference(text: string, start: number, end: number): HostAt {
  const close = text.indexOf("]", start);
  const address = close < 0 || close >= end ? "" : repairIPv6(text.slice(start + 1, close));
  if (!isIPv6Address(address)) throw new SipParseError("IPv6 address expected", { text: text.slice(start, end) });
  return { host: address.toLowerCase(), end: close + 1 };
}

/** Without brackets and without a zone, for which SIP has no grammar. */
export function isIPv6Address(text: string): boolean {
  return text.includes(":") && !text.includes("%") && isIPv6(text);
}

/** RFC 3261 let a third colon before an embedded IPv4 address; RFC 5118 §4.10 asks to be lenient, RFC 5954 mends it. */
function repairIPv6(text: string): string {
  const colons = text.indexOf(":::");
  return colons >= 0 && endOfIPv4(text, colons + 3, text.length) === text.length
    ? text.slice(0, colons) + text.slice(colons + 1)
    : text;
}

/** Whether characters of the class make a host name: labels are not empty, and the last does not start with a digit. */
function isHostName(text: string): boolean {
  if (text === "" || text.startsWith(".") || text.includes("..")) return false;
  const lastLabel = text.lastIndexOf(".", text.length - 2) + 1;
  return !isDigit(text.charCodeAt(lastLabel));
}

/** Index behind four decimal numbers up to 255; -1 where they do not stand at `start`. */
function endOfIPv4(text: string, start: number, end: number): number {
  let octet = 0;
  let digits = 0;
  let dots = 0;
  let index = start;
  for (; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (isDigit(code)) {
      octet = octet * 10 + (code - 0x30);
      digits += 1;
      if (octet > 255 || digits > 3) return -1;
    } else {
      if (code !== 0x2e || dots === 3) break;
      if (digits === 0) return -1;
      octet = 0;
      digits = 0;
      dots += 1;
    }
  }
  return dots === 3 && digits > 0 ? index : -1;
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
