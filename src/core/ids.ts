import { createHash, randomBytes } from "node:crypto";

/** Identifiers and randomness, handed in: random in a run, repeatable in a test or with `--seed`. */
export interface Ids {
  /** `count` random octets. */
  bytes(count: number): Buffer;
  /** Lower-case hex text of `octets` random octets. Default 8 (64 bits). */
  hex(octets?: number): string;
  /** Integer from 0 up to, not including, `below`; `below` at most 2^32. */
  integer(below: number): number;
  /** Via branch with the magic cookie and 64 random bits (RFC 3261 §8.1.1.7). */
  branch(): string;
  /** From or To tag with 64 random bits (RFC 3261 §19.3 asks for 32). */
  tag(): string;
  /** Call-ID without a host part. */
  callId(): string;
  /** Random UUID, version 4, lower case. */
  uuid(): string;
}

/** @param draw octets that belong to the pool: to be read at once, not kept or written to. */
function idsFrom(draw: (count: number) => Buffer): Ids {
  const bytes = (count: number): Buffer => Buffer.from(draw(count));
  const hex = (octets = 8): string => draw(octets).toString("hex");
  return {
    bytes,
    hex,
    integer: (below) => draw(6).readUIntBE(0, 6) % below,
    branch: () => `z9hG4bK${hex()}`,
    tag: () => hex(),
    callId: () => hex(16),
    uuid() {
      const text = hex(16);
      // Of the digit behind the version, the variant takes the upper two bits.
      const variant = "89ab"[Number.parseInt(text.charAt(16), 16) & 3] ?? "";
      const middle = `4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}`;
      return `${text.slice(0, 8)}-${text.slice(8, 12)}-${middle}-${text.slice(20)}`;
    },
  };
}

const POOL_OCTETS = 4096;

/** Unpredictable identifiers. Draws from a pool, since one call into the kernel per tag costs more than the tag. */
export function randomIds(): Ids {
  let pool = randomBytes(POOL_OCTETS);
  let used = 0;
  return idsFrom((count) => {
    if (count > POOL_OCTETS) return randomBytes(count);
    if (used + count > POOL_OCTETS) {
      pool = randomBytes(POOL_OCTETS);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  });
}

/** The same identifiers for the same `seed`, in the same order of calls. For tests and seeded faults, never for nonces. */
export function seededIds(seed: string): Ids {
  let block = 0;
  let pool = Buffer.alloc(0);
  return idsFrom((count) => {
    while (pool.length < count) {
      const next = createHash("sha256").update(`${seed}:${block}`).digest();
      block += 1;
      pool = Buffer.concat([pool, next]);
    }
    const taken = pool.subarray(0, count);
    pool = pool.subarray(count);
    return taken;
  });
}
