import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";

/** `foreign`: not made here, or damaged. */
export type NonceState = "valid" | "expired" | "foreign";

/** Nonce validity time of a phone security profile, its default (call-manager-rules 1G). */
export const NONCE_VALIDITY_MS = 600_000;

const STAMP_OCTETS = 6;
const SALT_OCTETS = 4;
const NONCE_OCTETS = 24;
const NONCE_TEXT = /^[A-Za-z0-9+/]{32}$/;

/**
 * Nonces of 24 octets as 32 base64 characters (REG-02): time of making, salt and an HMAC over both. They are checked
 * without a memory of those given out, so a flood of challenges costs nothing.
 */
export class Nonces {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #key: Buffer;

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
    this.#key = ids.bytes(32);
  }

  next(): string {
    const made = Buffer.alloc(STAMP_OCTETS);
    made.writeUIntBE(Math.floor(this.#clock.now()), 0, STAMP_OCTETS);
    const head = Buffer.concat([made, this.#ids.bytes(SALT_OCTETS)]);
    return Buffer.concat([head, this.#seal(head)]).toString("base64");
  }

  check(nonce: string): NonceState {
    if (!NONCE_TEXT.test(nonce)) return "foreign";
    const octets = Buffer.from(nonce, "base64");
    const head = octets.subarray(0, STAMP_OCTETS + SALT_OCTETS);
    if (!timingSafeEqual(octets.subarray(head.length), this.#seal(head))) return "foreign";
    const ageMs = this.#clock.now() - head.readUIntBE(0, STAMP_OCTETS);
    return ageMs <= NONCE_VALIDITY_MS ? "valid" : "expired";
  }

  #seal(head: Buffer): Buffer {
    const octets = NONCE_OCTETS - STAMP_OCTETS - SALT_OCTETS;
    return createHmac("sha256", this.#key).update(head).digest().subarray(0, octets);
  }
}
