import { SipParseError } from "./sip-parse-error.ts";
import { isDigit, isToken } from "./tokens.ts";

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
 * Reads a start line without blanks to spare: exactly one SP between the parts (RFC 3261 §7.1, §7.2). A line that is
 * broken but still tells a request from a response comes back with a `problem`, so that a request can be answered.
 * @throws {SipParseError} ERR_SIP_SYNTAX: not SIP at all; nothing can be answered.
 */
export function parseStartLine(line: string): StartLine {
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
