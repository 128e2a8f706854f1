import { isBlank } from "./octet-text.ts";
import { formatParameters, parametersAt, parameterValueEnd, type Parameters } from "./parameters.ts";
import { malformedAt } from "./sip-parse-error.ts";
import { Source } from "./source.ts";
import {
  endOf,
  indexOf,
  isOf,
  isToken,
  octetAt,
  quote,
  quotedStringEnd,
  skipBlanks,
  TOKEN,
  trimEnd,
  unquote,
} from "./tokens.ts";
import { uriAt, type Uri } from "./uri.ts";

/** An address with its header parameters: From, To, Contact, Route… (RFC 3261 §20.10, §25.1). */
export interface NameAddr {
  /** Unescaped octet string without quotes; undefined where there is none. */
  readonly displayName?: string | undefined;
  /** The URI as written, without brackets. */
  readonly uriText: string;
  /** @throws {SipParseError} ERR_SIP_SYNTAX: the URI is malformed. */
  readonly uri: Uri;
  /** Header parameters, those behind the `>`, by lower-case name; quoted values without quotes. */
  readonly parameters: Parameters;
  /** Whether the URI stood in `<…>`, as Route and Record-Route must. */
  readonly bracketed: boolean;
}

class ParsedNameAddr implements NameAddr {
  readonly displayName: string | undefined;
  readonly parameters: Parameters;
  readonly bracketed: boolean;
  readonly #source: Source;
  readonly #uriStart: number;
  readonly #uriEnd: number;
  #uri: Uri | undefined;

  constructor(
    displayName: string | undefined,
    source: Source,
    uriStart: number,
    uriEnd: number,
    parameters: Parameters,
    bracketed: boolean,
  ) {
    this.displayName = displayName;
    this.parameters = parameters;
    this.bracketed = bracketed;
    this.#source = source;
    this.#uriStart = uriStart;
    this.#uriEnd = uriEnd;
    this.#uri = undefined;
  }

  get uriText(): string {
    return this.#source.text.slice(this.#uriStart, this.#uriEnd);
  }

  get uri(): Uri {
    return (this.#uri ??= uriAt(this.#source, this.#uriStart, this.#uriEnd));
  }
}

/**
 * One address: `"Display" <uri>;parameters` or `uri;parameters`. Without brackets everything behind the first `;` is
 * a header parameter, and the URI may hold neither comma nor question mark (RFC 3261 §20.10).
 * @throws {SipParseError} ERR_SIP_SYNTAX
 */
export function parseNameAddr(text: string): NameAddr {
  return nameAddrAt(new Source(text), 0, text.length);
}

/** The same at `text[start, end)`. */
export function nameAddrAt(source: Source, start: number, end: number): NameAddr {
  const { octets } = source;
  const from = skipBlanks(octets, start, end);
  const open = addressStart(source, from, end);
  if (open === end) return addrSpecAt(source, from, end);
  const close = indexOf(0x3e, octets, open, end);
  if (close === end) throw malformedAt("bracket of an address never closes", source, start, end);
  const displayName = displayNameAt(source, from, trimEnd(octets, from, open));
  return new ParsedNameAddr(displayName, source, open + 1, close, parametersAt(source, close + 1, end), true);
}

/** Index of the `<` that opens the URI, behind a quoted display name if there is one; `end` without brackets. */
function addressStart(source: Source, start: number, end: number): number {
  const { octets } = source;
  if (octetAt(octets, start, end) !== 0x22) return bracketOf(octets, start, end);
  const behindName = quotedStringEnd(octets, start, end);
  if (behindName < 0) throw malformedAt("quoted string never closes", source, start, end);
  const open = skipBlanks(octets, behindName, end);
  if (octetAt(octets, open, end) !== 0x3c) {
    throw malformedAt("address expected behind the display name", source, start, end);
  }
  return open;
}

/** Index of the first `<`, or `end`. `sip:a@h;p="<"` has no brackets: its `<` stands in a quoted parameter. */
function bracketOf(octets: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && octets[index] !== 0x3c && octets[index] !== 0x22) index += 1;
  return octetAt(octets, index, end) === 0x3c ? index : end;
}

function addrSpecAt(source: Source, start: number, end: number): NameAddr {
  const { octets } = source;
  const semicolon = indexOf(0x3b, octets, start, end);
  const uriEnd = trimEnd(octets, start, semicolon);
  for (let index = start; index < uriEnd; index += 1) {
    if (octets[index] === 0x3f || octets[index] === 0x2c) {
      throw malformedAt("URI with a comma or question mark needs brackets", source, start, end);
    }
  }
  return new ParsedNameAddr(undefined, source, start, uriEnd, parametersAt(source, semicolon, end), false);
}

function displayNameAt(source: Source, start: number, end: number): string | undefined {
  if (start === end) return undefined;
  const { octets, text } = source;
  if (octets[start] === 0x22) return unquote(text.slice(start, end));
  for (let index = start; index < end; index += 1) {
    const octet = octets[index] ?? 0;
    if (!isOf(TOKEN, octet) && !isBlank(octet)) throw malformedAt("display name needs quotes", source, start, end);
  }
  return text.slice(start, end);
}

/**
 * The tag of the From or To value at `text[start, end)`, found without reading the rest: what
 * `nameAddrAt(source, start, end).parameters.get("tag")` is where the address is well-formed.
 */
export function tagAt(source: Source, start: number, end: number): string | undefined {
  const { octets, text } = source;
  let index = parametersStart(octets, start, end);
  while (index < end) {
    const nameStart = skipBlanks(octets, index + 1, end);
    const nameEnd = endOf(TOKEN, octets, nameStart, end);
    let next = skipBlanks(octets, nameEnd, end);
    if (octetAt(octets, next, end) === 0x3d) {
      const valueStart = skipBlanks(octets, next + 1, end);
      const valueEnd = parameterValueEnd(octets, valueStart, end);
      if (isTagName(octets, nameStart, nameEnd)) {
        if (valueEnd < 0) return undefined;
        const value = text.slice(valueStart, valueEnd);
        return octets[valueStart] === 0x22 ? unquote(value) : value;
      }
      next = valueEnd < 0 ? end : valueEnd;
    }
    index = indexOf(0x3b, octets, next, end);
  }
  return undefined;
}

/** Index of the first `;` behind the URI, or `end`. */
function parametersStart(octets: Uint8Array, start: number, end: number): number {
  const from = skipBlanks(octets, start, end);
  const index = octetAt(octets, from, end) === 0x22 ? quotedStringEnd(octets, from, end) : from;
  if (index < 0) return end;
  const open = bracketOf(octets, index, end);
  const uriEnd = open === end ? index : indexOf(0x3e, octets, open, end);
  return indexOf(0x3b, octets, uriEnd, end);
}

function isTagName(octets: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 3 &&
    ((octets[start] ?? 0) | 0x20) === 0x74 &&
    ((octets[start + 1] ?? 0) | 0x20) === 0x61 &&
    ((octets[start + 2] ?? 0) | 0x20) === 0x67
  );
}

/** What an address is written from; `NameAddr` is one. */
export interface NameAddrParts {
  readonly displayName?: string | undefined;
  readonly uriText: string;
  readonly parameters?: ReadonlyMap<string, string | undefined>;
}

/**
 * `"Display" <uri>;parameters`, always with brackets. A display name is quoted unless it is one token; values of
 * feature tags are always quoted (RFC 3840 §9).
 */
export function formatNameAddr(address: NameAddrParts): string {
  const { displayName, uriText, parameters } = address;
  const name = displayName === undefined ? "" : `${isToken(displayName) ? displayName : quote(displayName)} `;
  return `${name}<${uriText}>${parameters ? formatParameters(parameters, isQuotedParameter) : ""}`;
}

/** Contact parameters whose value the grammar wants in quotes even where it would be a token. */
const QUOTED_PARAMETERS = new Set(
  (
    "actor application audio automata class control data description duplex events extensions isfocus language " +
    "methods mobility priority pub-gruu schemes temp-gruu text type video"
  ).split(" "),
);

function isQuotedParameter(name: string): boolean {
  return name.startsWith("+") || QUOTED_PARAMETERS.has(name);
}
