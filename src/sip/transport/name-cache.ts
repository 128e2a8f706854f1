import type { Clock } from "../../core/clock.ts";
import type { Address } from "./address.ts";
import type { Resolver } from "./resolver.ts";

/** 64*T1: everything of one transaction goes to one place (RFC 3263 §4), and changes in DNS are seen soon. */
const KEPT_MS = 32_000;
/** Peers can make us look up names; more than these are not remembered. */
const MOST_NAMES = 1024;

interface Entry {
  readonly found: Promise<Address[]>;
  readonly until: number;
}

/** Look-ups, remembered for a while, so that retransmissions cost none and can't overtake each other. */
export class NameCache {
  readonly #clock: Clock;
  readonly #resolver: Resolver;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, resolver: Resolver) {
    this.#clock = clock;
    this.#resolver = resolver;
  }

  /** @throws {TransportError} ERR_HOST_NOT_FOUND. Not remembered. */
  locate(name: Address): Promise<Address[]> {
    const key = `${name.protocol}:${name.host.toLowerCase()}:${name.port}`;
    const kept = this.#entries.get(key);
    if (kept && kept.until > this.#clock.now()) return kept.found;
    if (this.#entries.size >= MOST_NAMES) this.#entries.clear();
    const found = this.#resolver.locate(name);
    this.#entries.set(key, { found, until: this.#clock.now() + KEPT_MS });
    found.catch(() => this.#entries.delete(key));
    return found;
  }
}
