import { expect } from "chai";
import { HarnessError } from "../../../src/core/errors.ts";
import { systemClock } from "../../../src/core/system-clock.ts";
import { nodeNetwork, TransportLayer, type ListenAddress, type Network } from "../../../src/sip/transport/index.ts";
import { TestAuthority } from "../../support/test-authority.ts";

const HOST = "127.0.0.1";
const UDP: ListenAddress = { protocol: "udp", host: HOST, port: 0 };
const TCP: ListenAddress = { protocol: "tcp", host: HOST, port: 0 };

function open(listen: ListenAddress[], network: Network = nodeNetwork()): Promise<TransportLayer> {
  return TransportLayer.open({ network, listen, clock: systemClock });
}

async function failureOf(attempt: Promise<unknown>): Promise<HarnessError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HarnessError)) throw new Error(`expected a HarnessError, got ${String(error)}`);
  return error;
}

describe("listening", () => {
  it("gives UDP and TCP of one host the same port, in the order asked for", async () => {
    for (const listen of [
      [UDP, TCP],
      [TCP, UDP],
    ]) {
      const layer = await open(listen);
      const [first, second] = layer.addresses;
      expect([first?.protocol, second?.protocol]).to.deep.equal(listen.map(({ protocol }) => protocol));
      expect(first?.port).to.equal(second?.port);
      await layer.close();
    }
  });

  it("gives each further pair its own port", async () => {
    const layer = await open([UDP, UDP, TCP, TCP, { ...UDP, host: "127.0.0.2" }]);
    const [udp1, udp2, tcp1, tcp2, other] = layer.addresses.map(({ port }) => port);
    expect([tcp1, tcp2]).to.deep.equal([udp1, udp2]);
    expect(udp1).not.to.equal(udp2);
    expect(other).to.be.greaterThan(0);
    await layer.close();
  });

  it("looks for another pair where the free TCP port is taken on UDP", async () => {
    const network = nodeNetwork();
    let refusals = 3;
    const given: ListenAddress[] = [];
    const layer = await open([UDP, TCP], {
      ...network,
      async listenTcp(host, port) {
        const listener = await network.listenTcp(host, port);
        given.push(listener.local);
        return listener;
      },
      bindUdp(host, port) {
        refusals -= 1;
        if (refusals >= 0) return Promise.reject(Object.assign(new Error("taken"), { code: "EADDRINUSE" }));
        return network.bindUdp(host, port);
      },
    });
    expect(layer.addresses[0]?.port).to.equal(layer.addresses[1]?.port);
    expect(given).to.have.length(4);
    for (const missed of given.slice(0, 3)) await (await open([missed])).close();
    await layer.close();
  });

  it("leaves nothing open when one address fails", async () => {
    const first = await open([UDP]);
    const { port } = first.addresses[0]!;
    const free = await open([TCP]);
    const freePort = free.addresses[0]!.port;
    await free.close();
    const error = await failureOf(
      open([
        { ...TCP, port: freePort },
        { ...UDP, port },
      ]),
    );
    expect(error).to.include({ name: "TransportError", code: "ERR_ADDRESS_IN_USE" });
    expect(error.message).to.equal(
      `Can't listen on udp:127.0.0.1:${port}: the port is in use. ` +
        "Stop the program that uses it, or choose another address with --listen.",
    );
    await (await open([{ ...TCP, port: freePort }])).close();
    await first.close();
  });

  it("says that an address is not one of this machine", async () => {
    for (const address of [UDP, TCP]) {
      const error = await failureOf(open([{ ...address, host: "192.0.2.1" }]));
      expect(error.code).to.equal("ERR_ADDRESS_NOT_AVAILABLE");
    }
  });

  it("shares no port number with TLS, which has one of its own", async () => {
    const authority = new TestAuthority();
    const tls = authority.issue("here");
    const layer = await open([UDP, { ...TCP, protocol: "tls", tls }, TCP]);
    const [udp, secure, tcp] = layer.addresses;
    expect(layer.addresses.map(({ protocol }) => protocol)).to.deep.equal(["udp", "tls", "tcp"]);
    expect(udp?.port).to.equal(tcp?.port).and.not.to.equal(secure?.port);
    await layer.close();
    authority.remove();
  });

  it("refuses TLS without a certificate as the caller's mistake", async () => {
    const error = await failureOf(open([{ ...TCP, protocol: "tls" }]));
    expect(error).to.include({ name: "UsageError", code: "ERR_TLS_CONFIGURATION" });
  });
});
