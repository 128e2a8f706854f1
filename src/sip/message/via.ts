import { bracketedHost, isIPv6Address, parseHostPort, parsePort } from "./host.ts";
import { LIMITS } from "./limits.ts";
import { trimBlanks } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { endOf, formatParameters, parseNumber, parseParameters, skipBlanks, TOKEN, type Parameters } from "./tokens.ts";

/** Every branch since RFC 3261 starts with it (§8.1.1.7). */
export const MAGIC_COOKIE = "z9hG4bK";

/** One hop (RFC 3261 §20.42, RFC 3581). */
export interface Via {
  /** Transport in upper case: UDP, TCP, TLS, or whatever token stood there. */
  readonly protocol: string;
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  /** By lower-case name. */
  readonly parameters: Parameters;
  readonly branch: string | undefined;
  /** Address that the request came from, without brackets. */
  readonly received: string | undefined;
  /** Port that the request came from, or true where a response to that port is asked for (RFC 3581). */
  readonly rport: number | true | undefined;
  /** `host:port` with the default port filled in: equal for equal hops. */
  readonly sentBy: string;
}

class ParsedVia implements Via {
  readonly protocol: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;

  constructor(protocol: string, host: string, port: number | undefined, parameters: Parameters) {
    this.protocol = protocol;
    this.host = host;
    this.port = port;
    this.parameters = parameters;
  }

  get branch(): string | undefined {
    return this.parameters.get("branch");
  }

  get received(): string | undefined {
    const received = this.parameters.get("received");
    // The grammar has no brackets here, but elements send them (RFC 5118 §4.5).
    return received?.startsWith("[") && received.endsWith("]") ? received.slice(1, -1) : received;
  }

  get rport(): number | true | undefined {
    if (!this.parameters.has("rport")) return undefined;
    const value = this.parameters.get("rport");
    return value === undefined ? true : parsePort(value);
  }

  get sentBy(): string {
    const port = this.port ?? (this.protocol === "TLS" ? 5061 : 5060);
    return `${bracketedHost(this.host)}:${port}`;
  }
}

/**
 * One Via value; blanks may stand round every separator.
 * @throws {SipParseError} ERR_SIP_SYNTAX
 */
export function parseVia(text: string): Via {
  const versionStart = skipSlash(text, endOf(TOKEN, text, 0));
  const protocolStart = skipSlash(text, endOf(TOKEN, text, versionStart));
  const protocolEnd = endOf(TOKEN, text, protocolStart);
  const sentByStart = skipBlanks(text, protocolEnd);
  if (protocolEnd === protocolStart || sentByStart === protocolEnd) throw new SipParseError("Via malformed", { text });
  const semicolon = text.indexOf(";", sentByStart);
  const sentByEnd = semicolon < 0 ? text.length : semicolon;
  const { host, port } = parseSentBy(trimBlanks(text, sentByStart, sentByEnd));
  const parameters = parseParameters(text, sentByEnd);
  checkParameters(parameters, text);
  return new ParsedVia(text.slice(protocolStart, protocolEnd).toUpperCase(), host, port, parameters);
}

/** Index behind the "/" and its blanks. */
function skipSlash(text: string, tokenEnd: number): number {
  const slash = skipBlanks(text, tokenEnd);
  if (tokenEnd === 0 || text.charCodeAt(slash) !== 0x2f) throw new SipParseError("Via malformed", { text });
  return skipBlanks(text, slash + 1);
}

/** `host`, `host:port`, and by the grammar (COLON) also `host : port`. */
function parseSentBy(text: string): { host: string; port: number | undefined } {
  const colon = text.lastIndexOf(":");
  if (colon < 0 || text.endsWith("]")) return parseHostPort(text);
  return parseHostPort(`${trimBlanks(text, 0, colon)}:${trimBlanks(text, colon + 1)}`);
}

function checkParameters(parameters: Parameters, text: string): void {
  const ttl = parameters.get("ttl");
  if (ttl !== undefined && parseNumber(ttl, LIMITS.ttl) === undefined)
    throw new SipParseError("ttl out of range", { text });
  const rport = parameters.get("rport");
  if (rport !== undefined) parsePort(rport);
  if (parameters.has("branch") && parameters.get("branch") === undefined) {
    throw new SipParseError("branch without value", { text });
  }
}

/** What a Via is written from; `Via` is one. */
export interface ViaParts {
  readonly protocol: string;
  readonly host: string;
  readonly port?: number | undefined;
  readonly parameters?: ReadonlyMap<string, string | undefined>;
}

/** `SIP/2.0/UDP host:port;parameters`. */
export function formatVia(via: ViaParts): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  const parameters = via.parameters ? formatParameters(via.parameters) : "";
  return `SIP/2.0/${via.protocol} ${isIPv6Address(via.host) ? `[${via.host}]` : via.host}${port}${parameters}`;
}
