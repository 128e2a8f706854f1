/** Oldest version of TLS to speak. Below 1.2 the algorithms that only old phones know are allowed as well. */
export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** Each item as PEM or as the name of a PEM file, not both. */
export interface TlsCredentials {
  /** Our certificate, behind it those of the authorities between it and the root. */
  readonly certificate?: string | Buffer | undefined;
  readonly certificateFile?: string | undefined;
  /** Private key of the certificate, not encrypted. */
  readonly key?: string | Buffer | undefined;
  readonly keyFile?: string | undefined;
  /** Authorities to trust instead of the platform's. */
  readonly ca?: string | Buffer | undefined;
  readonly caFile?: string | undefined;
  /** Default TLSv1.2. */
  readonly minVersion?: TlsVersion | undefined;
}

/** How a listening address speaks TLS: certificate and key are needed. */
export interface TlsServerOptions extends TlsCredentials {
  /** True: who has no certificate by a trusted authority does not get in. Default false: nobody is asked for one. */
  readonly requestClientCertificate?: boolean | undefined;
}

/** How an endpoint speaks TLS to those it connects to; a certificate is shown to servers that ask for one. */
export interface TlsClientOptions extends TlsCredentials {
  /** Name asked for (SNI) and looked for in the server's certificate. Default: the host that a message is sent to. */
  readonly serverName?: string | undefined;
  /** False: any certificate will do, whoever issued it and whatever it names. Default true. */
  readonly verifyServer?: boolean | undefined;
}
