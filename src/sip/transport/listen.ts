import { asError, TransportError, UsageError } from "../../core/errors.ts";
import { formatAddress, type Protocol } from "./address.ts";
import { bindFailure } from "./failures.ts";
import type { DatagramSocket, Network, StreamListener } from "./network.ts";
import type { TlsServerOptions } from "./tls-options.ts";
import { loadTlsServer } from "./tls-settings.ts";

export interface ListenAddress {
  readonly protocol: Protocol;
  /** An IP address of this machine, or 0.0.0.0 or :: for all; no name. */
  readonly host: string;
  /** 0: any free one. A UDP and a TCP address of one host, both with 0, get the same number. */
  readonly port: number;
  /** Needed with protocol `tls`. */
  readonly tls?: TlsServerOptions | undefined;
}

/** What was opened, each in the order of the addresses asked for. */
export interface Listeners {
  readonly all: readonly (DatagramSocket | StreamListener)[];
  readonly datagrams: readonly DatagramSocket[];
  readonly streams: readonly StreamListener[];
}

type Opened =
  | { readonly kind: "datagram"; readonly listener: DatagramSocket }
  | { readonly kind: "stream"; readonly listener: StreamListener };

/** Addresses that share a port number, the stream first: a free TCP port is more often free on UDP than the reverse. */
type PortGroup = [ListenAddress] | [stream: ListenAddress, datagram: ListenAddress];

/** How often a free TCP port may turn out to be taken on UDP before we give up. */
const PAIR_ATTEMPTS = 16;

/**
 * Opens a listener for each address.
 * @param option where the user sets the addresses, for the error.
 * @throws {TransportError} ERR_ADDRESS_IN_USE and its like; nothing stays open then.
 */
export async function listenOn(
  network: Network,
  addresses: readonly ListenAddress[],
  option: string,
): Promise<Listeners> {
  // Copies, since the caller may name one object twice and each is a key here.
  const asked = addresses.map((address) => ({ ...address }));
  const opened = new Map<ListenAddress, Opened>();
  try {
    for (const group of portGroups(asked)) {
      const listeners = await openGroup(network, group, option);
      listeners.forEach((listener, index) => {
        const address = group[index];
        if (address) opened.set(address, listener);
      });
    }
  } catch (error) {
    await Promise.all([...opened.values()].map(({ listener }) => listener.close()));
    throw error;
  }
  const inOrder = asked.flatMap((address) => opened.get(address) ?? []);
  return {
    all: inOrder.map(({ listener }) => listener),
    datagrams: inOrder.flatMap((one) => (one.kind === "datagram" ? one.listener : [])),
    streams: inOrder.flatMap((one) => (one.kind === "stream" ? one.listener : [])),
  };
}

function portGroups(addresses: readonly ListenAddress[]): PortGroup[] {
  const groups: PortGroup[] = [];
  for (const address of addresses) {
    const partner = groups.findIndex((group) => sharesPort(group, address));
    const [first] = groups[partner] ?? [];
    if (!first) groups.push([address]);
    else groups[partner] = address.protocol === "udp" ? [first, address] : [address, first];
  }
  return groups;
}

function sharesPort(group: PortGroup, address: ListenAddress): boolean {
  const [first, second] = group;
  if (second || address.port !== 0 || first.port !== 0 || first.host !== address.host) return false;
  const { protocol } = address;
  return (first.protocol === "udp" && protocol === "tcp") || (first.protocol === "tcp" && protocol === "udp");
}

async function openGroup(network: Network, group: PortGroup, option: string): Promise<Opened[]> {
  const [first, second] = group;
  for (let attempt = 1; ; attempt += 1) {
    const leader = await openOne(network, first, option);
    if (!second) return [leader];
    try {
      return [leader, await openOne(network, { ...second, port: leader.listener.local.port }, option)];
    } catch (error) {
      await leader.listener.close();
      const taken = error instanceof TransportError && error.code === "ERR_ADDRESS_IN_USE";
      if (!taken || attempt === PAIR_ATTEMPTS) throw error;
    }
  }
}

async function openOne(network: Network, address: ListenAddress, option: string): Promise<Opened> {
  const { protocol, host, port } = address;
  try {
    switch (protocol) {
      case "udp":
        return { kind: "datagram", listener: await network.bindUdp(host, port) };
      case "tcp":
        return { kind: "stream", listener: await network.listenTcp(host, port) };
      case "tls":
        return { kind: "stream", listener: await listenTls(network, address) };
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw bindFailure(asError(error), address, option);
  }
}

async function listenTls(network: Network, address: ListenAddress): Promise<StreamListener> {
  const settings = await loadTlsServer(address.tls, `Can't listen on ${formatAddress(address)}`);
  return await network.listenTls(address.host, address.port, settings);
}
