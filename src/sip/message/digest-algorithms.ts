import { hash } from "node:crypto";
import { isAscii } from "./octet-text.ts";

/** One row of RFC 7616 §3.3 and RFC 8760 §2.2. */
export interface DigestAlgorithm {
  /** Token as it is registered. */
  readonly token: string;
  /** Name of the hash in node:crypto. */
  readonly hash: string;
  /** Hex digits of a response. */
  readonly digits: number;
  /** A1 is hashed once more with nonce and cnonce. */
  readonly session: boolean;
}

const ALGORITHMS: readonly DigestAlgorithm[] = [
  { token: "MD5", hash: "md5", digits: 32, session: false },
  { token: "MD5-sess", hash: "md5", digits: 32, session: true },
  { token: "SHA-256", hash: "sha256", digits: 64, session: false },
  { token: "SHA-256-sess", hash: "sha256", digits: 64, session: true },
  { token: "SHA-512-256", hash: "sha512-256", digits: 64, session: false },
  { token: "SHA-512-256-sess", hash: "sha512-256", digits: 64, session: true },
];

const BY_TOKEN = new Map(ALGORITHMS.map((algorithm) => [algorithm.token.toLowerCase(), algorithm]));

/** The algorithm of this token, compared without case; absent means MD5 (RFC 7616 §3.3). Undefined where we know none. */
export function digestAlgorithm(token = "MD5"): DigestAlgorithm | undefined {
  return BY_TOKEN.get(token.toLowerCase());
}

/** Lower-case hex digest of an octet string or of octets. */
export function digestHex(algorithm: DigestAlgorithm, input: string | Uint8Array): string {
  // In one call: a Hash object costs several times what the hash itself does.
  return hash(algorithm.hash, typeof input === "string" ? latin1Octets(input) : input, "hex");
}

/** `hash` reads strings as UTF-8, which for ASCII is the same. */
function latin1Octets(text: string): string | Buffer {
  return isAscii(text) ? text : Buffer.from(text, "latin1");
}
