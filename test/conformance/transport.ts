import { expect } from "chai";
import { SipResponse } from "../../src/sip/message/index.ts";
import type {
  ListenAddress,
  Network,
  Protocol,
  TlsClientOptions,
  TlsServerOptions,
  TransportOptions,
} from "../../src/sip/transport/index.ts";
import { optionsRequest, TransportEndpoint } from "../support/transport-endpoint.ts";

export interface TransportUnderTest {
  readonly title: string;
  readonly protocol: Protocol;
  readonly host: string;
  /** One for each test. */
  network(): Network;
  /** Certificates, where the protocol needs them; `bob.example` is a name of the server's. */
  tls?(): { readonly server: TlsServerOptions; readonly client: TlsClientOptions };
}

/** What every transport has to do, whatever carries the octets. */
export function transportConformance(transport: TransportUnderTest): void {
  const { title, protocol, host } = transport;

  describe(`transport layer over ${title}`, () => {
    let network: Network;
    let alice: TransportEndpoint;
    let bob: TransportEndpoint;

    const place = (port = 0): ListenAddress => ({ protocol, host, port, tls: transport.tls?.().server });
    const open = (
      port = 0,
      options: Partial<Pick<TransportOptions, "listen" | "resolver" | "addressOption">> = {},
    ): Promise<TransportEndpoint> =>
      TransportEndpoint.open({ network, listen: [place(port)], tls: transport.tls?.().client, ...options });

    beforeEach(async () => {
      network = transport.network();
      [alice, bob] = await Promise.all([open(), open()]);
    });

    afterEach(async () => {
      await Promise.all([alice.close(), bob.close()]);
    });

    it("tells where it listens", () => {
      expect(bob.address).to.include({ protocol, host });
      expect(bob.address.port).to.be.greaterThan(0);
    });

    it("carries a message, octet for octet, and says which way it took", async () => {
      const sent = optionsRequest("c", "body\r\n\r\n\0ÿ");
      alice.send(sent, bob.address);
      const { message, flow } = await bob.next();
      expect(message.toOctets().equals(sent.toOctets())).to.equal(true);
      expect(flow.protocol).to.equal(protocol);
      expect(flow.local).to.deep.equal(bob.address);
      expect(flow.remote).to.include({ protocol, host });
    });

    it("answers over the flow on which a request came", async () => {
      alice.send(optionsRequest("c"), bob.address);
      const { message, flow } = await bob.next();
      bob.send(SipResponse.to(optionsRequest(message.callId), 200), flow);
      const answer = await alice.next();
      expect(answer.message.kind).to.equal("response");
      expect(answer.flow.remote).to.deep.equal(bob.address);
      expect(answer.flow.local).to.deep.equal(flow.remote);
    });

    it("keeps the order of messages", async () => {
      const callIds = Array.from({ length: 50 }, (_, index) => `c${index}`);
      for (const callId of callIds) alice.send(optionsRequest(callId), bob.address);
      const received: string[] = [];
      while (received.length < callIds.length) received.push((await bob.next()).message.callId);
      expect(received).to.deep.equal(callIds);
    });

    it("carries a message of 60,000 octets", async () => {
      alice.send(optionsRequest("c", "x".repeat(60_000)), bob.address);
      expect((await bob.next()).message.body).to.have.length(60_000);
    });

    it("looks up a name", async () => {
      const resolver = {
        locate: () =>
          Promise.resolve([{ ...bob.address, host: host.includes(":") ? "127.0.0.1" : "::1" }, bob.address]),
      };
      const carol = await open(0, { resolver });
      for (const callId of ["1", "2", "3"]) carol.send(optionsRequest(callId), { ...bob.address, host: "bob.example" });
      expect((await bob.next()).message.callId).to.equal("1");
      expect((await bob.next()).message.callId).to.equal("2");
      await carol.close();
    });

    it("hands a malformed message to whoever can answer it, and goes on", async () => {
      const broken = optionsRequest("c").toOctets().toString().replace("OPTIONS sip", "OPTIONS  sip");
      alice.wire.sendRaw(broken, bob.address);
      const { error, octets, flow } = await bob.malformed.take({ timeoutMs: 5000, description: "bob" });
      expect(error.status).to.equal(400);
      expect(error.partial?.callId).to.equal("c");
      expect(octets.toString()).to.equal(broken);
      bob.send(optionsRequest("answer"), flow);
      expect((await alice.next()).message.callId).to.equal("answer");
      await alice.fence(bob);
      expect(bob.layer.counters.malformed).to.equal(1);
      expect(bob.tapped.map(({ notes }) => notes)).to.deep.include(["malformed"]);
    });

    describe("tap", () => {
      it("sees what is sent and received, with both ends", async () => {
        const sent = optionsRequest("c");
        alice.send(sent, bob.address);
        const { message, flow } = await bob.next();
        const [out] = alice.tapped;
        const [received] = bob.tapped;
        const there = host.includes(":") ? `[${host}]:${bob.address.port}` : `${host}:${bob.address.port}`;
        expect(out).to.include({ direction: "sent", protocol, remote: there, message: sent });
        expect(received).to.include({ direction: "received", protocol, local: there, remote: out!.local, message });
        expect(received!.octets.equals(sent.toOctets())).to.equal(true);
        expect(received!.remote.endsWith(`:${flow.remote.port}`)).to.equal(true);
        expect([...out!.notes, ...received!.notes]).to.deep.equal([]);
        expect(out!.at).to.be.closeTo(Date.now(), 60_000);
      });
    });

    describe("wire controls", () => {
      it("drop what they match, as often as told, and show it to the tap", async () => {
        const rule = alice.wire.drop("OPTIONS", { times: 2 });
        for (const callId of ["1", "2", "3"]) alice.send(optionsRequest(callId), bob.address);
        expect((await bob.next()).message.callId).to.equal("3");
        expect(rule.hits).to.equal(2);
        expect(alice.tapped.filter(({ notes }) => notes.includes("dropped"))).to.have.length(2);
        expect(alice.tapped[0]!.remote).to.contain(String(bob.address.port));
      });

      it("drop what is received before anybody sees it", async () => {
        bob.wire.drop((message) => message.callId === "1", { direction: "received" });
        alice.send(optionsRequest("1"), bob.address);
        await alice.fence(bob);
        expect(bob.messages.pending).to.deep.equal([]);
        expect(bob.tapped[0]).to.deep.include({ direction: "received", notes: ["dropped"] });
      });

      it("delay a message, so that later ones overtake it, in both directions", async () => {
        for (const [side, direction] of [
          [alice, "sent"],
          [bob, "received"],
        ] as const) {
          side.wire.delay((message) => message.callId === "slow", 20, { direction });
          alice.send(optionsRequest("slow"), bob.address);
          alice.send(optionsRequest("quick"), bob.address);
          expect((await bob.next()).message.callId).to.equal("quick");
          expect((await bob.next()).message.callId).to.equal("slow");
          side.wire.clear();
        }
      });

      it("duplicate a message, in both directions", async () => {
        alice.wire.duplicate("OPTIONS", { times: 1 });
        bob.wire.duplicate("OPTIONS", { times: 1, direction: "received" });
        alice.send(optionsRequest("c"), bob.address);
        const copies = [await bob.next(), await bob.next(), await bob.next()];
        expect(new Set(copies.map(({ message }) => message)).size).to.equal(3);
        await alice.fence(bob);
        expect(bob.messages.pending).to.deep.equal([]);
      });

      it("rewrite what is sent, and the tap shows what went out", async () => {
        const original = optionsRequest("c");
        alice.wire.rewrite("OPTIONS", (message) => message.set("Subject", "new"), { times: 1 });
        alice.send(original, bob.address);
        const { message } = await bob.next();
        expect(message.get("Subject")).to.equal("new");
        expect(original.has("Subject")).to.equal(false);
        expect(alice.tapped[0]!.octets.equals(message.toOctets())).to.equal(true);
        expect(alice.tapped[0]!.notes).to.deep.equal(["rewritten"]);
      });

      it("rewrite what is received, and the tap shows what came", async () => {
        bob.wire.rewrite("*", (_, octets) => octets.toString().replace("alice", "carol"), { direction: "received" });
        alice.send(optionsRequest("c"), bob.address);
        expect((await bob.next()).message.get("From")).to.contain("carol");
        expect(bob.tapped[0]!.octets.toString()).to.contain("alice");
        expect(bob.tapped[0]!.notes).to.deep.equal(["rewritten"]);
      });

      it("report a rewrite that throws as the script's fault and send nothing", async () => {
        alice.wire.rewrite("OPTIONS", () => {
          throw new Error("typo");
        });
        const message = optionsRequest("c");
        alice.send(message, bob.address);
        const failure = await alice.nextFailure();
        expect(failure.error).to.include({ name: "UsageError", code: "ERR_WIRE_RULE" });
        expect(failure.message).to.equal(message);
        alice.wire.clear();
        await alice.fence(bob);
        expect(bob.messages.pending).to.deep.equal([]);
      });

      it("send exactly the octets given, past all rules", async () => {
        alice.wire.drop("*");
        const octets = optionsRequest("c").toOctets();
        alice.wire.sendRaw(octets, bob.address);
        expect((await bob.next()).message.toOctets().equals(octets)).to.equal(true);
        expect(alice.tapped[0]!.notes).to.deep.equal(["raw"]);
      });

      it("leave the wire alone once removed", async () => {
        const rule = alice.wire.drop("*");
        rule.remove();
        await alice.fence(bob);
        expect(rule.hits).to.equal(0);
      });
    });

    describe("failures", () => {
      it("reports a name without address", async () => {
        const resolver = { locate: () => Promise.resolve([]) };
        const carol = await open(0, { resolver });
        const message = optionsRequest("c");
        carol.send(message, { protocol, host: "nowhere.example", port: 5060 });
        const failure = await carol.nextFailure();
        await carol.close();
        expect(failure.error).to.include({ name: "TransportError", code: "ERR_HOST_NOT_FOUND" });
        expect(failure.message).to.equal(message);
      });

      it("reports a port that can't be, later and without throwing", async () => {
        for (const port of [0, -1, 65_536, Number.NaN, 1.5]) {
          alice.send(optionsRequest("c"), { protocol, host, port });
          expect(alice.failures.pending).to.deep.equal([]);
          expect((await alice.nextFailure()).error.code).to.equal("ERR_UNREACHABLE");
        }
      });

      it("refuses an address in use, saying which and where to change it", async () => {
        const error = await caught(
          open(0, { listen: [place(), place(bob.address.port)], addressOption: "local.ports" }),
        );
        expect(error).to.include({ name: "TransportError", code: "ERR_ADDRESS_IN_USE" });
        expect(String(error)).to.contain(`:${bob.address.port}`).and.contain("local.ports");
      });
    });

    describe("when closed", () => {
      it("gives its port back", async () => {
        const { port } = bob.address;
        await bob.close();
        bob = await open(port);
        alice.send(optionsRequest("c"), bob.address);
        expect((await bob.next()).message.callId).to.equal("c");
      });

      it("is silent, and may be closed again", async () => {
        await bob.close();
        bob.send(optionsRequest("c"), alice.address);
        await bob.close();
        bob = await open();
        await bob.fence(alice);
        expect(alice.messages.pending).to.deep.equal([]);
      });
    });
  });
}

async function caught(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
}
