import { UsageError, WaitTimeoutError } from "../../core/errors.ts";
import { decodeText, type SipRequest } from "../message/index.ts";
import { formatAddress, type Address, type Flow } from "../transport/index.ts";

/** Nobody answered (timer B or F, or none after a CANCEL). */
export function transactionTimeout(request: SipRequest, to: Address | Flow): WaitTimeoutError {
  const place = formatAddress("remote" in to ? to.remote : to);
  return new WaitTimeoutError(
    `${place} sent no final response to ${describe(request)}. Check that it is up and speaks SIP there.`,
    { code: "ERR_TRANSACTION_TIMEOUT", details: { ...identity(request), place } },
  );
}

/** Nobody acknowledged our final response to an INVITE (timer H). */
export function ackTimeout(request: SipRequest, flow: Flow): WaitTimeoutError {
  const place = formatAddress(flow.remote);
  return new WaitTimeoutError(`${place} sent no ACK for the final response to ${describe(request)} (timer H).`, {
    code: "ERR_ACK_TIMEOUT",
    details: { ...identity(request), place },
  });
}

export function notAnInvite(request: SipRequest, what: string): UsageError {
  return new UsageError(`${what} belongs to an INVITE, this is ${describe(request)}`, {
    code: "ERR_NOT_AN_INVITE",
    details: identity(request),
  });
}

function describe(request: SipRequest): string {
  return `${request.method} (Call-ID ${decodeText(request.get("Call-ID") ?? "")})`;
}

function identity(request: SipRequest): { method: string; callId: string } {
  return { method: request.method, callId: decodeText(request.get("Call-ID") ?? "") };
}
