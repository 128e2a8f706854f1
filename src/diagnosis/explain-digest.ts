import { decodeText, digestAlgorithm, type DigestCredentials } from "../sip/message/index.ts";
import { inputsOf, responseOf, type DigestInputs, type KnownOfDigest } from "./digest-inputs.ts";
import { variationsOf, type DigestSurroundings, type Variation } from "./digest-variations.ts";

export interface DigestQuestion extends KnownOfDigest, DigestSurroundings {
  readonly credentials: DigestCredentials;
  /** Try two mistakes at once, too, which takes some thousand hashes. Default true. */
  readonly pairs?: boolean;
  /** Show the values of response and HA1. Default false: eight asterisks. */
  readonly unmasked?: boolean;
}

/** A digest looked into, in parts. */
export interface DigestExplanation {
  /** Whether the response is the one that these inputs give. */
  readonly fits: boolean;
  /** The formulas with their inputs, secrets masked. */
  readonly inputs: readonly string[];
  /** What is odd about the credentials, whatever the password. */
  readonly oddities: readonly string[];
  /** Changed inputs that give the response sent, in words; empty where it fits as it is, or where none of those tried does. */
  readonly wouldFit: readonly string[];
  /** How many changes were tried, single ones and pairs. */
  readonly tried: number;
}

const MASK = "********";
const MOST_TEXT = 120;

function shown(octetText: string): string {
  return decodeText(octetText).slice(0, MOST_TEXT);
}

function inputLines(inputs: DigestInputs, response: string, unmasked: boolean): string[] {
  const { username, realm, password, nonce, method, uri, qop, nc = "", cnonce = "" } = inputs;
  const algorithm = digestAlgorithm(inputs.algorithm);
  const hash = algorithm?.token.replace(/-sess$/, "") ?? "?";
  const secret = unmasked ? decodeText(password) : password === "" ? "" : MASK;
  const key = `${hash}(${shown(username)}:${shown(realm)}:${secret})`;
  const body = qop?.toLowerCase() === "auth-int" ? `:${hash}(body of ${inputs.body.length} octets)` : "";
  const middle = qop === undefined ? shown(nonce) : [shown(nonce), shown(nc), shown(cnonce), shown(qop)].join(":");
  const computed = responseOf(inputs);
  const masked = (value: string): string => (unmasked || value === "" ? value : MASK);
  return [
    `HA1      = ${algorithm?.session === true ? `${hash}(${key}:${shown(nonce)}:${shown(cnonce)})` : key}`,
    `HA2      = ${hash}(${method}:${shown(uri)}${body})`,
    `response = ${hash}(HA1:${middle}:HA2)${computed === undefined ? "" : ` = ${masked(computed)}`}`,
    `sent     = ${masked(shown(response)) || "(empty)"}`,
  ];
}

function odditiesOf({ credentials, challenge, requestUri }: DigestQuestion): string[] {
  const { realm, nonce, uri, response, qop, nc, cnonce, algorithm } = credentials;
  const known = digestAlgorithm(algorithm);
  const wrongLength = known && response !== "" && !new RegExp(`^[0-9a-f]{${known.digits}}$`, "i").test(response);
  const odd: readonly (string | false | undefined)[] = [
    !known && `algorithm "${shown(algorithm ?? "")}" is not known here`,
    response === "" && "the response is empty",
    wrongLength && `the response is not ${known.digits} hexadecimal digits, as ${known.token} gives`,
    challenge &&
      realm !== challenge.realm &&
      `realm "${shown(realm)}" is not the challenge's "${shown(challenge.realm)}"`,
    challenge && nonce !== challenge.nonce && "the nonce is not the challenge's",
    requestUri !== undefined &&
      uri !== requestUri &&
      `uri "${shown(uri)}" is not the Request-URI "${shown(requestUri)}"`,
    qop !== undefined &&
      (nc === undefined || !/^[0-9a-f]{8}$/i.test(nc)) &&
      "with qop, nc has to be eight hexadecimal digits",
    qop !== undefined && cnonce === undefined && "with qop, a cnonce has to be sent",
  ];
  return odd.filter((text) => typeof text === "string");
}

interface Search {
  readonly wouldFit: readonly string[];
  readonly tried: number;
}

/** Peers choose nonce and realm, and thousands of hashes over many kilobytes take their time. */
const MOST_FOR_PAIRS = 2_000;

/** The single changes that fit; only where none does, the pairs. */
function search(inputs: DigestInputs, variations: readonly Variation[], response: string, pairs: boolean): Search {
  const fits = (change: Partial<DigestInputs>): boolean => responseOf({ ...inputs, ...change }) === response;
  const single = variations.filter(({ change }) => fits(change)).map(({ words }) => words);
  const isLong =
    Object.values(inputs).reduce<number>((sum, value) => sum + String(value ?? "").length, 0) > MOST_FOR_PAIRS;
  if (single.length > 0 || isLong || !pairs) return { wouldFit: single, tried: variations.length };
  const wouldFit: string[] = [];
  let tried = variations.length;
  for (const [index, first] of variations.entries()) {
    for (const second of variations.slice(index + 1)) {
      if (second.input === first.input) continue;
      tried += 1;
      if (fits({ ...first.change, ...second.change })) wouldFit.push(`${first.words} and ${second.words}`);
    }
  }
  return { wouldFit, tried };
}

/**
 * Looks into digest credentials with a password that is known: whether the response fits, what it was computed from, and
 * which of the usual mistakes would have given it. Some thousand hashes at most.
 */
export function explainDigest(question: DigestQuestion): DigestExplanation {
  const { credentials, unmasked = false, pairs = true } = question;
  const response = credentials.response.toLowerCase();
  const inputs = inputsOf(credentials, question);
  const fits = response !== "" && responseOf(inputs) === response;
  const oddities = odditiesOf(question);
  const common = { fits, inputs: inputLines(inputs, credentials.response, unmasked), oddities };
  if (fits || response === "") return { ...common, wouldFit: [], tried: 0 };
  return { ...common, ...search(inputs, variationsOf(inputs, question), response, pairs) };
}

const MOST_FITTING = 3;

/** Characters of the labels with which `digestLines` begin. */
export const DIGEST_LABEL = 11;

/** The same as lines for a reader. */
export function digestLines({ fits, inputs, oddities, wouldFit, tried }: DigestExplanation): string[] {
  const verdict = fits
    ? "it fits: the phone computed rightly from this password"
    : wouldFit.length > 0
      ? `it does not fit; it would with ${wouldFit.slice(0, MOST_FITTING).join("; or with ")}`
      : `it does not fit, and ${tried === 0 ? "there is nothing to try" : `none of ${tried} usual mistakes explains it`}`;
  return [...inputs, `verdict  : ${verdict}`, ...oddities.map((oddity) => `odd      : ${oddity}`)];
}
