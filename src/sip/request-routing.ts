import { UsageError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { isLoose } from "./dialog/index.ts";
import {
  decodeText,
  HeaderLine,
  isSipUri,
  parseNameAddr,
  parseUri,
  type SipRequest,
  type SipResponse,
  type Uri,
  type Via,
} from "./message/index.ts";
import type { RequestWay, RouteOptions } from "./transaction/index.ts";
import { bracketed, defaultPort, type Address, type Flow, type Protocol } from "./transport/index.ts";

export interface RequestRoutingOptions {
  readonly ids: Ids;
  /** Where this endpoint listens: at least one. */
  readonly addresses: readonly Address[];
  /** Host that peers are told instead of the one we listen on. */
  readonly toldHost: string | undefined;
  readonly preferTcpAbove: number | undefined;
}

const INITIAL_MAX_FORWARDS = HeaderLine.of("Max-Forwards", "70");

/** A sent-by of ours, as `Via` reads it. */
interface SentBy {
  readonly host: string;
  readonly port: number;
}

/** What the UAC core does to a request on its way out: next hop, transport, Via. RFC 3261 §8.1.2, §18.1.1. */
export class RequestRouting {
  readonly #options: RequestRoutingOptions;
  /** Every sent-by that our Vias may have. */
  readonly #sentBys: readonly SentBy[];
  /** How our Vias begin, up to the branch, where the way prescribes no socket. */
  readonly #viaStarts: Readonly<Record<Protocol, string>>;

  constructor(options: RequestRoutingOptions) {
    this.#options = options;
    const told = options.toldHost?.replace(/^\[|\]$/g, "");
    this.#sentBys = options.addresses.map(({ host, port }) => ({ host: (told ?? host).toLowerCase(), port }));
    const viaStart = (protocol: Protocol): string => this.#viaStart(protocol, this.localFor(protocol));
    this.#viaStarts = { udp: viaStart("udp"), tcp: viaStart("tcp"), tls: viaStart("tls") };
  }

  /** `host:port` of an address of ours as peers are told it; IPv6 in brackets. */
  toldAddress(address: Address): string {
    return `${bracketed(this.#options.toldHost ?? address.host)}:${address.port}`;
  }

  /**
   * The branch of a response's only Via, where that may be ours; undefined where it is not, or not the only one
   * (RFC 3261 §8.1.3.3, §18.1.2).
   */
  ownBranch(response: SipResponse): string | undefined {
    const { vias } = response;
    const [via] = vias;
    return via && vias.length === 1 && this.#isOurs(via) ? via.branch : undefined;
  }

  /** The address of ours that peers reach by this protocol; where there is none, by another. */
  localFor(protocol: Protocol): Address | undefined {
    const { addresses } = this.#options;
    return addresses.find((address) => address.protocol === protocol) ?? addresses[0];
  }

  /**
   * Gives a request that a UAC begins its one Via (instead of any it had), and Max-Forwards where it lacks them.
   * @throws {UsageError} ERR_NO_ROUTE: neither Route nor Request-URI leads anywhere.
   */
  prepare(request: SipRequest, options: RouteOptions): RequestWay {
    const { preferTcpAbove } = this.#options;
    const to = options.to ?? this.#resolve(request, options);
    request.addMissing(INITIAL_MAX_FORWARDS);
    const way = this.#stamp(request, to);
    const movesToTcp = preferTcpAbove !== undefined && to.protocol === "udp" && !("remote" in to);
    if (!movesToTcp || request.toOctets().length <= preferTcpAbove) return way;
    // RFC 3261 §18.1.1: what may not fit into one packet goes over a transport that controls congestion.
    return this.#stamp(request, { ...to, protocol: "tcp" });
  }

  #stamp(request: SipRequest, to: Address | Flow): RequestWay {
    const start =
      "remote" in to && to.protocol === "udp" ? this.#viaStart("udp", to.local) : this.#viaStarts[to.protocol];
    const branch = this.#options.ids.branch();
    request.setFirst(HeaderLine.of("Via", `${start}${branch};rport`));
    return { to, branch };
  }

  #viaStart(protocol: Protocol, local: Address | undefined): string {
    return `SIP/2.0/${protocol.toUpperCase()} ${local ? this.toldAddress(local) : ""};branch=`;
  }

  /** Compared by parts: to make a text of them for each response would cost more than all the rest here. */
  #isOurs(via: Via): boolean {
    const port = via.port ?? defaultPort(via.protocol === "TLS" ? "tls" : "udp");
    for (const own of this.#sentBys) if (own.port === port && own.host === via.host) return true;
    return false;
  }

  #resolve(request: SipRequest, { nextHop, protocol }: RouteOptions): Address {
    const uri = nextHop === undefined ? nextHopOf(request) : parseUri(nextHop);
    if (!isSipUri(uri)) throw noRoute(request);
    const transport = protocol ?? (uri.scheme === "sips" ? "tls" : uri.parameters.get("transport")?.toLowerCase());
    const chosen = transport === undefined ? this.#usualProtocol() : knownProtocol(transport);
    if (chosen === undefined) throw noRoute(request);
    const host = uri.parameters.get("maddr") ?? uri.host;
    return { protocol: chosen, host, port: uri.port ?? defaultPort(chosen) };
  }

  /** UDP where nothing else is said (RFC 3263 §4.1), unless this endpoint does not speak it. */
  #usualProtocol(): Protocol {
    return this.localFor("udp")?.protocol ?? "udp";
  }
}

/** The first Route where it is a loose router; behind a strict one the Request-URI is the next hop (RFC 3261 §8.1.2). */
function nextHopOf(request: SipRequest): Uri {
  const [route] = request.list("Route");
  if (route === undefined) return request.uri;
  const { uri } = parseNameAddr(route);
  return isLoose(uri) ? uri : request.uri;
}

function knownProtocol(transport: string): Protocol | undefined {
  return transport === "udp" || transport === "tcp" || transport === "tls" ? transport : undefined;
}

function noRoute(request: SipRequest): UsageError {
  const uri = decodeText(request.requestUri);
  return new UsageError(
    `${request.method} ${uri} can't be sent: neither its Route nor its Request-URI is a SIP URI over UDP, TCP or TLS. Say where it goes by \`to\`.`,
    { code: "ERR_NO_ROUTE", details: { method: request.method, requestUri: uri } },
  );
}
