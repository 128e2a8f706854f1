import { isIPv4, isIPv6 } from "node:net";
import { LIMITS } from "./limits.ts";
import { malformedAt, SipParseError } from "./sip-parse-error.ts";
import type { Source } from "./source.ts";
import { endOf, HOST, isDigit, isOf, numberOf, octetAt, parseNumber } from "./tokens.ts";

/** @throws {SipParseError} ERR_SIP_SYNTAX: not a number from 1 to 65535. */
export function parsePort(text: string): number {
  return checkedPort(numberOf(text, LIMITS.port), text);
}

/** The same at `text[start, end)`. */
export function portAt({ octets, text }: Source, start: number, end: number): number {
  const port = parseNumber(LIMITS.port, octets, start, end);
  return port !== undefined && port > 0 ? port : checkedPort(port, text.slice(start, end));
}

function checkedPort(port: number | undefined, text: string): number {
  if (port === undefined || port === 0) throw new SipParseError("port out of range", { text });
  return port;
}

/**
 * Index behind the host that starts at `start`: host name, IPv4 address or IPv6 reference in brackets.
 * @throws {SipParseError} ERR_SIP_SYNTAX: nothing of that.
 */
export function hostEnd(source: Source, start: number, end: number): number {
  const { octets } = source;
  const first = octetAt(octets, start, end);
  if (first === 0x5b) return referenceEnd(source, start, end);
  const addressEnd = isDigit(first) ? endOfIPv4(octets, start, end) : -1;
  if (addressEnd >= 0 && !isOf(HOST, octetAt(octets, addressEnd, end))) return addressEnd;
  const nameEnd = endOf(HOST, octets, start, end);
  if (!isHostName(octets, start, nameEnd)) throw malformedAt("host expected", source, start, end);
  return nameEnd;
}

/** The host at `text[start, end)`, as `hostEnd` found it: lower case, an IPv6 address without brackets. */
export function hostAt({ octets, text }: Source, start: number, end: number): string {
  if (octets[start] === 0x5b) return repairIPv6(text.slice(start + 1, end - 1)).toLowerCase();
  const host = text.slice(start, end);
  for (let index = start; index < end; index += 1) {
    const octet = octets[index] ?? 0;
    if (octet >= 0x41 && octet <= 0x5a) return host.toLowerCase();
  }
  return host;
}

function referenceEnd(source: Source, start: number, end: number): number {
  const { text } = source;
  const close = text.slice(start, end).indexOf("]");
  if (close < 0 || !isIPv6Address(repairIPv6(text.slice(start + 1, start + close)))) {
    throw malformedAt("IPv6 address expected", source, start, end);
  }
  return start + close + 1;
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

/** Whether octets of the class make a host name: labels are not empty, and the last does not start with a digit. */
function isHostName(octets: Uint8Array, start: number, end: number): boolean {
  let label = start;
  for (let index = start; index < end; index += 1) {
    if (octets[index] !== 0x2e) continue;
    if (index === label) return false;
    if (index + 1 < end) label = index + 1;
  }
  return start < end && !isDigit(octets[label] ?? 0);
}

/** Index behind four decimal numbers up to 255; -1 where they do not stand at `start`. */
function endOfIPv4(octets: Uint8Array, start: number, end: number): number {
  let number = 0;
  let digits = 0;
  let dots = 0;
  let index = start;
  for (; index < end; index += 1) {
    const octet = octets[index] ?? 0;
    if (isDigit(octet)) {
      number = number * 10 + (octet - 0x30);
      digits += 1;
      if (number > 255 || digits > 3) return -1;
    } else {
      if (octet !== 0x2e || dots === 3) break;
      if (digits === 0) return -1;
      number = 0;
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
