import { timingSafeEqual } from "node:crypto";
import { UsageError } from "../../core/errors.ts";
import { digestAlgorithm, digestHex, type DigestAlgorithm } from "./digest-algorithms.ts";
import { chooseQop, type DigestChallenge } from "./digest-challenge.ts";
import type { DigestCredentials } from "./digest-credentials.ts";
import type { DigestParameter } from "./digest-parameters.ts";
import { encodeText, toHeaderValue } from "./octet-text.ts";

export interface ResponseInput {
  /** Clear name, as octet string; with `userhash` too. */
  readonly username: string;
  readonly realm: string;
  /** Text, hashed as UTF-8. Either this or `ha1`. */
  readonly password?: string | undefined;
  /** Hex of H(username:realm:password), where the password is not known. */
  readonly ha1?: string | undefined;
  readonly nonce: string;
  readonly method: string;
  /** Exactly as in the `uri` parameter. */
  readonly uri: string;
  /** Default MD5. */
  readonly algorithm?: string | undefined;
  /** `auth`, `auth-int`, or none for the form of RFC 2069. */
  readonly qop?: string | undefined;
  /** Eight hex digits exactly as sent; needed with qop, as is `cnonce`. */
  readonly nc?: string | undefined;
  readonly cnonce?: string | undefined;
  /** Hashed with `auth-int`. */
  readonly body?: Buffer | string | undefined;
}

/**
 * The `response` parameter: lower-case hex.
 * @throws {UsageError} ERR_DIGEST_ALGORITHM: not an algorithm of ours.
 * @see RFC 7616 §3.4.1, RFC 2069 §2.1.2
 */
export function computeResponse(input: ResponseInput): string {
  return proofOf(input, input.method);
}

/** The `rspauth` of Authentication-Info, by which the server proves that it knows the password (RFC 7616 §3.5). */
export function computeServerProof(input: ResponseInput): string {
  return proofOf(input, "");
}

function proofOf(input: ResponseInput, method: string): string {
  const algorithm = digestAlgorithm(input.algorithm);
  if (!algorithm) {
    throw new UsageError(`digest algorithm ${JSON.stringify(input.algorithm)} is not known here`, {
      code: "ERR_DIGEST_ALGORITHM",
      details: { algorithm: input.algorithm },
    });
  }
  const { nonce, qop, nc = "", cnonce = "" } = input;
  const a1 = sessionKey(algorithm, input);
  const bodyHash = qop?.toLowerCase() === "auth-int" ? `:${digestHex(algorithm, bodyOctets(input.body))}` : "";
  const a2 = digestHex(algorithm, `${method}:${input.uri}${bodyHash}`);
  const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
  return digestHex(algorithm, `${a1}:${middle}:${a2}`);
}

function sessionKey(algorithm: DigestAlgorithm, input: ResponseInput): string {
  const key = input.ha1?.toLowerCase() ?? digestHex(algorithm, secretOf(input));
  return algorithm.session ? digestHex(algorithm, `${key}:${input.nonce}:${input.cnonce ?? ""}`) : key;
}

/** Composed form and UTF-8, as RFC 7616 §4 wants it of what people type. */
function secretOf(input: ResponseInput): string {
  return `${input.username}:${input.realm}:${encodeText((input.password ?? "").normalize("NFC"))}`;
}

function bodyOctets(body: Buffer | string = ""): Uint8Array {
  return typeof body === "string" ? Buffer.from(body, "utf8") : body;
}

/** In which order credentials are written and which of them in quotes: the habits of a phone profile. */
export interface CredentialsStyle {
  /** Parameters not named here follow in the order of the RFC; named ones without a value are left out. */
  readonly order?: readonly string[] | undefined;
  /** Names of those that are quoted; default, and for what `order` does not name: as the grammar wants it. */
  readonly quoted?: readonly string[] | undefined;
}

export interface AnswerOptions {
  readonly challenge: DigestChallenge;
  /** Text; written as UTF-8. */
  readonly username: string;
  /** Text; hashed as UTF-8. */
  readonly password: string;
  readonly method: string;
  /** The Request-URI of this request. */
  readonly uri: string;
  readonly body?: Buffer | string | undefined;
  /** How many requests, this one included, used the challenge's nonce. Default 1. */
  readonly nc?: number | undefined;
  /** Fresh randomness; needed where the challenge offers a qop. */
  readonly cnonce?: string | undefined;
  readonly style?: CredentialsStyle | undefined;
}

const ORDER = [
  "username",
  "realm",
  "nonce",
  "uri",
  "algorithm",
  "response",
  "opaque",
  "qop",
  "cnonce",
  "nc",
  "userhash",
] as const;

const QUOTED = ["username", "realm", "nonce", "uri", "response", "cnonce", "opaque"];

/**
 * The credentials that answer a challenge. Without qop in the challenge none of qop, nc, cnonce is sent; algorithm and
 * opaque are given back as they came.
 * @throws {UsageError} ERR_DIGEST_ALGORITHM: the challenge wants an algorithm or qop that we lack (ask
 * `chooseChallenge` first); ERR_DIGEST_CNONCE: qop is offered and `cnonce` is missing.
 * @see RFC 7616 §3.4, RFC 3261 §22.4
 */
export function answerChallenge(options: AnswerOptions): DigestCredentials {
  const { challenge, style = {} } = options;
  const qop = chooseQop(challenge);
  if (challenge.qop.length > 0 && qop === undefined) throw unusableQop(challenge);
  const username = toHeaderValue(encodeText(options.username));
  const { password, method, body } = options;
  const uri = toHeaderValue(options.uri);
  const { realm, nonce, algorithm, opaque } = challenge;
  const cnonce = qop === undefined || options.cnonce === undefined ? undefined : toHeaderValue(options.cnonce);
  if (qop !== undefined && cnonce === undefined) throw missingCnonce();
  const nc = qop === undefined ? undefined : formatNonceCount(options.nc ?? 1);
  const response = computeResponse({ username, realm, password, nonce, method, uri, algorithm, qop, nc, cnonce, body });
  const shown = sentName(challenge, username);
  const { userhash } = challenge;
  const hashed = userhash ? "true" : undefined;
  const parameters = styled(
    { username: shown, realm, nonce, uri, algorithm, response, opaque, qop, cnonce, nc, userhash: hashed },
    style,
  );
  return { username: shown, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc, userhash, parameters };
}

/** H(username:realm) where the challenge asks to hide the name (RFC 7616 §3.4.4). */
function sentName(challenge: DigestChallenge, username: string): string {
  const algorithm = digestAlgorithm(challenge.algorithm);
  return challenge.userhash && algorithm ? digestHex(algorithm, `${username}:${challenge.realm}`) : username;
}

function styled(values: Readonly<Record<string, string | undefined>>, style: CredentialsStyle): DigestParameter[] {
  const ordered = style.order?.map((name) => name.toLowerCase()) ?? [];
  const names = new Set([...ordered, ...ORDER]);
  const isQuoted = (name: string): boolean => {
    const isStyled = style.quoted !== undefined && (style.order === undefined || ordered.includes(name));
    return (isStyled ? style.quoted : QUOTED).includes(name);
  };
  const parameters: DigestParameter[] = [];
  for (const name of names) {
    const value = values[name];
    if (value !== undefined) parameters.push({ name, value, quoted: isQuoted(name) });
  }
  return parameters;
}

/** Eight hex digits (RFC 7616 §3.4). */
function formatNonceCount(count: number): string {
  return count.toString(16).padStart(8, "0");
}

function unusableQop(challenge: DigestChallenge): UsageError {
  return new UsageError(`none of the challenge's qop values is known here: ${challenge.qop.join(", ")}`, {
    code: "ERR_DIGEST_ALGORITHM",
    details: { qop: challenge.qop },
  });
}

function missingCnonce(): UsageError {
  return new UsageError("the challenge offers a qop: give a fresh cnonce", { code: "ERR_DIGEST_CNONCE" });
}

/** What a verifier knows of a user. */
export interface KnownSecret {
  /** Text; hashed as UTF-8. */
  readonly password?: string;
  /** Hex of H(username:realm:password), where the password is not known. */
  readonly ha1?: string;
  /** Clear name, as octet string; needed where the credentials hash it (`userhash`). */
  readonly username?: string;
}

/**
 * Whether credentials prove this password for a request of this method and body. Compares in constant time and hex
 * without case. Nonce, realm, uri and the offered algorithms are for the caller to judge.
 */
export function responseMatches(
  credentials: DigestCredentials,
  secret: string | KnownSecret,
  method: string,
  body?: Buffer | string,
): boolean {
  const known = typeof secret === "string" ? { password: secret } : secret;
  if (!digestAlgorithm(credentials.algorithm) || !isSoundProtection(credentials)) return false;
  const { username, realm, nonce, uri, algorithm, qop, nc, cnonce } = credentials;
  const expected = computeResponse({ username, realm, nonce, uri, algorithm, qop, nc, cnonce, method, body, ...known });
  const given = credentials.response.toLowerCase();
  return (
    given.length === expected.length && timingSafeEqual(Buffer.from(given, "latin1"), Buffer.from(expected, "latin1"))
  );
}

/** With qop there must be nc (eight hex digits) and cnonce; a -sess algorithm needs a cnonce (RFC 7616 §3.4). */
function isSoundProtection(credentials: DigestCredentials): boolean {
  const { qop, nc, cnonce, algorithm } = credentials;
  if (qop === undefined) return digestAlgorithm(algorithm)?.session !== true || cnonce !== undefined;
  if (qop.toLowerCase() !== "auth" && qop.toLowerCase() !== "auth-int") return false;
  return cnonce !== undefined && parseNonceCount(nc) !== undefined;
}

/** Value of eight hex digits; undefined for everything else. */
function parseNonceCount(nc: string | undefined): number | undefined {
  return nc !== undefined && /^[0-9a-fA-F]{8}$/.test(nc) ? Number.parseInt(nc, 16) : undefined;
}

/** Counts the uses of nonces: `next` for a client, `accepts` for a server that refuses replays (RFC 7616 §3.4, §5.12). */
export class NonceCounter {
  readonly #counts = new Map<string, number>();

  /** The count of this request with `nonce`: 1 for the first. */
  next(nonce: string): number {
    const count = (this.#counts.get(nonce) ?? 0) + 1;
    this.#counts.set(nonce, count);
    return count;
  }

  /** Whether `nc` is higher than every one accepted before with this nonce; then it is remembered. */
  accepts(nonce: string, nc: string | undefined): boolean {
    const count = parseNonceCount(nc);
    if (count === undefined || count <= (this.#counts.get(nonce) ?? 0)) return false;
    this.#counts.set(nonce, count);
    return true;
  }

  /** Lets go of a nonce that is no longer in use. */
  forget(nonce: string): void {
    this.#counts.delete(nonce);
  }
}
