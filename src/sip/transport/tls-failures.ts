import { TransportError } from "../../core/errors.ts";
import { formatAddress, type Address } from "./address.ts";

/** Alerts by which a peer refuses us; with TLS 1.3 they may come when the handshake is over for our side already. */
const REFUSALS: ReadonlySet<string> = new Set([
  "access_denied",
  "bad_certificate",
  "certificate_expired",
  "certificate_required",
  "certificate_revoked",
  "certificate_unknown",
  "decrypt_error",
  "handshake_failure",
  "insufficient_security",
  "no_application_protocol",
  "protocol_version",
  "unknown_ca",
  "unrecognized_name",
  "unsupported_certificate",
]);

/** What OpenSSL's verification found, in words; by other codes the code itself is told. */
const UNTRUSTED = "its issuer is not trusted. Name the authority with caFile";
const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet. Check the clocks",
  CERT_REVOKED: "it was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  INVALID_PURPOSE: "it was issued for another purpose",
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

/** Ends of handshakes that no alert of the peer's explains, by node's code. */
const HANDSHAKE_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNRESET: "the peer closed the connection without an alert. It may want a certificate, or not speak TLS there",
  EPIPE: "the peer closed the connection without an alert. It may want a certificate, or not speak TLS there",
  EPROTO: "the peer does not speak TLS as we do",
  ERR_SSL_HTTP_REQUEST: "the peer speaks HTTP",
  ERR_SSL_NO_SHARED_CIPHER: "there is no cipher that both sides know",
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: "there is no signature algorithm that both sides know",
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "the peer showed no certificate",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "the peer speaks only versions of TLS that are too old. Lower minVersion",
  ERR_SSL_WRONG_VERSION_NUMBER: "the peer does not speak TLS there",
  ERR_TLS_HANDSHAKE_TIMEOUT: "the peer did not finish it in time",
};

const ALERT_CODE = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?([A-Z_]+)$/;
const ALERT_TEXT = /:(?:sslv3|tlsv1|tlsv13) (?:alert )?([a-z ]+)(?::|$)/m;

/** TransportError for a handshake with `remote` that did not succeed: ERR_TLS_HANDSHAKE. */
export function handshakeFailure(cause: Error, remote: Address): TransportError {
  const code = codeOf(cause);
  const alert = alertOf(cause);
  const reason = alert === undefined ? (HANDSHAKE_PROBLEMS[code] ?? cause.message) : `the peer sent alert ${alert}`;
  return new TransportError(`The TLS handshake with ${formatAddress(remote)} failed: ${reason} (${code}).`, {
    code: "ERR_TLS_HANDSHAKE",
    details: { ...placeOf(remote), alert, systemCode: code },
    cause,
  });
}

/** TransportError for a handshake that `remote` had no time for. */
export function handshakeTimeout(remote: Address, handshakeMs: number): TransportError {
  return new TransportError(
    `The TLS handshake with ${formatAddress(remote)} did not end within ${handshakeMs} ms. Check that the peer speaks TLS there.`,
    { code: "ERR_TLS_HANDSHAKE", details: { ...placeOf(remote), handshakeMs } },
  );
}

/**
 * TransportError for a peer whose certificate is not to be trusted: ERR_TLS_CERTIFICATE.
 * @param problem code of OpenSSL's verification, or words.
 */
export function certificateFailure(problem: string, remote: Address): TransportError {
  const reason = CERTIFICATE_PROBLEMS[problem];
  const told = reason === undefined ? problem : `${reason} (${problem})`;
  return new TransportError(`The certificate of ${formatAddress(remote)} is refused: ${told}.`, {
    code: "ERR_TLS_CERTIFICATE",
    details: { ...placeOf(remote), problem },
  });
}

/** TransportError where a connection that was up broke by an alert that refuses us, else undefined. */
export function lateRefusal(cause: Error, remote: Address): TransportError | undefined {
  const alert = alertOf(cause);
  return alert !== undefined && REFUSALS.has(alert) ? handshakeFailure(cause, remote) : undefined;
}

/** Name of the alert that the peer sent, as RFC 8446 §6 spells it. */
function alertOf(cause: Error): string | undefined {
  const name = ALERT_CODE.exec(codeOf(cause))?.[1] ?? ALERT_TEXT.exec(cause.message)?.[1];
  return name?.trim().toLowerCase().replaceAll(" ", "_");
}

function codeOf(cause: Error): string {
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}

function placeOf({ protocol, host, port }: Address): { protocol: string; host: string; port: number } {
  return { protocol, host, port };
}
