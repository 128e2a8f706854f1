import { MAGIC_COOKIE, type SipRequest } from "../message/index.ts";

/**
 * What a client transaction is found by, before the CSeq method of the response is compared (RFC 3261 §17.1.3): the
 * branch, which is unique, being ours; but a CANCEL shares that of its INVITE.
 */
export function clientKey(branch: string, method: string): string {
  return method === "CANCEL" ? `${branch};CANCEL` : branch;
}

/**
 * What a server transaction is found by: branch, sent-by and method, an ACK counting as INVITE (RFC 3261 §17.2.3).
 * Where the branch says nothing, by what RFC 2543 had.
 * @param method another one than the request's: `INVITE`, to find what a CANCEL cancels.
 * @throws {SipParseError} ERR_SIP_SYNTAX: a header needed is missing or malformed.
 */
export function serverKey(request: SipRequest, method = request.method): string {
  const { branch, sentBy } = request.topVia;
  const matched = method === "ACK" ? "INVITE" : method;
  if (branch !== undefined && isUnique(branch)) return uniqueKey(branch, sentBy, matched);
  const toTag = method === "ACK" ? "" : (request.toTag ?? "");
  return olderKey(request, matched, toTag);
}

/** The key of the re-INVITE that an ACK of a peer older than RFC 3261 may be for: both have the same To tag then. */
export function olderAckKey(request: SipRequest): string {
  return olderKey(request, "INVITE", request.toTag ?? "");
}

/** Whether the peer goes by RFC 3261: the cookie, in whatever case, and something behind it. */
export function isUnique(branch: string): boolean {
  if (branch.length <= MAGIC_COOKIE.length) return false;
  if (branch.startsWith(MAGIC_COOKIE)) return true;
  return branch.slice(0, MAGIC_COOKIE.length).toLowerCase() === MAGIC_COOKIE.toLowerCase();
}

function uniqueKey(branch: string, sentBy: string, method: string): string {
  return `${branch};${sentBy};${method}`;
}

function olderKey(request: SipRequest, method: string, toTag: string): string {
  const { requestUri, callId, fromTag } = request;
  const via = request.list("Via")[0] ?? "";
  // A line break can't stand in a header, so none of the parts can pass for two.
  return [method, requestUri, toTag, fromTag ?? "", callId, request.cseq.number, via].join("\n");
}

/**
 * What the copies of one request share that reach us on the two ways of a fork: the request is merged then
 * (RFC 3261 §8.2.2.2). Undefined in a dialog.
 */
export function mergeKey(request: SipRequest): string | undefined {
  if (request.toTag !== undefined) return undefined;
  return `${request.fromTag ?? ""};${request.cseq.number};${request.method};${request.callId}`;
}
