import { expect } from "chai";
import fc from "fast-check";
import { nodeNetwork, TransportLayer, type DatagramSocket } from "../../../src/sip/transport/index.ts";
import { FakeClock, settle } from "../../support/fake-clock.ts";
import { memoryNetwork } from "../../support/memory-network.ts";
import { optionsRequest, TransportEndpoint } from "../../support/transport-endpoint.ts";

const LISTEN = [{ protocol: "udp", host: "10.0.0.1", port: 5060 }] as const;
const STUN = Buffer.from("000100002112a442000102030405060708090a0b", "hex");
const RTP = Buffer.from("8000000100000001deadbeef", "hex");

describe("DatagramTransport", () => {
  let clock: FakeClock;
  let bob: TransportEndpoint;
  let peer: DatagramSocket;
  let answers: Buffer[];

  beforeEach(async () => {
    clock = new FakeClock();
    const network = memoryNetwork(clock, { refusesDatagrams: true });
    bob = await TransportEndpoint.open({ network, listen: LISTEN, clock });
    peer = await network.bindUdp("10.0.0.2", 5060);
    answers = [];
    peer.start({ received: (octets) => answers.push(octets), failed: () => undefined });
  });

  afterEach(async () => {
    await Promise.all([bob.close(), peer.close()]);
    expect(clock.timerCount).to.equal(0);
  });

  const receive = async (octets: Buffer): Promise<void> => {
    peer.send(octets, "10.0.0.1", 5060, () => undefined);
    await settle();
  };

  const keepalives = { "": "", CRLF: "\r\n", CRLFCRLF: "\r\n\r\n", NUL: "\0", "four NULs": "\0\0\0\0", STUN };
  for (const [title, octets] of Object.entries(keepalives)) {
    it(`drops the keepalive "${title}" and counts it`, async () => {
      await receive(Buffer.from(octets));
      expect(bob.layer.counters).to.include({ keepalives: 1, notSip: 0, malformed: 0, received: 0 });
      expect(bob.tapped.map(({ notes }) => notes)).to.deep.equal([["keepalive"]]);
      expect(answers).to.deep.equal([]);
    });
  }

  for (const [title, octets] of Object.entries({ RTP, HTTP: "GET / HTTP/1.1\r\n\r\n", text: "hello\r\n\r\n" })) {
    it(`counts a datagram that is not SIP (${title}) and shows it to the tap`, async () => {
      await receive(Buffer.from(octets));
      expect(bob.layer.counters).to.include({ notSip: 1, malformed: 0, received: 0 });
      expect(bob.tapped.map(({ notes }) => notes)).to.deep.equal([["not-sip"]]);
      expect(bob.malformed.pending).to.deep.equal([]);
    });
  }

  it("counts every datagram once, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (noise, likeSip) => {
        const total = (): number => {
          const { keepalives: kept, notSip, malformed, received } = bob.layer.counters;
          return kept + notSip + malformed + received;
        };
        const before = total();
        await receive(
          likeSip ? Buffer.concat([optionsRequest("c").toOctets().subarray(0, 40), noise]) : Buffer.from(noise),
        );
        expect(total()).to.equal(before + 1);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps one flow for a peer and tells peers of one port apart", async () => {
    const octets = optionsRequest("c").toOctets();
    await receive(octets);
    await receive(octets);
    const [first, second] = bob.messages.pending;
    expect(second!.flow).to.equal(first!.flow);
    const network = memoryNetwork(clock);
    const wide = await TransportEndpoint.open({ network, listen: [{ ...LISTEN[0], host: "0.0.0.0" }], clock });
    for (const host of ["10.0.0.8", "10.0.0.9"]) {
      const socket = await network.bindUdp(host, 7000);
      socket.send(octets, "10.0.0.1", 5060, () => undefined);
    }
    await settle();
    expect(wide.messages.pending.map(({ flow }) => flow.remote.host)).to.deep.equal(["10.0.0.8", "10.0.0.9"]);
    await wide.close();
  });

  it("answers from the address at which a request came", async () => {
    const network = memoryNetwork(clock);
    const both = [LISTEN[0], { ...LISTEN[0], host: "10.0.0.3" }];
    const endpoint = await TransportEndpoint.open({ network, listen: both, clock });
    const client = await TransportEndpoint.open({ network, listen: [{ ...LISTEN[0], host: "10.0.0.4" }], clock });
    client.send(optionsRequest("c"), endpoint.layer.addresses[1]!);
    await settle();
    endpoint.send(optionsRequest("answer"), endpoint.messages.pending[0]!.flow);
    await settle();
    expect(client.messages.pending[0]!.flow.remote.host).to.equal("10.0.0.3");
    await Promise.all([endpoint.close(), client.close()]);
  });

  it("reports what the system refuses", async () => {
    const message = optionsRequest("c");
    bob.send(message, { protocol: "udp", host: "10.0.0.2", port: 9 });
    expect(bob.failures.pending).to.deep.equal([]);
    await settle();
    const [failure] = bob.failures.pending;
    expect(failure!.error).to.include({ name: "TransportError", code: "ERR_CONNECTION_REFUSED" });
    expect(failure!.message).to.equal(message);
  });

  it("reports an IP version without a socket", async () => {
    bob.send(optionsRequest("c"), { protocol: "udp", host: "::1", port: 5060 });
    await settle();
    expect(bob.failures.pending[0]!.error.code).to.equal("ERR_NO_LOCAL_ADDRESS");
  });

  it("reports a message that no datagram holds", async () => {
    const network = nodeNetwork();
    const alice = await TransportEndpoint.open({ network, listen: [{ protocol: "udp", host: "127.0.0.1", port: 0 }] });
    alice.send(optionsRequest("c", "x".repeat(66_000)), alice.address);
    expect((await alice.nextFailure()).error.code).to.equal("ERR_DATAGRAM_TOO_LARGE");
    await alice.close();
  });

  it("drops what a rule delays once it is closed", async () => {
    bob.wire.delay("*", 50);
    bob.send(optionsRequest("late"), { protocol: "udp", host: "10.0.0.2", port: 5060 });
    expect(clock.timerCount).to.equal(1);
    await bob.close();
    expect(clock.timerCount).to.equal(0);
    await clock.advanceAsync(100);
    expect(answers).to.deep.equal([]);
  });

  it("needs no tap", async () => {
    const layer = await TransportLayer.open({ network: memoryNetwork(clock), listen: LISTEN, clock });
    const received: string[] = [];
    layer.start({
      message: (message) => received.push(message.callId),
      malformed: () => undefined,
      failed: () => undefined,
    });
    layer.send(optionsRequest("c").toOctets(), undefined, layer.addresses[0]!);
    await settle();
    expect(received).to.deep.equal(["c"]);
    await layer.close();
  });
});
