import { isBlank, trimBlanks } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { codeAt, isToken, quote, quotedStringEnd, skipBlanks, unquote } from "./tokens.ts";

/** One parameter of a challenge or of credentials, as it stands in the header. */
export interface DigestParameter {
  /** As spelt. */
  readonly name: string;
  /** Without quotes and escapes: the form that is hashed. */
  readonly value: string;
  readonly quoted: boolean;
}

/** The scheme in front of the parameters, as spelt: `Digest`; empty where there is none. */
export function authScheme(value: string): string {
  const text = trimBlanks(value);
  let end = 0;
  while (end < text.length && !isBlank(text.charCodeAt(end))) end += 1;
  return end === text.length ? "" : text.slice(0, end);
}

/**
 * Parameters behind the scheme, read liberally: any order, quoted or not whatever the grammar says, empty elements
 * and missing blanks.
 * @throws {SipParseError} ERR_SIP_SYNTAX: something that is no `name=value`, or a quoted string that never closes.
 */
export function parseDigestParameters(value: string): DigestParameter[] {
  const text = trimBlanks(value);
  const parameters: DigestParameter[] = [];
  let index = authScheme(text).length;
  while ((index = skipSeparators(text, index)) < text.length) {
    const equals = text.indexOf("=", index);
    const name = trimBlanks(text, index, Math.max(equals, index));
    if (!isToken(name)) throw new SipParseError("authentication parameter malformed", { text: text.slice(index) });
    const start = skipBlanks(text, equals + 1);
    const quoted = codeAt(text, start) === 0x22;
    const end = quoted ? quotedStringEnd(text, start) : elementEnd(text, start);
    if (end < 0) throw new SipParseError("quoted string never closes", { text: text.slice(index) });
    const raw = trimBlanks(text, start, end);
    parameters.push({ name, value: quoted ? unquote(raw) : raw, quoted });
    index = skipBlanks(text, end);
    if (index < text.length && text.charCodeAt(index) !== 0x2c) {
      throw new SipParseError("comma expected between authentication parameters", { text: text.slice(index) });
    }
  }
  return parameters;
}

function skipSeparators(text: string, start: number): number {
  let index = skipBlanks(text, start);
  while (codeAt(text, index) === 0x2c) index = skipBlanks(text, index + 1);
  return index;
}

function elementEnd(text: string, start: number): number {
  const comma = text.indexOf(",", start);
  return comma < 0 ? text.length : comma;
}

/** `Digest name="value", name=value`: one space behind each comma, no folds. */
export function formatDigestParameters(parameters: readonly DigestParameter[]): string {
  const texts = parameters.map(({ name, value, quoted }) => `${name}=${quoted ? quote(value) : value}`);
  return `Digest ${texts.join(", ")}`;
}

/** Values by lower-case name; of a repeated name the first. */
export function valuesByName(parameters: readonly DigestParameter[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of parameters) {
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, value);
  }
  return values;
}
