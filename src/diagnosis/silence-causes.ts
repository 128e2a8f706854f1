import type { CaseFacts } from "./case-facts.ts";
import { causeRows, type CauseRow } from "./cause-row.ts";

function code({ failure }: CaseFacts): string {
  return failure?.code ?? "";
}

/** Causes of what did not come at all. */
export const SILENCE_CAUSES: readonly CauseRow[] = causeRows({
  impaired: {
    applies: (facts) => code(facts) === "ERR_IMPAIRED",
    cause:
      "The impairment of this run (--impair, phone.wire.impair) took every copy of a message; the target is not to blame.",
    look: "Nothing on the call manager. Another --seed, or less loss.",
  },
  "tls-certificate": {
    applies: (facts) => code(facts) === "ERR_TLS_CERTIFICATE",
    cause: "The call manager's certificate is not trusted here.",
    look: "The authority that signed CallManager.pem against the one the lab names; the name in the certificate against the target's host.",
  },
  "tls-client-certificate": {
    applies: (facts) => code(facts) === "ERR_TLS_HANDSHAKE" && /alert|certificate/i.test(facts.failure?.message ?? ""),
    cause:
      "The call manager broke the TLS handshake off with an alert: it may want a client certificate that it trusts.",
    look: "OS Administration › Certificate Management › CallManager-trust. Third-party phones of type Basic and Advanced are not served over TLS at all.",
  },
  "tls-handshake": {
    applies: (facts) => code(facts) === "ERR_TLS_HANDSHAKE",
    cause: "No TLS handshake came about.",
    look: "Does that port speak TLS (5061)? Versions and ciphers: Enterprise Parameters › TLS Ciphers.",
  },
  "answers-no-sip": {
    applies: ({ heard, heardNoise }) => !heard && heardNoise,
    cause: "Something listens there that does not speak SIP: what came back is none.",
    look: "What came back, in the messages. Address, port and transport of the target in the lab: does another service, or TLS, have that port?",
  },
  "connection-lost": {
    applies: (facts) =>
      /^ERR_CONNECTION_(CLOSED|LOST|GIVEN_UP)$/.test(code(facts)) ||
      (code(facts) === "ERR_TARGET_UNREACHABLE" && /closed the connection/.test(facts.failure?.message ?? "")),
    cause: "The call manager closed the TCP connection while it owed an answer.",
    look: "Does the security profile's Transport Type allow TCP? Connection limits; a firewall's SIP inspection.",
  },
  "connection-refused": {
    applies: (facts) => /^ERR_(CONNECTION_REFUSED|CONNECT_TIMEOUT|UNREACHABLE|TARGET_UNREACHABLE)$/.test(code(facts)),
    cause: "Nobody listens at that address and port, or a firewall says so.",
    look: "Address, port and transport of the target in the lab; Serviceability › Control Center: Cisco CallManager on that node.",
  },
  "target-silent": {
    applies: ({ heard, judged, failure }) => !heard && (judged !== undefined || failure?.code === "ERR_TARGET_SILENT"),
    cause: "Nothing came back at all, not even to a first request.",
    look: "Address and port of the target; a firewall between; whether the node runs Cisco CallManager and knows a way back to the phones' address.",
  },
  "request-ignored": {
    applies: ({ judged, heard }) =>
      heard && judged?.direction === "sent" && judged.responses.length === 0 && judged.method !== "ACK",
    cause: ({ judged, method }) =>
      `${method} got no answer${judged && judged.copies > 1 ? ` though it was sent ${judged.copies} times` : ""}, while other requests did.`,
    look: "Rate limits and denial-of-service protection (SIP Station UDP Port Throttle Threshold); datagrams above 1300 octets that get lost as fragments.",
  },
});
