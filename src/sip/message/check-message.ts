import { headerId, isSingleId } from "./header-names.ts";
import { parseCseq } from "./header-values.ts";
import { LIMITS } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { parseNameAddr, type NameAddr } from "./name-addr.ts";
import type { SipRequest } from "./request.ts";
import type { SipResponse } from "./response.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { allOf, endOf, isToken, parseNumber, parseParameters, skipBlanks, splitList, TOKEN, WORD } from "./tokens.ts";
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

/** Throws where the value of a header line is malformed. */
type ValueCheck = (value: string, header: string) => void;

/** Checks of single lines, by header id: of all messages, and those of requests only. */
const COMMON_CHECKS: (ValueCheck | undefined)[] = [];
const REQUEST_CHECKS: (ValueCheck | undefined)[] = [];

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
  checkCallId(message.callId);
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
  if (request.method === "REFER") checkReferTo(request.get("Refer-To"));
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

/** Each line by itself, and that headers which may stand once do not stand twice. */
function checkLines(message: SipMessage): void {
  const isRequest = message.kind === "request";
  const seen: boolean[] = [];
  for (const line of message.headers) {
    const { id } = line;
    if (isSingleId(id)) {
      if (seen[id]) fail("header repeated that may stand once", line.name);
      seen[id] = true;
    }
    COMMON_CHECKS[id]?.(line.value, line.name);
    if (isRequest) REQUEST_CHECKS[id]?.(line.value, line.name);
  }
}

/** `word` or `word@word` (RFC 3261 §25.1). */
function checkCallId(callId: string): void {
  const at = callId.indexOf("@");
  const sound = at < 0 ? allOf(WORD, callId) : allOf(WORD, callId, 0, at) && allOf(WORD, callId, at + 1);
  if (!sound) fail("Call-ID malformed", callId);
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

function checkRoutes(value: string, header: string): void {
  const items = splitList(value);
  if (items.length === 0) fail(`${header} is empty`);
  for (const item of items) {
    const route = parseNameAddr(item);
    if (!route.bracketed) fail(`${header} without brackets`, item);
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

function checkMaxForwards(value: string): void {
  if (parseNumber(value, LIMITS.maxForwards) === undefined) fail("Max-Forwards out of range", value);
}

function checkOptionTags(value: string, header: string): void {
  const tags = splitList(value);
  if (tags.length === 0 || !tags.every(isToken)) fail(`${header} malformed`, value);
}

function checkReferTo(value: string | undefined): void {
  if (value !== undefined) readUri(parseNameAddr(value));
}

/** `event-package;parameters` (RFC 6665 §8.4). */
function checkEvent(value: string): void {
  const end = endOf(TOKEN, value, 0);
  if (end === 0) fail("Event malformed", value);
  parseParameters(value, end);
}

/** RSeq, CSeq number and method (RFC 3262 §7.2). */
function checkRack(value: string): void {
  const end = endOf(TOKEN, value, 0);
  if (parseNumber(value, LIMITS.uint32, 0, end) === undefined) fail("RAck malformed", value);
  parseCseq(value.slice(skipBlanks(value, end)));
}
