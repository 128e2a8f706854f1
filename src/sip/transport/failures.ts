import { TransportError, type ErrorDetails } from "../../core/errors.ts";
import { formatAddress, hostPort, type Address, type Flow } from "./address.ts";
import { lateRefusal } from "./tls-failures.ts";

interface Failure {
  readonly code: string;
  /** Ends a sentence that begins with what was tried. */
  readonly reason: string;
}

/** Errors of the platform while sending or connecting, in words. */
const SENDING: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: { code: "ERR_CONNECTION_REFUSED", reason: "nothing listens there. Check that the peer runs" },
  ECONNRESET: { code: "ERR_CONNECTION_LOST", reason: "the peer broke the connection" },
  EPIPE: { code: "ERR_CONNECTION_LOST", reason: "the peer has closed the connection" },
  ERR_STREAM_DESTROYED: { code: "ERR_CONNECTION_LOST", reason: "the connection was lost before it was sent" },
  ETIMEDOUT: { code: "ERR_CONNECT_TIMEOUT", reason: "the peer did not answer. Check address and firewall" },
  EHOSTUNREACH: { code: "ERR_UNREACHABLE", reason: "no way leads there. Check address and routes" },
  ENETUNREACH: { code: "ERR_UNREACHABLE", reason: "no way leads there. Check address and routes" },
  EACCES: { code: "ERR_UNREACHABLE", reason: "the system forbids it. Check firewall and broadcast addresses" },
  EPERM: { code: "ERR_UNREACHABLE", reason: "the system forbids it. Check the firewall" },
  EINVAL: { code: "ERR_UNREACHABLE", reason: "it can't be reached from the local address. Check both" },
  EADDRNOTAVAIL: { code: "ERR_UNREACHABLE", reason: "no local address or port is left to send from" },
  EMSGSIZE: { code: "ERR_DATAGRAM_TOO_LARGE", reason: "the message is too large for UDP. Send it over TCP" },
  ENOTFOUND: { code: "ERR_HOST_NOT_FOUND", reason: "the name has no address. Check its spelling and DNS" },
  EAI_AGAIN: { code: "ERR_HOST_NOT_FOUND", reason: "the name server did not answer. Check DNS" },
};

/** Errors of the platform while binding, in words; the sentence goes on with "another address". */
const BINDING: Readonly<Record<string, Failure>> = {
  EADDRINUSE: { code: "ERR_ADDRESS_IN_USE", reason: "the port is in use. Stop the program that uses it, or choose" },
  EADDRNOTAVAIL: { code: "ERR_ADDRESS_NOT_AVAILABLE", reason: "this machine has no such address. Choose" },
  EACCES: { code: "ERR_ADDRESS_FORBIDDEN", reason: "the system keeps the port from this user. Choose" },
};

/** The platform's error code, `ECONNREFUSED`…, or undefined. */
function platformCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** TransportError for a failed `send` or connect to `to`. */
export function sendFailure(cause: Error, to: Address | Flow): TransportError {
  if (cause instanceof TransportError) return cause;
  const remote = "remote" in to ? to.remote : to;
  const code = platformCode(cause);
  const failure = code === undefined ? undefined : SENDING[code];
  return new TransportError(
    `Sending to ${formatAddress(remote)} failed: ${failure?.reason ?? cause.message} (${code ?? cause.name}).`,
    { code: failure?.code ?? "ERR_TRANSPORT", details: detailsOf(remote, code), cause },
  );
}

/** TransportError for a connection that broke. */
export function connectionFailure(cause: Error, flow: Flow): TransportError {
  if (cause instanceof TransportError) return cause;
  const refusal = lateRefusal(cause, flow.remote);
  if (refusal) return refusal;
  const code = platformCode(cause);
  return new TransportError(
    `The connection ${hostPort(flow.local)} to ${formatAddress(flow.remote)} was lost: ${cause.message}.`,
    { code: "ERR_CONNECTION_LOST", details: detailsOf(flow.remote, code), cause },
  );
}

/** TransportError for an address that can't be listened on; `option` is where the user sets it. */
export function bindFailure(cause: Error, address: Address, option: string): TransportError {
  const code = platformCode(cause);
  const failure = code === undefined ? undefined : BINDING[code];
  return new TransportError(
    `Can't listen on ${formatAddress(address)}: ${failure?.reason ?? `${cause.message}. Choose`} another address with ${option}.`,
    { code: failure?.code ?? "ERR_TRANSPORT", details: { ...detailsOf(address, code), option }, cause },
  );
}

function detailsOf(address: Address, systemCode: string | undefined): ErrorDetails {
  return { protocol: address.protocol, host: address.host, port: address.port, systemCode };
}
