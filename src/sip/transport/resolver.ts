import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { asError } from "../../core/errors.ts";
import type { Address, Protocol } from "./address.ts";
import { sendFailure } from "./failures.ts";

/** A next hop as a URI or a configuration names it. */
export interface ResolveTarget {
  /** IP address without brackets, or host name. */
  readonly host: string;
  /** Absent: by DNS where the resolver can, else the protocol's default. */
  readonly port?: number | undefined;
  /** The `transport` parameter, or what a Via says. Absent: UDP, for a sips URI TLS. */
  readonly protocol?: Protocol | undefined;
  /** A sips URI. */
  readonly secure?: boolean | undefined;
}

/**
 * Finds where a target is. Deviates from RFC 3263 §4: without NAPTR and SRV, and only the first address is tried. This
 * is the seam behind which they come.
 */
export interface Resolver {
  /**
   * @returns at least one address, in the order to try them; hosts are IP addresses.
   * @throws {TransportError} ERR_HOST_NOT_FOUND.
   */
  locate(target: ResolveTarget): Promise<Address[]>;
}

/** Port of a protocol where none is named: 5060, with TLS 5061 (RFC 3261 §19.1.2). */
export function defaultPort(protocol: Protocol): number {
  return protocol === "tls" ? 5061 : 5060;
}

/** Resolves by A and AAAA records and the hosts file, in the platform's order: no NAPTR, no SRV. */
export function systemResolver(): Resolver {
  return { locate };
}

async function locate(target: ResolveTarget): Promise<Address[]> {
  const protocol = target.protocol ?? (target.secure === true ? "tls" : "udp");
  const port = target.port ?? defaultPort(protocol);
  if (isIP(target.host) !== 0) return [{ protocol, host: target.host, port }];
  try {
    const found = await lookup(target.host, { all: true });
    return found.map(({ address }) => ({ protocol, host: address, port }));
  } catch (error) {
    throw sendFailure(asError(error), { protocol, host: target.host, port });
  }
}
