import { expect } from "chai";
import { settle, FakeClock } from "../../support/fake-clock.ts";
import { systemClock } from "../../../src/core/system-clock.ts";
import { SipResponse } from "../../../src/sip/message/index.ts";
import {
  nodeNetwork,
  STREAM_LIMITS,
  type ListenAddress,
  type Network,
  type StreamConnection,
} from "../../../src/sip/transport/index.ts";
import type { Certificate } from "../../support/certificates.ts";
import { TestAuthority } from "../../support/test-authority.ts";
import { memoryNetwork } from "../../support/memory-network.ts";
import { RawPeer } from "../../support/raw-peer.ts";
import { optionsRequest, TransportEndpoint } from "../../support/transport-endpoint.ts";

const LISTEN = [{ protocol: "tcp", host: "127.0.0.1", port: 0 }] as const;
const REQUEST = optionsRequest("c").toOctets().toString();
const STREAMS = {
  "TCP in memory": { protocol: "tcp", makeNetwork: () => memoryNetwork(systemClock) },
  TCP: { protocol: "tcp", makeNetwork: nodeNetwork },
  TLS: { protocol: "tls", makeNetwork: nodeNetwork },
} as const;

for (const [title, { protocol, makeNetwork }] of Object.entries(STREAMS)) {
  describe(`StreamTransport over ${title}`, () => {
    let network: Network;
    let authority: TestAuthority | undefined;
    let certificate: Certificate | undefined;
    let alice: TransportEndpoint;
    let bob: TransportEndpoint;

    const place = (options: Partial<ListenAddress> = {}): ListenAddress => ({
      protocol,
      host: "127.0.0.1",
      port: 0,
      tls: certificate,
      ...options,
    });
    const open = (
      listen: ListenAddress = place(),
      handler?: Parameters<typeof TransportEndpoint.open>[1],
    ): Promise<TransportEndpoint> =>
      TransportEndpoint.open({ network, listen: [listen], tls: { ca: authority?.ca } }, handler);

    before(() => {
      if (protocol !== "tls") return;
      authority = new TestAuthority();
      certificate = authority.issue("peer", { names: ["IP:127.0.0.1"] });
    });

    after(() => authority?.remove());

    beforeEach(async () => {
      network = makeNetwork();
      [alice, bob] = await Promise.all([open(), open()]);
    });

    afterEach(async () => {
      await Promise.all([alice.close(), bob.close()]);
    });

    describe("connections", () => {
      it("opens one to a peer and uses it again, also while it is being opened", async () => {
        alice.send(optionsRequest("1"), bob.address);
        alice.send(optionsRequest("2"), bob.address);
        const first = await bob.next();
        const second = await bob.next();
        const third = await alice.fence(bob);
        expect(second.flow).to.equal(first.flow);
        expect(third).to.equal(first.flow);
        expect(first.flow.connection).to.be.a("number");
      });

      it("uses the connection that a peer opened for what goes to the peer's address", async () => {
        const flow = await alice.fence(bob);
        bob.send(optionsRequest("back"), flow.remote);
        expect((await alice.next()).flow.local).to.deep.equal(flow.remote);
      });

      it("connects from the address it listens on", async () => {
        const carol = await open(place({ host: "127.0.0.7" }));
        const flow = await carol.fence(bob);
        await carol.close();
        expect(flow.remote.host).to.equal("127.0.0.7");
      });

      it("opens a new one to the flow's address where the flow's own is gone", async () => {
        const gone = { ...(await alice.fence(bob)), remote: alice.address, connection: 99 };
        bob.send(optionsRequest("again"), gone);
        expect((await alice.next()).message.callId).to.equal("again");
      });

      it("opens a new one to a peer that was restarted", async () => {
        await alice.fence(bob);
        const { port } = bob.address;
        await bob.close();
        await settle();
        bob = await open(place({ port }));
        await alice.fence(bob);
      });

      it("reports each waiting message when the peer refuses", async () => {
        const { address } = bob;
        await bob.close();
        const messages = [optionsRequest("1"), optionsRequest("2")];
        for (const message of messages) alice.send(message, address);
        for (const message of messages) {
          const failure = await alice.nextFailure();
          expect(failure.error).to.include({ name: "TransportError", code: "ERR_CONNECTION_REFUSED" });
          expect(failure.message).to.equal(message);
          expect(failure.to).to.equal(address);
        }
        expect(alice.tapped).to.deep.equal([]);
      });

      it("sends what was written before it closes", async () => {
        await alice.fence(bob);
        alice.send(optionsRequest("last", "x".repeat(50_000)), bob.address);
        await alice.close();
        expect((await bob.next()).message.callId).to.equal("last");
        expect(alice.closed.pending).to.deep.equal([]);
      });
    });

    describe("what comes in", () => {
      let peer: RawPeer;

      beforeEach(async () => {
        peer = await RawPeer.connect(network, bob.address);
      });

      afterEach(() => {
        peer.connection.destroy();
      });

      it("is understood one octet at a time", async () => {
        for (const octet of REQUEST) peer.write(octet);
        expect((await bob.next()).message.callId).to.equal("c");
      });

      it("may be several messages in one segment", async () => {
        peer.write(REQUEST + REQUEST + REQUEST);
        for (let count = 0; count < 3; count += 1) await bob.next();
      });

      it("is answered with CRLF where it is a ping, also between messages", async () => {
        peer.write(`\r\n\r\n${REQUEST}\r\n\r\n`);
        await peer.reads(/^\r\n\r\n$/);
        await bob.next();
        expect(bob.layer.counters).to.include({ keepalives: 2, received: 1, malformed: 0, notSip: 0 });
        expect(bob.tapped.map(({ direction, notes }) => `${direction} ${notes.join()}`)).to.deep.equal([
          "received keepalive",
          "sent keepalive",
          "received ",
          "received keepalive",
          "sent keepalive",
        ]);
      });

      for (const header of ["", "Content-Length: -1\r\n", "Content-Length: 2\r\nl: 3\r\n"]) {
        it(`is answered and then closed where it says "${header.trim()}" of its length`, async () => {
          await bob.close();
          bob = await open(place(), {
            malformed(error, _octets, flow) {
              if (error.partial) bob.send(SipResponse.to(optionsRequest(error.partial.callId), error.status), flow);
            },
          });
          peer = await RawPeer.connect(network, bob.address);
          peer.write(REQUEST.replace(/Content-Length: 0\r\n/, header) + REQUEST);
          await peer.reads(/^SIP\/2.0 400 [^]*Call-ID: c\r\n/);
          await peer.sees("ended");
          expect(bob.layer.counters).to.include({ received: 0, malformed: 1 });
        });
      }

      it("is closed where its header never ends", async () => {
        for (let count = 0; count < 70; count += 1) peer.write("a".repeat(1000));
        await peer.sees("ended");
      });

      it("is answered although the peer has closed its side", async () => {
        peer.write(`${REQUEST}OPTIONS sip:cut@example.com SIP/2.0\r\n`);
        peer.connection.end();
        const { flow } = await bob.next();
        await bob.malformed.take({ timeoutMs: 5000, description: "bob waited for the end of the stream" });
        bob.send(SipResponse.to(optionsRequest("c"), 200), flow);
        await peer.reads(/^SIP\/2.0 200 /);
      });

      it("is malformed where the connection ends inside a message", async () => {
        peer.write(REQUEST.replace("Content-Length: 0", "Content-Length: 5"));
        peer.connection.end();
        const { error } = await bob.malformed.take({ timeoutMs: 5000, description: "bob" });
        expect(error.partial?.callId).to.equal("c");
      });

      it("does not stop the endpoint when it is garbage", async () => {
        peer.write(Buffer.from("\x16\x03\x01\x02\x00GET / HTTP/1.1\r\n\r\n"));
        await peer.sees("ended");
        await alice.fence(bob);
        expect(bob.layer.counters.notSip).to.equal(1);
        expect(bob.malformed.pending).to.deep.equal([]);
      });

      it("tells that a connection is gone once both sides have closed", async () => {
        peer.write(REQUEST);
        const { flow } = await bob.next();
        expect(bob.layer.isOpen(flow)).to.equal(true);
        peer.write(REQUEST.replace("Content-Length", "X-Length"));
        await peer.sees("ended");
        peer.connection.end();
        const closed = await bob.closed.take({ timeoutMs: 5000, description: "bob" });
        expect(closed.flow).to.equal(flow);
        expect(closed.error).to.equal(undefined);
        expect(bob.layer.isOpen(flow)).to.equal(false);
      });
    });
  });
}

describe("StreamTransport", () => {
  it("reports a connection that the peer broke", async () => {
    const network = nodeNetwork();
    const bob = await TransportEndpoint.open({ network, listen: LISTEN });
    const deaf = await network.connectTcp(bob.address);
    deaf.write(Buffer.from(REQUEST), () => undefined);
    const { flow } = await bob.next();
    bob.send(optionsRequest("unread", "x".repeat(20_000)), flow);
    await new Promise(setImmediate);
    deaf.destroy(); // with octets unread: the kernel resets
    const { error } = await bob.closed.take({ timeoutMs: 5000, description: "bob" });
    expect(error).to.include({ name: "TransportError", code: "ERR_CONNECTION_LOST" });
    await bob.close();
  });

  it("gives up a peer that does not read", async () => {
    const network = nodeNetwork();
    const bob = await TransportEndpoint.open({ network, listen: LISTEN });
    const deaf = await network.connectTcp(bob.address);
    deaf.write(Buffer.from(REQUEST), () => undefined);
    const { flow } = await bob.next();
    const large = optionsRequest("large", "x".repeat(60_000));
    for (let count = 0; count < 1000 && bob.layer.isOpen(flow); count += 1) bob.send(large, flow);
    expect(bob.layer.isOpen(flow)).to.equal(false);
    expect((await bob.nextFailure()).error.code).to.equal("ERR_CONNECTION_GIVEN_UP");
    deaf.destroy();
    await bob.close();
  });

  describe("in time", () => {
    let clock: FakeClock;
    let network: Network;
    let bob: TransportEndpoint;
    let connection: StreamConnection;

    beforeEach(async () => {
      clock = new FakeClock();
      network = memoryNetwork(clock);
      bob = await TransportEndpoint.open({ network, listen: LISTEN, clock });
      connection = await network.connectTcp(bob.address);
      await settle();
    });

    const write = async (text: string): Promise<void> => {
      connection.write(Buffer.from(text), () => undefined);
      await settle();
    };

    /** Moves the clock to just before `limitMs`, then past it and the next sweep. */
    const expectGivenUpAfter = async (limitMs: number, reason: RegExp): Promise<void> => {
      await clock.advanceAsync(limitMs);
      expect(bob.closed.pending).to.deep.equal([]);
      await clock.advanceAsync(2 * STREAM_LIMITS.sweepMs);
      const [closed] = bob.closed.pending;
      expect(closed?.error?.code).to.equal("ERR_CONNECTION_GIVEN_UP");
      expect(closed?.error?.message).to.match(reason);
    };

    afterEach(async () => {
      await bob.close();
      expect(clock.timerCount).to.equal(0);
    });

    it("gives up a connection that brings no message", async () => {
      await expectGivenUpAfter(STREAM_LIMITS.firstMessageMs, /brought no message/);
    });

    it("gives up a connection whose message does not end, however much it sends", async () => {
      await write(REQUEST + REQUEST.slice(0, 20));
      for (let second = 0; second < STREAM_LIMITS.messageMs / 1000; second += 1) {
        await clock.advanceAsync(1000);
        await write("a");
      }
      await expectGivenUpAfter(0, /did not finish a message/);
    });

    it("gives up an idle connection, and one that pings not", async () => {
      await write(REQUEST);
      for (let hour = 0; hour < 6; hour += 1) {
        await clock.advanceAsync(3_600_000);
        await write("\r\n\r\n");
      }
      await expectGivenUpAfter(STREAM_LIMITS.idleMs, /was idle/);
    });

    it("gives up a half-closed connection, which took answers until then", async () => {
      await write(REQUEST);
      connection.end();
      await settle();
      await expectGivenUpAfter(STREAM_LIMITS.halfClosedMs, /half closed/);
    });

    it("gives up a peer that does not take the connection", async () => {
      const slow = memoryNetwork(clock, { delayMs: STREAM_LIMITS.connectMs + 1 });
      const alice = await TransportEndpoint.open({ network: slow, listen: LISTEN, clock });
      alice.send(optionsRequest("c"), { ...alice.address, port: 9 });
      await clock.advanceAsync(STREAM_LIMITS.connectMs);
      expect(alice.failures.pending[0]?.error.code).to.equal("ERR_CONNECT_TIMEOUT");
      await clock.advanceAsync(1);
      await alice.close();
    });

    it("lets what is under way arrive before it closes", async () => {
      const slow = memoryNetwork(clock, { delayMs: 100 });
      const alice = await TransportEndpoint.open({ network: slow, listen: LISTEN, clock });
      const carol = await TransportEndpoint.open({ network: slow, listen: LISTEN, clock });
      alice.send(optionsRequest("first"), carol.address);
      await clock.advanceAsync(200);
      alice.send(optionsRequest("last"), carol.address);
      const closing = alice.close();
      await clock.advanceAsync(200);
      await closing;
      expect(carol.messages.pending.map(({ message }) => message.callId)).to.deep.equal(["first", "last"]);
      const end = carol.close();
      await clock.advanceAsync(200);
      await end;
    });

    it("bounds what waits for a connection", async () => {
      const slow = memoryNetwork(clock, { delayMs: 100 });
      const alice = await TransportEndpoint.open({ network: slow, listen: LISTEN, clock });
      const large = optionsRequest("c", "x".repeat(60_000));
      for (let count = 0; count < 20; count += 1) alice.send(large, alice.address);
      await settle();
      expect(alice.failures.pending.map(({ error }) => error.code)).to.include("ERR_CONNECTION_GIVEN_UP");
      await clock.advanceAsync(300);
      expect(alice.messages.pending).to.have.length(17);
      const closing = alice.close();
      await clock.advanceAsync(300);
      await closing;
    });
  });
});
