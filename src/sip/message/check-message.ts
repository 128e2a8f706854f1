import { headerId, isSingleId } from "./header-names.ts";
import { cseqAt } from "./header-values.ts";
import { LIMITS } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { nameAddrAt, parseNameAddr, type NameAddr } from "./name-addr.ts";
import type { SipRequest } from "./request.ts";
import type { SipResponse } from "./response.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { parametersAt } from "./parameters.ts";
import type { Source } from "./source.ts";
import { endOf, isToken, itemsAt, parseNumber, skipBlanks, TOKEN, WORD } from "./tokens.ts";
import { isSipUri, type Uri } from "./uri.ts";
import { MAGIC_COOKIE } from "./via.ts";

/** Requests that make or refresh a dialog, so that exactly one Contact has to tell where it leads (RFC 3261 §8.1.1.8). */
const TARGET_METHODS = new Set(["INVITE", "SUBSCRIBE", "REFER", "UPDATE", "NOTIFY"]);

/** Headers that a method cannot do without, besides those of every request. */
const NEEDED: ReadonlyMap<string, readonly string[]> = new Map([
  ["SUBSCRIBE", ["Event"]],
  ["NOTIFY", ["Event", "Subscription-State"]],
  ["PRACK", ["RAck"]],
  ["REFER", ["Refer-To"]],
]);

/** Throws where the value of a header line, at `source.text[start, end)`, is malformed. */
type ValueCheck = (source: Source, start: number, end: number, header: string) => void;

/** Checks of single lines, by header id: of all messages, and those of requests only. */
const COMMON_CHECKS: (ValueCheck | undefined)[] = [];
const REQUEST_CHECKS: (ValueCheck | undefined)[] = [];

const CALL_ID = headerId("Call-ID");

/** Headers whose addresses need brackets (RFC 3261 §20.30, §20.34; RFC 3327, RFC 3608). */
for (const header of ["Route", "Record-Route", "Path", "Service-Route"]) COMMON_CHECKS[headerId(header)] = checkRoutes;
for (const header of ["Require", "Proxy-Require"]) REQUEST_CHECKS[headerId(header)] = checkOptionTags;
REQUEST_CHECKS[headerId("Max-Forwards")] = checkMaxForwards;
REQUEST_CHECKS[headerId("Event")] = checkEvent;
REQUEST_CHECKS[headerId("RAck")] = checkRack;

/**
 * The strictness that a UAS owes a message before it acts on it: headers that must be there, once, and well-formed.
 * Malformed headers that processing does not need (Date, Expires, Warning…) are nobody's business here (RFC 3261
 * §8.2). What RFC 2543 elements leave out is tolerated: Max-Forwards, tags, and Contact where the branch has no cookie.
 * @returns what a UAS answers and why, or undefined for a sound message. A malformed response is dropped instead.
 * @see RFC 3261 §8.1.1, §8.2, §20
 */
export function checkMessage(message: SipRequest | SipResponse): SipParseError | undefined {
  try {
    checkCommon(message);
    if (message.kind === "request") checkRequest(message);
    else checkResponse(message);
    return undefined;
  } catch (error) {
    if (error instanceof SipParseError) return error.within(message);
    throw error;
  }
}

function fail(problem: string, text?: string): never {
  throw new SipParseError(problem, text === undefined ? {} : { text });
}

function checkCommon(message: SipMessage): void {
  checkLines(message);
  checkCallId(message);
  checkParty(message.from);
  checkParty(message.to);
  if (message.vias.length === 0) fail("Via missing");
  checkContacts(message);
}

function checkRequest(request: SipRequest): void {
  const { uri } = request;
  if (isSipUri(uri) && uri.headers.length > 0) fail("Request-URI with headers", request.requestUri);
  if (request.cseq.method !== request.method) fail("CSeq of another method", request.get("CSeq"));
  for (const header of NEEDED.get(request.method) ?? []) if (!request.has(header)) fail(`${header} missing`);
  if (request.method === "REFER") checkReferTo(request.get("Refer-To") ?? "");
  if (request.body.length > 0 && request.contentType === undefined) fail("body without Content-Type");
  if (!TARGET_METHODS.has(request.method)) return;
  if (request.has("Contact")) checkTarget(request);
  else if (request.topVia.branch?.startsWith(MAGIC_COOKIE) === true) fail("Contact missing");
}

/** A 2xx to INVITE tells where the dialog leads; a 1xx often leaves it out, and the call works all the same. */
function checkResponse(response: SipResponse): void {
  if (response.cseq.method !== "INVITE" || !response.isSuccess) return;
  if (!response.has("Contact")) fail("Contact missing");
  checkTarget(response);
}

/** By header id: the number of the last check that met the header. */
const lastMet = new Float64Array(256);
let checks = 0;

/** Each line by itself, and that headers which may stand once do not stand twice. */
function checkLines(message: SipMessage): void {
  const isRequest = message.kind === "request";
  const { lines } = message;
  checks += 1;
  for (let index = 0; index < lines.length; index += 1) {
    const id = lines.idAt(index);
    if (isSingleId(id)) {
      if (lastMet[id] === checks) fail("header repeated that may stand once", lines.nameAt(index));
      lastMet[id] = checks;
    }
    const check = COMMON_CHECKS[id] ?? (isRequest ? REQUEST_CHECKS[id] : undefined);
    check?.(lines.sourceAt(index), lines.startAt(index), lines.endAt(index), lines.nameAt(index));
  }
}

/** `word` or `word@word` (RFC 3261 §25.1). */
function checkCallId(message: SipMessage): void {
  const { callId, lines } = message;
  const index = lines.find(CALL_ID, "");
  const { octets } = lines.sourceAt(index);
  const start = lines.startAt(index);
  const end = lines.endAt(index);
  const at = endOf(WORD, octets, start, end);
  const sound = at > start && (at === end || (octets[at] === 0x40 && isAll(WORD, octets, at + 1, end)));
  if (!sound) fail("Call-ID malformed", callId);
}

/** Whether `octets[start, end)` is not empty and all of one class. */
function isAll(bit: number, octets: Uint8Array, start: number, end: number): boolean {
  return start < end && endOf(bit, octets, start, end) === end;
}

/** Finds what is wrong with the URI; the address keeps it. */
function readUri(address: NameAddr): Uri {
  return address.uri;
}

/** Reads address and URI; a tag has to be a token. */
function checkParty(party: NameAddr): void {
  readUri(party);
  if (!party.parameters.has("tag")) return;
  const tag = party.parameters.get("tag");
  if (tag === undefined || !isToken(tag)) fail("tag malformed", tag ?? "");
}

function checkRoutes(source: Source, start: number, end: number, header: string): void {
  if (start === end) fail(`${header} is empty`);
  for (const item of itemsAt(source, start, end)) {
    const route = nameAddrAt(source, item.start, item.end);
    if (!route.bracketed) fail(`${header} without brackets`, source.text.slice(item.start, item.end));
    readUri(route);
  }
}

/** `*` stands alone, and in REGISTER only (RFC 3261 §10.2.2). */
function checkContacts(message: SipMessage): void {
  const { contacts } = message;
  if (contacts !== "*") {
    contacts.forEach(readUri);
    return;
  }
  const alone = message.list("Contact").length === 1;
  if (!alone || message.cseq.method !== "REGISTER") fail("Contact * beside others or outside REGISTER");
}

/** Exactly one Contact with a SIP or SIPS URI (RFC 3261 §8.1.1.8). */
function checkTarget(message: SipMessage): void {
  const { contacts } = message;
  const target = contacts === "*" || contacts.length !== 1 ? undefined : contacts[0];
  if (!target || !isSipUri(target.uri)) fail("exactly one Contact with a SIP URI expected", message.get("Contact"));
}

function checkMaxForwards({ octets, text }: Source, start: number, end: number): void {
  if (parseNumber(LIMITS.maxForwards, octets, start, end) === undefined) {
    fail("Max-Forwards out of range", text.slice(start, end));
  }
}

function checkOptionTags(source: Source, start: number, end: number, header: string): void {
  const tags = itemsAt(source, start, end);
  const sound = tags.length > 0 && tags.every((tag) => isAll(TOKEN, source.octets, tag.start, tag.end));
  if (!sound) fail(`${header} malformed`, source.text.slice(start, end));
}

function checkReferTo(value: string): void {
  readUri(parseNameAddr(value));
}

/** `event-package;parameters` (RFC 6665 §8.4). */
function checkEvent(source: Source, start: number, end: number): void {
  const packageEnd = endOf(TOKEN, source.octets, start, end);
  if (packageEnd === start) fail("Event malformed", source.text.slice(start, end));
  parametersAt(source, packageEnd, end);
}

/** RSeq, CSeq number and method (RFC 3262 §7.2). */
function checkRack(source: Source, start: number, end: number): void {
  const { octets, text } = source;
  const numberEnd = endOf(TOKEN, octets, start, end);
  if (parseNumber(LIMITS.uint32, octets, start, numberEnd) === undefined) {
    fail("RAck malformed", text.slice(start, end));
  }
  cseqAt(source, skipBlanks(octets, numberEnd, end), end);
}
