import type { Closable } from "../../core/disposal.ts";
import type { Address } from "./address.ts";
import type { TlsClientSettings, TlsServerSettings } from "./tls-settings.ts";

/** What comes out of a datagram socket. */
export interface DatagramHandler {
  /** One datagram; `octets` belong to the handler from now on. */
  received(octets: Buffer, host: string, port: number): void;
  /** The socket itself failed; it may or may not work on. */
  failed(error: Error): void;
}

/** A bound UDP socket. */
export interface DatagramSocket extends Closable {
  readonly local: Address;
  start(handler: DatagramHandler): void;
  /** Sends to an IP address, without any look-up. `sent` is told the outcome, later, never inside this call. */
  send(octets: Buffer, host: string, port: number, sent: (error: Error | null) => void): void;
}

/** What comes out of a stream. `closed` is the last call. */
export interface StreamHandler {
  received(octets: Buffer): void;
  /** The peer has closed its sending side (half-close); writing may still work. */
  ended(): void;
  /** Nothing comes or goes any more; `error` says why where it was not on purpose. */
  closed(error?: Error): void;
}

/** A connected stream: TCP, or a TLS session over it. */
export interface StreamConnection {
  readonly local: Address;
  readonly remote: Address;
  /** Octets written here that the kernel did not take yet. */
  readonly unsentOctets: number;
  /** Begins to read. */
  start(handler: StreamHandler): void;
  /** `written` is told the outcome, later, never inside this call. */
  write(octets: Buffer, written: (error?: Error | null) => void): void;
  /** Closes the sending side once everything is written; still reads. */
  end(): void;
  /** Closes both sides once everything is written. */
  close(): void;
  /** Closes at once, unsent octets are lost. */
  destroy(): void;
}

/** A listening stream socket. Closing it leaves its accepted connections alone. */
export interface StreamListener extends Closable {
  readonly local: Address;
  /** `refused` is told of connections that ended before they could carry anything: failed handshakes of TLS. */
  start(accept: (connection: StreamConnection) => void, refused?: (remote: Address, error: Error) => void): void;
}

export interface ConnectOptions {
  /** Source address; the kernel picks when absent. */
  readonly localHost?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TlsConnectOptions extends ConnectOptions {
  readonly settings: TlsClientSettings;
  /** The host's name before it was looked up; the settings' own name goes before it. */
  readonly serverName?: string | undefined;
  /** Called when the peer took the connection and the handshake begins. */
  readonly reached?: (() => void) | undefined;
}

/**
 * Where octets come from and go to: the kernel's sockets, or a network in memory for tests. Hosts are IP addresses,
 * never names. Everything rejects with the platform's errors (`code` EADDRINUSE, ECONNREFUSED…); `failures.ts` turns
 * them into TransportErrors.
 */
export interface Network {
  /** `port` 0: any free one. */
  bindUdp(host: string, port: number): Promise<DatagramSocket>;
  /** `port` 0: any free one. */
  listenTcp(host: string, port: number): Promise<StreamListener>;
  connectTcp(remote: Address, options?: ConnectOptions): Promise<StreamConnection>;
  /** As `listenTcp`; connections are handed out once their handshake is done. */
  listenTls(host: string, port: number, settings: TlsServerSettings): Promise<StreamListener>;
  /** As `connectTcp`, and shakes hands. Rejects with a TransportError for what is wrong with TLS. */
  connectTls(remote: Address, options: TlsConnectOptions): Promise<StreamConnection>;
}
