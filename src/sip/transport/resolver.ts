import { InternalError } from "../../core/errors.ts";
import type { Address, Protocol } from "./address.ts";

/** A next hop as a URI or a configuration names it. */
export interface ResolveTarget {
  /** IP address or host name. */
  readonly host: string;
  /** Absent: by DNS where the resolver can, else the protocol's default. */
  readonly port?: number | undefined;
  /** The `transport` parameter, or what a Via says. */
  readonly protocol?: Protocol | undefined;
  /** A sips URI. */
  readonly secure?: boolean | undefined;
}

/** Finds where a target is (RFC 3263). The seam behind which NAPTR and SRV come. */
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

/** Resolves by A and AAAA records and the hosts file, as the platform does: no NAPTR, no SRV. */
export function systemResolver(): Resolver {
  throw new InternalError("not there yet", { code: "ERR_NOT_IMPLEMENTED" });
}
