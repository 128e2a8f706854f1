import { UsageError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { isLoose } from "./dialog/index.ts";
import {
  decodeText,
  isSipUri,
  parseNameAddr,
  parseUri,
  type SipRequest,
  type SipResponse,
  type Uri,
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

const INITIAL_MAX_FORWARDS = "70";

/** What the UAC core does to a request on its way out: next hop, transport, Via. RFC 3261 §8.1.2, §18.1.1. */
export class RequestRouting {
  readonly #options: RequestRoutingOptions;
  /** Every sent-by that our Vias may have. */
  readonly #sentBys: ReadonlySet<string>;

  constructor(options: RequestRoutingOptions) {
    this.#options = options;
    this.#sentBys = new Set(options.addresses.map((address) => this.toldAddress(address).toLowerCase()));
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
    const [via, another] = response.vias;
    return via !== undefined && another === undefined && this.#sentBys.has(via.sentBy) ? via.branch : undefined;
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
    if (!request.has("Max-Forwards")) request.add("Max-Forwards", INITIAL_MAX_FORWARDS);
    const way = this.#stamp(request, to);
    const movesToTcp = preferTcpAbove !== undefined && to.protocol === "udp" && !("remote" in to);
    if (!movesToTcp || request.toOctets().length <= preferTcpAbove) return way;
    // RFC 3261 §18.1.1: what may not fit into one packet goes over a transport that controls congestion.
    return this.#stamp(request, { ...to, protocol: "tcp" });
  }

  #stamp(request: SipRequest, to: Address | Flow): RequestWay {
    const local = "remote" in to && to.protocol === "udp" ? to.local : this.localFor(to.protocol);
    const sentBy = local ? this.toldAddress(local) : "";
    if (request.has("Via")) request.delete("Via");
    const branch = this.#options.ids.branch();
    request.addFirst("Via", `SIP/2.0/${to.protocol.toUpperCase()} ${sentBy};branch=${branch};rport`);
    return { to, branch };
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
