import type { SipMessage } from "../sip/message/index.ts";

/** A body, or a part of a multipart one. */
export interface BodyPart {
  /** `application/sdp`: lower case, without parameters. */
  readonly type: string;
  readonly content: Buffer;
}

/** Hostile bodies nest; real ones do so once or twice. */
const MAX_DEPTH = 4;
const MAX_PARTS = 32;
/** What may follow a boundary: CR, LF, padding, the dash of the last one, or nothing. */
const LINE_END = new Set([0x0d, 0x0a, 0x20, 0x09, 0x2d, undefined]);

/** Media types of a message's body and of all parts in it, outermost first, lower case. */
export function contentTypesOf(message: SipMessage): string[] {
  return [...allParts(message)].map(({ type }) => type);
}

/** Octets of the message's session description, alone or as a part (RFC 5621); undefined where it has none. */
export function sdpBodyOf(message: SipMessage): Buffer | undefined {
  for (const { type, content } of allParts(message)) {
    if (type === "application/sdp" && content.length > 0) return content;
  }
  return undefined;
}

function* allParts(message: SipMessage): Generator<BodyPart> {
  const header = message.get("Content-Type");
  if (header === undefined) return;
  const budget = { parts: MAX_PARTS };
  yield* partsOf(header, message.body, 0, budget);
}

function* partsOf(header: string, content: Buffer, depth: number, budget: { parts: number }): Generator<BodyPart> {
  if (budget.parts <= 0) return;
  budget.parts -= 1;
  const type = (header.split(";", 1)[0] ?? "").trim().toLowerCase();
  yield { type, content };
  const boundary = type.startsWith("multipart/") ? boundaryOf(header) : undefined;
  if (boundary === undefined || depth >= MAX_DEPTH) return;
  for (const part of split(content, boundary)) {
    const text = part.toString("latin1");
    const end = text.search(/\r?\n\r?\n/);
    const headers = end < 0 ? text : text.slice(0, end);
    const partType = headerOf(headers, "content-type") ?? "text/plain";
    const bodyStart = end < 0 ? part.length : end + (text.startsWith("\r\n\r\n", end) ? 4 : 2);
    yield* partsOf(partType, part.subarray(bodyStart), depth + 1, budget);
  }
}

function boundaryOf(header: string): string | undefined {
  const start = header.toLowerCase().indexOf("boundary=");
  if (start < 0) return undefined;
  const value = header.slice(start + "boundary=".length).trimStart();
  const boundary = value.startsWith('"') ? value.slice(1).split('"', 1)[0] : value.split(/[;\s]/, 1)[0];
  return boundary === "" ? undefined : boundary;
}

/** Parts between the delimiter lines of RFC 2046 §5.1.1; preamble and epilogue are dropped. */
function split(content: Buffer, boundary: string): Buffer[] {
  const delimiter = `--${boundary}`;
  const parts: Buffer[] = [];
  let start: number | undefined;
  for (let at = content.indexOf(delimiter); at >= 0; at = content.indexOf(delimiter, at + delimiter.length)) {
    if ((at > 0 && content[at - 1] !== 0x0a) || !LINE_END.has(content[at + delimiter.length])) continue;
    if (start !== undefined) parts.push(content.subarray(start, trimmedEnd(content, start, at)));
    const lineEnd = content.indexOf(0x0a, at);
    const closing = content.toString("latin1", at + delimiter.length, at + delimiter.length + 2) === "--";
    start = closing || lineEnd < 0 ? undefined : lineEnd + 1;
    if (start === undefined) break;
  }
  if (start !== undefined) parts.push(content.subarray(start));
  return parts;
}

/** The line end before a delimiter belongs to the delimiter. */
function trimmedEnd(content: Buffer, start: number, delimiterAt: number): number {
  const end = delimiterAt - 1;
  return end > start && content[end - 1] === 0x0d ? end - 1 : Math.max(end, start);
}

/** A header may go on in a line that begins with white space (RFC 2045 §5.1, RFC 5322 §2.2.3). */
function headerOf(headers: string, name: string): string | undefined {
  for (const line of headers.replace(/\r?\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return undefined;
}
