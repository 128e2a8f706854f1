import type { Clock } from "../core/clock.ts";
import { TransportError } from "../core/errors.ts";
import type { Target } from "../inventory/model.ts";
import { formatAddress, isUdpPortClosed, systemResolver, type Address } from "../sip/transport/index.ts";

/** A host that refuses a datagram does it within a round trip. */
const PROBE_MS = 200;

/**
 * Tells a wrong address from a silent target before the first phone speaks UDP: nothing else would, and each phone would
 * wait its whole time in vain. A port that is closed is looked at again for the next phone: the target may come up late.
 */
export class ClosedPortCheck {
  readonly #target: Pick<Target, "host" | "port">;
  readonly #clock: Clock;
  #probe: Promise<Address | undefined> | undefined;

  constructor(target: Pick<Target, "host" | "port">, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  /** @throws {TransportError} ERR_TARGET_UNREACHABLE. */
  async check(): Promise<void> {
    this.#probe ??= this.#closedPort();
    const closed = await this.#probe;
    if (!closed) return;
    this.#probe = undefined;
    const place = formatAddress(closed);
    throw new TransportError(
      `nobody listens on ${place}: its host refuses what is sent there. Check the target's address and transports in the lab file.`,
      { code: "ERR_TARGET_UNREACHABLE", details: { target: place } },
    );
  }

  async #closedPort(): Promise<Address | undefined> {
    const [address] = await systemResolver().locate({ ...this.#target, protocol: "udp" });
    return address && (await isUdpPortClosed(address, this.#clock, PROBE_MS)) ? address : undefined;
  }
}
