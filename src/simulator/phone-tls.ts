import type { TlsClientOptions, TlsCredentials, TlsServerOptions } from "../sip/transport/index.ts";

/** How a phone speaks TLS. Certificates are read, or made, when they are asked for. */
export interface PhoneTls {
  /** Where the target may listen with TLS; undefined: nowhere. */
  readonly port: number | undefined;
  /** The phone's own certificate, which the target trusts as far as the lab knows; undefined: it has none. */
  own(): TlsCredentials | undefined;
  /** A certificate that nobody vouches for. */
  selfSigned(): TlsCredentials;
  /** For the connections of a phone whose profile says TLS. */
  client(): TlsClientOptions;
  /** For the port of such a phone. */
  server(): TlsServerOptions;
}

/** No port, no certificate. */
export const noTls: PhoneTls = {
  port: undefined,
  own: () => undefined,
  selfSigned: () => ({}),
  client: () => ({}),
  server: () => ({}),
};
