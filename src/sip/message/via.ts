import { bracketedHost, hostAt, hostEnd, isIPv6Address, parsePort, portAt } from "./host.ts";
import { LIMITS } from "./limits.ts";
import { formatParameters, ParameterList, readParameters, type Parameters } from "./parameters.ts";
import { malformedAt, SipParseError } from "./sip-parse-error.ts";
import { Source } from "./source.ts";
import { endOf, numberOf, octetAt, skipBlanks, standsAt, TOKEN } from "./tokens.ts";
import { WordTable } from "./word-table.ts";

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

/** What stands at a place of a message. */
export class ParsedVia implements Via {
  readonly protocol: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  readonly branch: string | undefined;
  /** Index behind the value, and the blanks that follow. */
  readonly end: number;

  constructor(
    protocol: string,
    host: string,
    port: number | undefined,
    parameters: Parameters,
    branch: string | undefined,
    end: number,
  ) {
    this.protocol = protocol;
    this.host = host;
    this.port = port;
    this.parameters = parameters;
    this.branch = branch;
    this.end = end;
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
  const source = new Source(text);
  const via = viaAt(source, 0, text.length);
  if (via.end < text.length) throw malformedAt("semicolon expected", source, via.end, text.length);
  return via;
}

/** The first of the Via values at `text[start, end)`: a comma and another may follow. */
export function viaAt(source: Source, start: number, end: number): ParsedVia {
  const { octets } = source;
  const protocolStart = startOfProtocol(source, start, end);
  const protocolEnd = endOf(TOKEN, octets, protocolStart, end);
  const hostStart = skipBlanks(octets, protocolEnd, end);
  if (protocolEnd === protocolStart || hostStart === protocolEnd)
    throw malformedAt("Via malformed", source, start, end);
  const behindHost = hostEnd(source, hostStart, end);
  let index = skipBlanks(octets, behindHost, end);
  let port: number | undefined;
  if (octetAt(octets, index, end) === 0x3a) {
    const portStart = skipBlanks(octets, index + 1, end);
    const portEnd = endOf(TOKEN, octets, portStart, end);
    port = portAt(source, portStart, portEnd);
    index = skipBlanks(octets, portEnd, end);
  }
  const parameters = new ParameterList();
  index = readParameters(parameters, source, index, end);
  if (index < end && octets[index] !== 0x2c) throw malformedAt("semicolon expected", source, index, end);
  const branch = checkedBranch(parameters);
  const protocol = protocolAt(source, protocolStart, protocolEnd);
  return new ParsedVia(protocol, hostAt(source, hostStart, behindHost), port, parameters, branch, index);
}

/** All Via values at `text[start, end)`, added to `vias`. */
export function readVias(vias: Via[], source: Source, start: number, end: number): void {
  let via = viaAt(source, start, end);
  vias.push(via);
  while (via.end < end) {
    via = viaAt(source, skipBlanks(source.octets, via.end + 1, end), end);
    vias.push(via);
  }
}

const USUAL_VERSION = Buffer.from("SIP/2.0/");

/** Index behind "SIP/2.0/" and its blanks. */
function startOfProtocol(source: Source, start: number, end: number): number {
  const { octets } = source;
  if (standsAt(USUAL_VERSION, octets, start)) return skipBlanks(octets, start + USUAL_VERSION.length, end);
  const versionStart = skipSlash(source, start, end);
  return skipSlash(source, versionStart, end);
}

/** Index behind the token at `start`, the "/" that follows, and blanks. */
function skipSlash(source: Source, start: number, end: number): number {
  const { octets } = source;
  const tokenEnd = endOf(TOKEN, octets, start, end);
  const slash = skipBlanks(octets, tokenEnd, end);
  if (tokenEnd === start || octetAt(octets, slash, end) !== 0x2f)
    throw malformedAt("Via malformed", source, start, end);
  return skipBlanks(octets, slash + 1, end);
}

const PROTOCOLS = new WordTable(["UDP", "TCP", "TLS", "WS", "WSS", "SCTP"], false);

function protocolAt({ octets, text }: Source, start: number, end: number): string {
  return PROTOCOLS.find(octets, start, end) ?? text.slice(start, end).toUpperCase();
}

/** Checks the parameters that have a grammar of their own; returns the branch. */
function checkedBranch(parameters: ParameterList): string | undefined {
  const ttl = parameters.get("ttl");
  if (ttl !== undefined && numberOf(ttl, LIMITS.ttl) === undefined) {
    throw new SipParseError("ttl out of range", { text: ttl });
  }
  const rport = parameters.get("rport");
  if (rport !== undefined) parsePort(rport);
  const branch = parameters.get("branch");
  if (branch === undefined && parameters.has("branch")) throw new SipParseError("branch without value");
  return branch;
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
