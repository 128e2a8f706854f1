import { bracketedHost, isIPv6Address, parseHost, parsePort } from "./host.ts";
import { LIMITS } from "./limits.ts";
import { SipParseError } from "./sip-parse-error.ts";
import {
  codeAt,
  endOf,
  formatParameters,
  parseNumber,
  parseParameters,
  skipBlanks,
  TOKEN,
  type Parameters,
} from "./tokens.ts";

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

const USUAL_VERSION = "SIP/2.0/";

/**
 * One Via value, at `text[start, end)`; blanks may stand round every separator.
 * @throws {SipParseError} ERR_SIP_SYNTAX
 */
export function parseVia(text: string, start = 0, end = text.length): Via {
  const protocolStart = startOfProtocol(text, start, end);
  const protocolEnd = endOf(TOKEN, text, protocolStart, end);
  const hostStart = skipBlanks(text, protocolEnd, end);
  if (protocolEnd === protocolStart || hostStart === protocolEnd) throw malformed(text, start, end);
  const { host, end: hostEnd } = parseHost(text, hostStart, end);
  let index = skipBlanks(text, hostEnd, end);
  let port: number | undefined;
  if (codeAt(text, index, end) === 0x3a) {
    const portStart = skipBlanks(text, index + 1, end);
    const portEnd = endOf(TOKEN, text, portStart, end);
    port = parsePort(text, portStart, portEnd);
    index = skipBlanks(text, portEnd, end);
  }
  const parameters = parseParameters(text, index, end);
  checkParameters(parameters);
  return new ParsedVia(protocolOf(text, protocolStart, protocolEnd), host, port, parameters);
}

/** Index behind "SIP/2.0/" and its blanks. */
function startOfProtocol(text: string, start: number, end: number): number {
  if (text.startsWith(USUAL_VERSION, start)) return skipBlanks(text, start + USUAL_VERSION.length, end);
  const versionStart = skipSlash(text, start, end);
  return skipSlash(text, versionStart, end);
}

/** Index behind the token at `start`, the "/" that follows, and blanks. */
function skipSlash(text: string, start: number, end: number): number {
  const tokenEnd = endOf(TOKEN, text, start, end);
  const slash = skipBlanks(text, tokenEnd, end);
  if (tokenEnd === start || codeAt(text, slash, end) !== 0x2f) throw malformed(text, start, end);
  return skipBlanks(text, slash + 1, end);
}

function malformed(text: string, start: number, end: number): SipParseError {
  return new SipParseError("Via malformed", { text: text.slice(start, end) });
}

function protocolOf(text: string, start: number, end: number): string {
  const protocol = text.slice(start, end);
  return protocol === "UDP" || protocol === "TCP" || protocol === "TLS" ? protocol : protocol.toUpperCase();
}

function checkParameters(parameters: Parameters): void {
  const ttl = parameters.get("ttl");
  if (ttl !== undefined && parseNumber(ttl, LIMITS.ttl) === undefined) {
    throw new SipParseError("ttl out of range", { text: ttl });
  }
  const rport = parameters.get("rport");
  if (rport !== undefined) parsePort(rport);
  if (parameters.get("branch") === undefined && parameters.has("branch")) {
    throw new SipParseError("branch without value");
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
