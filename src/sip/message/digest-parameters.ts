import { isBlank, trimBlanks } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { Source } from "./source.ts";
import { endOf, indexOf, octetAt, quote, quotedStringEnd, skipBlanks, TOKEN, trimEnd, unquote } from "./tokens.ts";
import { WordTable } from "./word-table.ts";

/** One parameter of a challenge or of credentials, as it stands in the header. */
export interface DigestParameter {
  /** As spelt. */
  readonly name: string;
  /** Without quotes and escapes: the form that is hashed. */
  readonly value: string;
  readonly quoted: boolean;
}

/** Names as they are usually spelt: of these there is one string each, which maps find fast. */
const NAMES = new WordTable(
  "username realm nonce uri response algorithm cnonce opaque qop nc stale domain userhash charset auts".split(" "),
  false,
);

/** The scheme in front of the parameters, as spelt: `Digest`; empty where there is none. */
export function authScheme(value: string): string {
  const text = trimBlanks(value);
  const blank = text.search(/[ \t]/);
  return blank < 0 ? "" : text.slice(0, blank);
}

/**
 * Parameters behind the scheme, read liberally: any order, quoted or not whatever the grammar says, empty elements
 * and missing blanks.
 * @throws {SipParseError} ERR_SIP_SYNTAX: something that is no `name=value`, or a quoted string that never closes.
 */
export function parseDigestParameters(value: string): DigestParameter[] {
  const { octets } = new Source(value);
  const { length } = value;
  const parameters: DigestParameter[] = [];
  let index = schemeEnd(octets, length);
  while ((index = skipSeparators(octets, index, length)) < length) {
    const nameEnd = endOf(TOKEN, octets, index, length);
    const equals = skipBlanks(octets, nameEnd, length);
    if (nameEnd === index || octetAt(octets, equals, length) !== 0x3d) {
      throw malformed("authentication parameter malformed", value, index);
    }
    const start = skipBlanks(octets, equals + 1, length);
    const quoted = octetAt(octets, start, length) === 0x22;
    const end = quoted ? quotedStringEnd(octets, start, length) : indexOf(0x2c, octets, start, length);
    if (end < 0) throw malformed("quoted string never closes", value, index);
    const name = NAMES.find(octets, index, nameEnd) ?? value.slice(index, nameEnd);
    const raw = value.slice(start, trimEnd(octets, start, end));
    parameters.push({ name, value: quoted ? unquote(raw) : raw, quoted });
    index = skipBlanks(octets, end, length);
    if (index < length && octets[index] !== 0x2c) {
      throw malformed("comma expected between authentication parameters", value, index);
    }
  }
  return parameters;
}

function malformed(problem: string, value: string, index: number): SipParseError {
  return new SipParseError(problem, { text: value.slice(index) });
}

/** Index behind the scheme; 0 where nothing follows it. */
function schemeEnd(octets: Uint8Array, length: number): number {
  const start = skipBlanks(octets, 0, length);
  let end = start;
  while (end < length && !isBlank(octets[end] ?? 0)) end += 1;
  return skipBlanks(octets, end, length) === length ? 0 : end;
}

function skipSeparators(octets: Uint8Array, start: number, end: number): number {
  let index = skipBlanks(octets, start, end);
  while (octetAt(octets, index, end) === 0x2c) index = skipBlanks(octets, index + 1, end);
  return index;
}

/** `Digest name="value", name=value`: one space behind each comma, no folds. */
export function formatDigestParameters(parameters: readonly DigestParameter[]): string {
  let text = "Digest";
  let separator = " ";
  for (const { name, value, quoted } of parameters) {
    text += `${separator}${name}=${quoted ? quote(value) : value}`;
    separator = ", ";
  }
  return text;
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
