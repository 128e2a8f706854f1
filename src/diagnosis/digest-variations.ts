import { digestAlgorithm, decodeText, encodeText } from "../sip/message/index.ts";
import { digestHex } from "../sip/message/digest-algorithms.ts";
import type { DigestInputs } from "./digest-inputs.ts";

/** What is known of the request and of the challenge beside the credentials themselves. */
export interface DigestSurroundings {
  readonly requestUri?: string | undefined;
  readonly challenge?: { readonly realm: string; readonly nonce: string } | undefined;
}

/** A mistake that phones and people make with one input of a digest. */
export interface Variation {
  /** Which input; two of the same are never combined. */
  readonly input: "user name" | "password" | "realm" | "nonce" | "method" | "uri" | "algorithm" | "qop";
  /** What would have been done to it, in words that follow "with": `the password in upper case`. Tells no secret. */
  readonly words: string;
  readonly change: Partial<DigestInputs>;
}

type Edit = readonly [words: string, value: string];

function swapCase(text: string): string {
  const swap = (letter: string): string =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
  return Array.from(text, swap).join("");
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function caseEdits(what: string, text: string): Edit[] {
  return [
    [`${what} in lower case`, text.toLowerCase()],
    [`${what} in upper case`, text.toUpperCase()],
    [`${what} with a capital first letter`, capitalised(text)],
    [`${what} with upper and lower case exchanged (Caps Lock)`, swapCase(text)],
  ];
}

function passwordEdits({ password, username }: DigestInputs): Edit[] {
  const text = decodeText(password);
  return [
    ["an empty password", ""],
    ["a space behind the password", `${password} `],
    ["a space before the password", ` ${password}`],
    ["the password without the blanks at its ends", encodeText(text.trim())],
    ["a line feed behind the password", `${password}\n`],
    ["CR and LF behind the password", `${password}\r\n`],
    ...caseEdits("the password", text).map(([words, value]): Edit => [words, encodeText(value)]),
    ["the password in quotes", `"${password}"`],
    ["the user name for a password", username],
    ["the password percent-encoded", encodeURIComponent(text)],
    ["the password with XML entities", text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")],
    ["the password as Latin-1 in place of UTF-8", Buffer.from(text, "latin1").toString("latin1")],
    ["the password's accents decomposed (NFD)", encodeText(text.normalize("NFD"))],
    ...[8, 15, 16, 20, 31, 32].map((length): Edit => [
      `the password cut off after ${length}`,
      password.slice(0, length),
    ]),
  ];
}

function userNameEdits({ username, realm, uri }: DigestInputs): Edit[] {
  const at = username.indexOf("@");
  const host = /^sips?:(?:[^@]*@)?([^;?:]+)/i.exec(uri)?.[1];
  return [
    ...caseEdits("the user name", username),
    ["the user name in quotes", `"${username}"`],
    ["the user name without its blanks", username.trim()],
    ["the user name with @ and the realm", `${username}@${realm}`],
    ...(host === undefined ? [] : [[`the user name with @${host}`, `${username}@${host}`] as const]),
    ...(at > 0 ? [["the user name without its domain", username.slice(0, at)] as const] : []),
    ["an empty user name", ""],
  ];
}

function realmEdits({ realm, uri }: DigestInputs, { challenge }: DigestSurroundings): Edit[] {
  const host = /^sips?:(?:[^@]*@)?([^;?:]+)/i.exec(uri)?.[1];
  return [
    ...(challenge ? [["the challenge's realm", challenge.realm] as const] : []),
    ...caseEdits("the realm", realm).slice(0, 2),
    ["the realm in quotes", `"${realm}"`],
    ...(host === undefined ? [] : [[`"${host}" for a realm`, host] as const]),
    ["an empty realm", ""],
    ["the realm ccmsipline", "ccmsipline"],
    ["the realm asterisk", "asterisk"],
  ];
}

function uriEdits({ uri }: DigestInputs, { requestUri }: DigestSurroundings): Edit[] {
  const bare = uri.replace(/[;?].*$/, "");
  const [, scheme = "sip", host = ""] = /^(sips?):(?:[^@]*@)?(.*)$/i.exec(bare) ?? [];
  return [
    ...(requestUri === undefined ? [] : [["the Request-URI", requestUri] as const]),
    ["the uri without parameters", bare],
    ["the uri without user", `${scheme}:${host}`],
    ["the uri without port", bare.replace(/:\d+$/, "")],
    ["the uri with port 5060", `${bare}:5060`],
    ["the uri without scheme", bare.replace(/^sips?:/i, "")],
    ["the uri in brackets", `<${uri}>`],
    ["the uri in quotes", `"${uri}"`],
    ["the uri in lower case", uri.toLowerCase()],
    ["an empty uri", ""],
  ];
}

const METHODS = ["REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "SUBSCRIBE", "REFER", "UPDATE", "GET"];
const TOKENS = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"];

function qopVariations({ qop, nc = "00000001", cnonce = "" }: DigestInputs): Variation[] {
  const how = (words: string, change: Partial<DigestInputs>): Variation => ({ input: "qop", words, change });
  const shortCount = nc.replace(/^0+(?=.)/, "");
  const values = [
    how("no qop at all (RFC 2069)", { qop: undefined }),
    how("qop=auth", { qop: "auth", nc, cnonce }),
    how("qop=auth-int", { qop: "auth-int", nc, cnonce }),
    how("qop in quotes", { qop: `"${qop ?? "auth"}"` }),
    how(`nc=${shortCount}, without leading zeros`, { nc: shortCount }),
    how("nc=00000001", { nc: "00000001" }),
    how("the cnonce in quotes", { cnonce: `"${cnonce}"` }),
    how("an empty cnonce", { cnonce: "" }),
  ];
  return qop === undefined ? values.slice(1, 3) : values;
}

/** The known password may itself be HA1, or the phone may have taken HA1 for a password. */
function hashVariations(inputs: DigestInputs): Variation[] {
  const algorithm = digestAlgorithm(inputs.algorithm);
  if (!algorithm) return [];
  const { username, realm, password } = inputs;
  const ha1 = digestHex(algorithm, `${username}:${realm}:${password}`);
  const input = "password";
  const given: Variation = {
    input,
    words: "the password taken as HA1, which it is",
    change: { ha1: password.toLowerCase() },
  };
  const known = /^[0-9a-f]+$/i.test(password) && password.length === algorithm.digits ? [given] : [];
  return [...known, { input, words: "HA1 given to the phone as if it were the password", change: { password: ha1 } }];
}

/** Every single mistake that is tried, without those that change nothing. Bounded: about a hundred. */
export function variationsOf(inputs: DigestInputs, surroundings: DigestSurroundings): Variation[] {
  const text = (input: Variation["input"], key: keyof DigestInputs, edits: readonly Edit[]): Variation[] => {
    const changed = edits.filter(([, value]) => value !== inputs[key]);
    return changed.map(([words, value]) => ({ input, words, change: { [key]: value } }));
  };
  const nonce = surroundings.challenge?.nonce;
  return [
    ...text("password", "password", passwordEdits(inputs)),
    ...hashVariations(inputs),
    ...text("user name", "username", userNameEdits(inputs)),
    ...text("realm", "realm", realmEdits(inputs, surroundings)),
    ...text("uri", "uri", uriEdits(inputs, surroundings)),
    ...text(
      "method",
      "method",
      METHODS.map((method) => [`the method ${method}`, method]),
    ),
    ...text("nonce", "nonce", [
      ["the nonce in quotes", `"${inputs.nonce}"`],
      ...(nonce === undefined ? [] : [["the challenge's nonce", nonce] as const]),
      ["an empty nonce", ""],
    ]),
    ...text(
      "algorithm",
      "algorithm",
      TOKENS.map((token) => [`algorithm=${token}`, token]),
    ),
    ...qopVariations(inputs),
  ];
}
