import { LIMITS } from "./limits.ts";
import { methodAt } from "./methods.ts";
import { parametersAt, type Parameters } from "./parameters.ts";
import { malformedAt } from "./sip-parse-error.ts";
import type { Source } from "./source.ts";
import { endOf, octetAt, parseNumber, skipBlanks, TOKEN } from "./tokens.ts";

/** CSeq: sequence number and method (RFC 3261 §20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

export interface ContentType {
  /** `type/subtype` in lower case. */
  readonly type: string;
  readonly parameters: Parameters;
}

/**
 * CSeq at `text[start, end)`.
 * @throws {SipParseError} ERR_SIP_SYNTAX: not a number below 2^32, blanks and a method.
 */
export function cseqAt(source: Source, start: number, end: number): CSeq {
  const { octets } = source;
  const numberEnd = endOf(TOKEN, octets, start, end);
  const number = parseNumber(LIMITS.uint32, octets, start, numberEnd);
  const methodStart = skipBlanks(octets, numberEnd, end);
  if (number === undefined || methodStart === end || endOf(TOKEN, octets, methodStart, end) < end) {
    throw malformedAt("CSeq malformed", source, start, end);
  }
  return { number, method: methodAt(source, methodStart, end) };
}

/**
 * Content-Type at `text[start, end)`.
 * @throws {SipParseError} ERR_SIP_SYNTAX: not `type/subtype` with parameters.
 */
export function contentTypeAt(source: Source, start: number, end: number): ContentType {
  const { octets, text } = source;
  const typeEnd = endOf(TOKEN, octets, start, end);
  const slash = skipBlanks(octets, typeEnd, end);
  const subtypeStart = skipBlanks(octets, slash + 1, end);
  const subtypeEnd = endOf(TOKEN, octets, subtypeStart, end);
  if (typeEnd === start || octetAt(octets, slash, end) !== 0x2f || subtypeEnd === subtypeStart) {
    throw malformedAt("Content-Type malformed", source, start, end);
  }
  const type = `${text.slice(start, typeEnd)}/${text.slice(subtypeStart, subtypeEnd)}`.toLowerCase();
  return { type, parameters: new Map(parametersAt(source, subtypeEnd, end)) };
}

/** Seconds from 0 to 2^32-1; undefined for anything else, which counts as absent (RFC 3261 §20.19). */
export function expiresAt({ octets }: Source, start: number, end: number): number | undefined {
  return parseNumber(LIMITS.uint32, octets, start, end);
}
