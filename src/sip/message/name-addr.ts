import { isBlank, trimBlanks } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import {
  codeAt,
  endOf,
  formatParameters,
  isOf,
  isToken,
  parameterValueEnd,
  parseParameters,
  quote,
  quotedStringEnd,
  skipBlanks,
  TOKEN,
  unquote,
  type Parameters,
} from "./tokens.ts";
import { parseUri, type Uri } from "./uri.ts";

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
  readonly uriText: string;
  readonly parameters: Parameters;
  readonly bracketed: boolean;
  #uri: Uri | undefined;

  constructor(displayName: string | undefined, uriText: string, parameters: Parameters, bracketed: boolean) {
    this.displayName = displayName;
    this.uriText = uriText;
    this.parameters = parameters;
    this.bracketed = bracketed;
    this.#uri = undefined;
  }

  get uri(): Uri {
    return (this.#uri ??= parseUri(this.uriText));
  }
}

/**
 * One address: `"Display" <uri>;parameters` or `uri;parameters`. Without brackets everything behind the first `;` is
 * a header parameter, and the URI may hold neither comma nor question mark (RFC 3261 §20.10).
 * @throws {SipParseError} ERR_SIP_SYNTAX
 */
export function parseNameAddr(text: string): NameAddr {
  const start = skipBlanks(text, 0);
  const open = addressStart(text, start);
  if (open < 0) return parseAddrSpec(text, start);
  const close = text.indexOf(">", open);
  if (close < 0) throw new SipParseError("bracket of an address never closes", { text });
  const displayName = parseDisplayName(trimBlanks(text, start, open));
  return new ParsedNameAddr(displayName, text.slice(open + 1, close), parseParameters(text, close + 1), true);
}

/** Index of the `<` that opens the URI, behind a quoted display name if there is one; -1 without brackets. */
function addressStart(text: string, start: number): number {
  if (codeAt(text, start) !== 0x22) return bracketOf(text, start);
  const end = quotedStringEnd(text, start);
  if (end < 0) throw new SipParseError("quoted string never closes", { text });
  const open = skipBlanks(text, end);
  if (codeAt(text, open) !== 0x3c) throw new SipParseError("address expected behind the display name", { text });
  return open;
}

/** Index of the first `<`, or -1. `sip:a@h;p="<"` has no brackets: its `<` stands in a quoted parameter. */
function bracketOf(text: string, start: number): number {
  const open = text.indexOf("<", start);
  const quoteAt = text.indexOf('"', start);
  return quoteAt >= 0 && quoteAt < open ? -1 : open;
}

function parseAddrSpec(text: string, start: number): NameAddr {
  const semicolon = text.indexOf(";", start);
  const end = semicolon < 0 ? text.length : semicolon;
  const uriText = trimBlanks(text, start, end);
  if (uriText.includes("?") || uriText.includes(",")) {
    throw new SipParseError("URI with a comma or question mark needs brackets", { text });
  }
  return new ParsedNameAddr(undefined, uriText, parseParameters(text, end), false);
}

function parseDisplayName(text: string): string | undefined {
  if (text === "") return undefined;
  if (text.charCodeAt(0) === 0x22) return unquote(text);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (!isOf(TOKEN, code) && !isBlank(code)) throw new SipParseError("display name needs quotes", { text });
  }
  return text;
}

/**
 * The tag of a From or To value, found without reading the rest: what `parseNameAddr(text).parameters.get("tag")` is
 * where the address is well-formed.
 */
export function scanTag(text: string): string | undefined {
  let index = parametersStart(text);
  while (index >= 0 && index < text.length) {
    const nameStart = skipBlanks(text, index + 1);
    const nameEnd = endOf(TOKEN, text, nameStart);
    let next = skipBlanks(text, nameEnd);
    if (codeAt(text, next) === 0x3d) {
      const valueStart = skipBlanks(text, next + 1);
      const valueEnd = parameterValueEnd(text, valueStart);
      if (isTagName(text, nameStart, nameEnd))
        return valueEnd < 0 ? undefined : unquote(text.slice(valueStart, valueEnd));
      next = valueEnd < 0 ? text.length : valueEnd;
    }
    index = text.indexOf(";", next);
  }
  return undefined;
}

/** Index of the first `;` behind the URI, or -1. */
function parametersStart(text: string): number {
  const start = skipBlanks(text, 0);
  const index = codeAt(text, start) === 0x22 ? quotedStringEnd(text, start) : start;
  if (index < 0) return -1;
  const open = bracketOf(text, index);
  if (open < 0) return text.indexOf(";", index);
  const close = text.indexOf(">", open);
  return close < 0 ? -1 : text.indexOf(";", close);
}

function isTagName(text: string, start: number, end: number): boolean {
  return (
    end - start === 3 &&
    (text.charCodeAt(start) | 0x20) === 0x74 &&
    (text.charCodeAt(start + 1) | 0x20) === 0x61 &&
    (text.charCodeAt(start + 2) | 0x20) === 0x67
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
