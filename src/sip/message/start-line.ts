import { methodAt } from "./methods.ts";
import { SipParseError } from "./sip-parse-error.ts";
import type { Source } from "./source.ts";
import { endOf, isDigit, isToken, standsAt, TOKEN } from "./tokens.ts";

/** The start line's parts; `method` is empty for a response, `status` 0 for a request. */
export interface StartLine {
  readonly method: string;
  readonly requestUri: string;
  readonly status: number;
  readonly reason: string;
  /** What is wrong, where something is: the parts are a best guess then. */
  readonly problem?: StartLineProblem | undefined;
}

export interface StartLineProblem {
  readonly text: string;
  readonly status: 400 | 505;
}

const VERSION = "SIP/2.0";

/**
 * Reads the start line at `text[0, end)`, without blanks to spare: exactly one SP between the parts (RFC 3261 §7.1,
 * §7.2). A line that is broken but still tells a request from a response comes back with a `problem`, so that a request
 * can be answered.
 * @throws {SipParseError} ERR_SIP_SYNTAX: not SIP at all; nothing can be answered.
 */
export function startLineAt(source: Source, end: number): StartLine {
  const { octets, text } = source;
  const isResponse = standsAt(VERSION_OCTETS, octets, 0);
  const sound = isResponse ? statusLineAt(source, end) : requestLineAt(source, end);
  return sound ?? parseOddLine(text.slice(0, end));
}

const SP = 0x20;
const VERSION_OCTETS = Buffer.from(VERSION);

function statusLineAt({ octets, text }: Source, end: number): StartLine | undefined {
  const status = 100 * digitAt(octets, 8) + 10 * digitAt(octets, 9) + digitAt(octets, 10);
  const sound = end >= 12 && octets[7] === SP && octets[11] === SP && status >= 100 && status <= 699;
  return sound ? { method: "", requestUri: "", status, reason: text.slice(12, end), problem: undefined } : undefined;
}

function digitAt(octets: Uint8Array, index: number): number {
  const octet = octets[index] ?? 0;
  return isDigit(octet) ? octet - 0x30 : Number.NaN;
}

function requestLineAt(source: Source, end: number): StartLine | undefined {
  const { octets, text } = source;
  const methodEnd = endOf(TOKEN, octets, 0, end);
  const uriEnd = end - VERSION_OCTETS.length - 1;
  if (methodEnd === 0 || methodEnd + 1 >= uriEnd || octets[methodEnd] !== SP) return undefined;
  if (octets[uriEnd] !== SP || !standsAt(VERSION_OCTETS, octets, uriEnd + 1)) return undefined;
  for (let index = methodEnd + 1; index < uriEnd; index += 1) {
    if (octets[index] === SP || octets[index] === 0x09) return undefined;
  }
  const requestUri = text.slice(methodEnd + 1, uriEnd);
  return { method: methodAt(source, 0, methodEnd), requestUri, status: 0, reason: "", problem: undefined };
}

/** A line that may be broken, or has its version in another case. */
function parseOddLine(line: string): StartLine {
  return isVersionAt(line, 0) ? parseStatusLine(line) : parseRequestLine(line);
}

function parseRequestLine(line: string): StartLine {
  const methodEnd = line.indexOf(" ");
  const uriEnd = line.lastIndexOf(" ");
  const method = line.slice(0, methodEnd);
  const requestUri = line.slice(methodEnd + 1, uriEnd);
  if (isTwoDotZero(line, uriEnd + 1) && methodEnd < uriEnd && isSound(requestUri) && isToken(method)) {
    return { method, requestUri, status: 0, reason: "", problem: undefined };
  }
  return brokenRequestLine(line);
}

/** Not empty, without blanks; what else a Request-URI must not hold is found when it is parsed. */
function isSound(requestUri: string): boolean {
  return requestUri !== "" && !requestUri.includes(" ") && !requestUri.includes("\t");
}

function brokenRequestLine(line: string): StartLine {
  const parts = line.split(/[ \t]/).filter((part) => part !== "");
  const version = parts.at(-1) ?? "";
  const method = parts[0] ?? "";
  if (parts.length < 2 || !isVersionAt(version, 0) || !isToken(method)) {
    throw new SipParseError("neither a SIP request nor a response", { text: line });
  }
  const supported = isTwoDotZero(version, 0);
  const problem: StartLineProblem = supported
    ? { text: "request line malformed", status: 400 }
    : { text: "SIP version not supported", status: 505 };
  return { method, requestUri: parts.slice(1, -1).join(" "), status: 0, reason: "", problem };
}

function parseStatusLine(line: string): StartLine {
  const status = isStatusAt(line, 8) ? Number(line.slice(8, 11)) : 0;
  const sound = isTwoDotZero(line.slice(0, 7), 0) && line.charCodeAt(7) === 0x20 && line.charCodeAt(11) === 0x20;
  const known = status >= 100 && status <= 699;
  const problem: StartLineProblem | undefined =
    sound && known ? undefined : { text: "status line malformed", status: 400 };
  return { method: "", requestUri: "", status, reason: line.slice(12), problem };
}

function isStatusAt(line: string, index: number): boolean {
  return isDigit(line.charCodeAt(index)) && isDigit(line.charCodeAt(index + 1)) && isDigit(line.charCodeAt(index + 2));
}

/** Whether the line ends with SIP/2.0, in any case, starting at `index` (RFC 3261 §7.1). */
function isTwoDotZero(line: string, index: number): boolean {
  if (line.length - index !== VERSION.length) return false;
  return line.endsWith(VERSION) || line.slice(index).toUpperCase() === VERSION;
}

/** `SIP/digit`, in any case. */
function isVersionAt(line: string, index: number): boolean {
  return (
    (line.charCodeAt(index) | 0x20) === 0x73 &&
    (line.charCodeAt(index + 1) | 0x20) === 0x69 &&
    (line.charCodeAt(index + 2) | 0x20) === 0x70 &&
    line.charCodeAt(index + 3) === 0x2f &&
    isDigit(line.charCodeAt(index + 4))
  );
}
