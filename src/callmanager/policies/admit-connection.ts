import type { Protocol } from "../../sip/transport/index.ts";
import type { Ruling } from "./ruling.ts";

export interface ConnectionQuestion {
  /** What an address of the call manager speaks. */
  readonly protocol: Protocol;
}

export interface ConnectionAdmission extends Ruling {
  /**
   * `certificate`: the handshake ends with an alert unless the peer shows a certificate by a trusted authority.
   * `closed`: nobody listens there.
   */
  readonly outcome: "anyone" | "certificate" | "closed";
}

/**
 * Who gets through to an address of the call manager, before any message is read. Asked once for each address, when it
 * is to be listened on: from then on the handshake of TLS carries it out. UDP and TCP are for everybody (REG-28); TLS
 * asks for a certificate (TLS-02), and whose it is does not matter yet: what a device may do over TLS is a matter of
 * its registration (TLS-01, TLS-03: {@link admitRegistration}).
 */
export function admitConnection({ protocol }: ConnectionQuestion): ConnectionAdmission {
  if (protocol !== "tls") return { outcome: "anyone", rules: ["REG-28"], reason: `${protocol} is for every phone` };
  return {
    outcome: "certificate",
    rules: ["TLS-02"],
    reason: "a TLS session needs a certificate that is trusted here",
  };
}
