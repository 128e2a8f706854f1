import { nodeNetwork, type DatagramSocket, type Network } from "../../src/sip/transport/index.ts";

/**
 * The kernel's network, from which nothing gets out but to the addresses in `reachable` (`host port`): a mutated Via may
 * name anybody's address as the place for the answer. What is held back counts as sent, as datagrams do that get lost.
 */
export function fencedNetwork(reachable: ReadonlySet<string>): Network {
  const network = nodeNetwork();
  return {
    async bindUdp(host, port) {
      return fencedSocket(await network.bindUdp(host, port), reachable);
    },
    listenTcp: (host, port) => network.listenTcp(host, port),
    listenTls: (host, port, settings) => network.listenTls(host, port, settings),
    connectTcp(remote, options) {
      if (reachable.has(placeOf(remote))) return network.connectTcp(remote, options);
      return Promise.reject(Object.assign(new Error("behind the fence"), { code: "ECONNREFUSED" }));
    },
    connectTls: () => Promise.reject(Object.assign(new Error("behind the fence"), { code: "ECONNREFUSED" })),
  };
}

export function placeOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host} ${port}`;
}

function fencedSocket(socket: DatagramSocket, reachable: ReadonlySet<string>): DatagramSocket {
  return {
    local: socket.local,
    start: (handler) => {
      socket.start(handler);
    },
    send(octets, host, port, sent) {
      if (reachable.has(placeOf({ host, port }))) {
        socket.send(octets, host, port, sent);
      } else {
        queueMicrotask(() => {
          sent(null);
        });
      }
    },
    close: () => socket.close(),
  };
}
