import { LIMITS } from "./limits.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { codeAt, endOf, isToken, parseNumber, parseParameters, skipBlanks, TOKEN, type Parameters } from "./tokens.ts";

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

/** @throws {SipParseError} ERR_SIP_SYNTAX: not a number below 2^32, blanks and a method. */
export function parseCseq(text: string): CSeq {
  const numberEnd = endOf(TOKEN, text, 0);
  const number = parseNumber(text, LIMITS.uint32, 0, numberEnd);
  const method = text.slice(skipBlanks(text, numberEnd));
  if (number === undefined || !isToken(method)) throw new SipParseError("CSeq malformed", { text });
  return { number, method };
}

/** @throws {SipParseError} ERR_SIP_SYNTAX: not `type/subtype` with parameters. */
export function parseContentType(text: string): ContentType {
  const typeEnd = endOf(TOKEN, text, 0);
  const slash = skipBlanks(text, typeEnd);
  const subtypeStart = skipBlanks(text, slash + 1);
  const subtypeEnd = endOf(TOKEN, text, subtypeStart);
  if (typeEnd === 0 || codeAt(text, slash) !== 0x2f || subtypeEnd === subtypeStart) {
    throw new SipParseError("Content-Type malformed", { text });
  }
  const type = `${text.slice(0, typeEnd)}/${text.slice(subtypeStart, subtypeEnd)}`.toLowerCase();
  return { type, parameters: parseParameters(text, subtypeEnd) };
}

/** Seconds from 0 to 2^32-1; undefined for anything else, which counts as absent (RFC 3261 §20.19). */
export function parseExpires(text: string): number | undefined {
  return parseNumber(text, LIMITS.uint32);
}
