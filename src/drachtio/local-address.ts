import { isIPv6 } from "node:net";
import type { SipEngine } from "../sip/index.ts";
import { isSipUri, parseUri, type SipUri } from "../sip/message/index.ts";
import { type Address, bracketed, defaultPort, type Protocol } from "../sip/transport/index.ts";
import { Refusal } from "./refusal.ts";

/** What an endpoint tells of itself on one transport: the host may be an advertised one. */
export interface LocalAddress {
  readonly protocol: Protocol;
  /** `sip:host:port[;transport=tcp]`, as it stands in From and Contact when the application gives none. */
  readonly uriText: string;
  /** An IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What stands in for the application's `@localhost`: `host:port`. */
export function hostPort({ host, port }: LocalAddress): string {
  return `${bracketed(host)}:${port}`;
}

/** What `engine` tells of itself; computed once for each transport, since it never changes. */
export function localAddresses(engine: SipEngine): (protocol: Protocol) => LocalAddress {
  const known = new Map<Protocol, LocalAddress>();
  return (protocol) => {
    const address = known.get(protocol) ?? localAddress(engine, protocol);
    known.set(protocol, address);
    return address;
  };
}

function localAddress(engine: SipEngine, protocol: Protocol): LocalAddress {
  const uriText = engine.contactUri(undefined, protocol);
  const uri = parseUri(uriText) as SipUri;
  return { protocol, uriText, host: uri.host, port: uri.port ?? defaultPort(protocol) };
}

/** The SIP or SIPS URI in `text`, or undefined: another scheme, or no URI at all. */
export function sipUriOf(text: string): SipUri | undefined {
  try {
    const uri = parseUri(text);
    return isSipUri(uri) ? uri : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The transport for a request to `target`: the one that its URI names, else UDP where we have it.
 * @throws {Refusal} no address of ours speaks that transport or IP version.
 */
export function chooseProtocol(target: SipUri, addresses: readonly Address[]): Protocol {
  const named = target.parameters.get("transport")?.toLowerCase() ?? (target.scheme === "sips" ? "tls" : undefined);
  const fitting = addresses.filter(
    (address) => (named === undefined || address.protocol === named) && (!isIPv6(target.host) || isIPv6(address.host)),
  );
  const chosen = fitting.find((address) => address.protocol === "udp") ?? fitting[0];
  if (!chosen) throw new Refusal("requested protocol/transport not available");
  return chosen.protocol;
}

/** Whether `target`, reached over `protocol`, is one of our own addresses, compared as text. */
export function isOwnAddress(
  target: SipUri,
  protocol: Protocol,
  addresses: readonly Address[],
  advertised: string | undefined,
): boolean {
  const port = target.port ?? defaultPort(protocol);
  const hosts = [target.host, ...(target.host === "localhost" ? ["127.0.0.1", "::1"] : [])];
  return addresses.some(
    (address) =>
      address.protocol === protocol &&
      address.port === port &&
      (hosts.includes(address.host) || target.host === advertised),
  );
}
