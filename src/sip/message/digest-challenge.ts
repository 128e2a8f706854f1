import { digestAlgorithm } from "./digest-algorithms.ts";
import {
  authScheme,
  formatDigestParameters,
  parseDigestParameters,
  valuesByName,
  type DigestParameter,
} from "./digest-parameters.ts";
import { toHeaderValue } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { splitList } from "./tokens.ts";

/** What a 401 or 407 asks for (RFC 7616 §3.3, RFC 3261 §22). Texts are octet strings. */
export interface DigestChallenge {
  readonly scheme: "Digest";
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As written; undefined means MD5. */
  readonly algorithm: string | undefined;
  /** Lower case, in the server's order; empty where the challenge has no qop. */
  readonly qop: readonly string[];
  /** The password was right, only the nonce is too old. */
  readonly stale: boolean;
  readonly domain: string | undefined;
  /** The user name has to be sent hashed (RFC 7616 §3.4.4). */
  readonly userhash: boolean;
  /** All parameters, in order, as they stood. */
  readonly parameters: readonly DigestParameter[];
}

/**
 * Reads the value of one WWW-Authenticate or Proxy-Authenticate line. Undefined for another scheme and for what no
 * client can answer: parameters that cannot be read, no realm, no nonce.
 */
export function parseChallenge(value: string): DigestChallenge | undefined {
  if (authScheme(value).toLowerCase() !== "digest") return undefined;
  const parameters = readLeniently(value);
  const values = valuesByName(parameters);
  const realm = values.get("realm");
  const nonce = values.get("nonce");
  if (realm === undefined || nonce === undefined) return undefined;
  return {
    scheme: "Digest",
    realm,
    nonce,
    opaque: values.get("opaque"),
    algorithm: values.get("algorithm"),
    qop: qopList(values.get("qop")),
    stale: values.get("stale")?.toLowerCase() === "true",
    domain: values.get("domain"),
    userhash: values.get("userhash")?.toLowerCase() === "true",
    parameters,
  };
}

/** A scheme, and parameters behind it or nothing: what begins a challenge where several stand in one line. */
const NEW_SCHEME = /^[^\s=",]+(?:[ \t]+[^\s=",]+[ \t]*=|$)/;

/**
 * Reads the challenges of one line, in their order. There should be one (RFC 3261 §20.44); elements on the way join lines
 * as those of HTTP (RFC 9110 §11.6.1), and some servers do it themselves.
 */
export function parseChallenges(value: string): DigestChallenge[] {
  const challenges: string[][] = [];
  for (const item of splitList(value)) {
    const current = challenges.at(-1);
    if (!current || NEW_SCHEME.test(item)) challenges.push([item]);
    else current.push(item);
  }
  return challenges.map((parts) => parseChallenge(parts.join(", "))).filter((challenge) => challenge !== undefined);
}

function readLeniently(value: string): DigestParameter[] {
  try {
    return parseDigestParameters(value);
  } catch (error) {
    if (error instanceof SipParseError) return [];
    throw error;
  }
}

function qopList(text: string | undefined): string[] {
  if (text === undefined) return [];
  return text
    .toLowerCase()
    .split(",")
    .map((qop) => qop.trim())
    .filter((qop) => qop !== "");
}

/**
 * The challenge to answer among several of one realm: the first, in the server's order, whose algorithm and quality of
 * protection we have (RFC 8760 §2.4). Undefined where none is; it is never answered with another algorithm.
 */
export function chooseChallenge(challenges: readonly (DigestChallenge | undefined)[]): DigestChallenge | undefined {
  return challenges.find((challenge) => challenge !== undefined && canAnswer(challenge));
}

function canAnswer(challenge: DigestChallenge): boolean {
  const algorithm = digestAlgorithm(challenge.algorithm);
  if (!algorithm) return false;
  if (challenge.qop.length === 0) return !algorithm.session;
  return chooseQop(challenge) !== undefined;
}

/** `auth` before `auth-int`, since an element on the way may change the body; undefined where neither is offered. */
export function chooseQop(challenge: DigestChallenge): "auth" | "auth-int" | undefined {
  return (["auth", "auth-int"] as const).find((qop) => challenge.qop.includes(qop));
}

export interface ChallengeOptions {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string | undefined;
  /** Left out by default, which means MD5. */
  readonly algorithm?: string | undefined;
  /** Left out where empty, as CUCM does; RFC 8760 §2.6 wants it. */
  readonly qop?: readonly string[] | undefined;
  readonly stale?: boolean | undefined;
}

/** A challenge as header value, quoted by the grammar: qop is, stale and algorithm are not (RFC 7616 §3.3). */
export function formatChallenge(options: ChallengeOptions): string {
  const { realm, nonce, opaque, algorithm, qop = [], stale } = options;
  const quoted = (name: string, value: string): DigestParameter => ({
    name,
    value: toHeaderValue(value),
    quoted: true,
  });
  const plain = (name: string, value: string): DigestParameter => ({
    name,
    value: toHeaderValue(value),
    quoted: false,
  });
  return formatDigestParameters([
    quoted("realm", realm),
    quoted("nonce", nonce),
    ...(opaque === undefined ? [] : [quoted("opaque", opaque)]),
    ...(qop.length === 0 ? [] : [quoted("qop", qop.join(","))]),
    ...(stale === undefined ? [] : [plain("stale", String(stale))]),
    ...(algorithm === undefined ? [] : [plain("algorithm", algorithm)]),
  ]);
}
