import type { Clock } from "../../src/core/clock.ts";
import { InternalError } from "../../src/core/errors.ts";
import type { Network } from "../../src/sip/transport/network.ts";

export interface MemoryNetworkOptions {
  /** How long octets travel, on the clock. Default 0: they arrive in a microtask. */
  readonly delayMs?: number;
}

/**
 * A network in memory: any host name is an address, nothing is lost, everything arrives in order. A datagram to a
 * port where nobody listens vanishes, a connection to one is refused.
 */
export function memoryNetwork(clock: Clock, options: MemoryNetworkOptions = {}): Network {
  throw new InternalError(`not there yet ${clock.now()} ${typeof options}`, { code: "ERR_NOT_IMPLEMENTED" });
}
