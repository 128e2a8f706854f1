import { isToken, type HeaderField } from "../sip/message/index.ts";

/** A SIP message as an application writes it: start line, own headers, payload; what SIP demands may be missing. */
export interface ApplicationMessage {
  readonly startLine: string;
  /** In the application's order and spelling; values are octet strings. */
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
}

const EMPTY_LINE = "\r\n\r\n";

/**
 * Reads the SIP part of a `sip` command. The payload is everything behind the first empty line: drachtio-srf counts
 * characters in its Content-Length. Lines without a colon, or with a name that is no token, are dropped.
 */
export function readApplicationMessage(octets: Buffer): ApplicationMessage {
  const headEnd = octets.indexOf(EMPTY_LINE);
  const head = headEnd < 0 ? octets : octets.subarray(0, headEnd);
  const lines = unfold(head.toString("latin1").split("\r\n"));
  const headers: HeaderField[] = [];
  for (let index = 1; index < lines.length; index += 1) addHeader(headers, lines[index] ?? "");
  return {
    startLine: lines[0] ?? "",
    headers,
    body: headEnd < 0 ? Buffer.alloc(0) : octets.subarray(headEnd + EMPTY_LINE.length),
  };
}

/** The start line stays alone: what is indented below it belongs to no header. */
function unfold([startLine = "", ...lines]: readonly string[]): string[] {
  const unfolded = [startLine];
  for (const line of lines) {
    if (isIndented(line) && unfolded.length > 1) unfolded.push(`${unfolded.pop() ?? ""} ${withoutIndent(line)}`);
    else unfolded.push(line);
  }
  return unfolded;
}

function addHeader(headers: HeaderField[], line: string): void {
  const colon = line.indexOf(":");
  if (colon < 0) return;
  const name = line.slice(0, colon).trimEnd();
  if (isToken(name)) headers.push([name, withoutIndent(line.slice(colon + 1))]);
}

/** `trimStart` would also take octets of UTF-8 that look like white space. */
function withoutIndent(text: string): string {
  return isIndented(text) ? text.replace(/^[\t ]+/, "") : text;
}

function isIndented(text: string): boolean {
  return text.startsWith(" ") || text.startsWith("\t");
}

/** `INVITE sip:bob@example.com SIP/2.0`, or undefined when the line is something else. */
export function readRequestLine(startLine: string): { method: string; requestUri: string } | undefined {
  const [method, requestUri, version, ...rest] = startLine.split(" ");
  if (!method || !requestUri || version !== "SIP/2.0" || rest.length > 0) return undefined;
  return isToken(method) ? { method, requestUri } : undefined;
}

/** `SIP/2.0 486 Busy Here`, with an empty phrase too; undefined when the line is something else. */
export function readStatusLine(startLine: string): { status: number; reason: string } | undefined {
  const match = /^SIP\/2\.0 ([1-6][0-9][0-9])(?: (.*))?$/.exec(startLine);
  return match ? { status: Number(match[1]), reason: match[2] ?? "" } : undefined;
}
