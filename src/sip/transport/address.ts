/** Transports of the engine, spelt as in a URI's `transport` parameter; a Via spells them in upper case. */
export type Protocol = "udp" | "tcp" | "tls";

/** Where a socket is. `host` is an IP address without brackets, or a name that was not resolved yet. */
export interface Address {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
}

/**
 * The way a message took, and the way its answer goes back: for a stream the very connection.
 * `connection` numbers the connections of an endpoint; absent for UDP.
 */
export interface Flow {
  readonly protocol: Protocol;
  readonly local: Address;
  readonly remote: Address;
  readonly connection?: number;
}

/** `udp:127.0.0.1:5060`, IPv6 in brackets: how an address is shown to people and given on the command line. */
export function formatAddress(address: Address): string {
  return `${address.protocol}:${hostPort(address)}`;
}

/** `127.0.0.1:5060`, IPv6 in brackets: how traces name an end. */
export function hostPort(address: Address): string {
  return `${bracketed(address.host)}:${address.port}`;
}

/** An IPv6 address in brackets, as URIs and Via want it; anything else unchanged. */
export function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Whether an IP address is one of version 6. */
export function isV6(host: string): boolean {
  return host.includes(":");
}

/** Whether two places are the same, names compared as they are spelt. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.port === b.port && a.host === b.host && a.protocol === b.protocol;
}
