import { expect } from "chai";
import { TransportError } from "../../src/core/errors.ts";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import {
  Dialog,
  SipEngine,
  SipResponse,
  type Address,
  type ClientHandler,
  type ClientTransaction,
  type Flow,
  type ServerTransaction,
} from "../../src/sip/index.ts";
import type { Certificate } from "../support/certificates.ts";
import { TestAuthority } from "../support/test-authority.ts";
import { hasAddress } from "../support/host-addresses.ts";
import { rejection } from "../support/rejection.ts";
import { incoming, outgoing, sipBench, type SipBench } from "../support/sip-bench.ts";

/** Resolves with the first final response. */
class FinalResponse implements ClientHandler {
  readonly final: Promise<{ transaction: ClientTransaction; response: SipResponse; flow: Flow }>;
  #resolve: (value: { transaction: ClientTransaction; response: SipResponse; flow: Flow }) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor() {
    this.final = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  response(transaction: ClientTransaction, response: SipResponse, flow: Flow): void {
    if (response.isFinal) this.#resolve({ transaction, response, flow });
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    this.#reject(error);
  }
}

const PLACES = (["udp", "tcp", "tls"] as const).flatMap((protocol) =>
  ["127.0.0.1", "::1"].map((host) => ({ protocol, host })),
);

describe("SIP engine", () => {
  describe("on a fake clock", () => {
    let bench: SipBench;
    beforeEach(async () => {
      bench = await sipBench();
    });
    afterEach(async () => {
      await bench.close();
      expect(bench.clock.timerCount).to.equal(0);
    });

    for (const [what, change] of Object.entries({
      "the sent-by of another": (text: string) => text.replace("192.0.2.1:5060", "192.0.2.77:5060"),
      "another branch": (text: string) => text.replace("branch=z9hG4bK", "branch=z9hG4bKx"),
      "another CSeq method": (text: string) => text.replace("7 OPTIONS", "7 INFO"),
      "a second Via": (text: string) => text.replace("From:", "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKz\r\nFrom:"),
    })) {
      it(`drops and counts a response with ${what}`, async () => {
        const { engine, handler, clock, peer, address } = bench;
        engine.send(outgoing("OPTIONS"), handler);
        await clock.advanceAsync(0);
        const response = SipResponse.to(peer.request("OPTIONS"), 200, { toTag: "peer" }).toString();
        expect(change(response)).to.not.equal(response);
        await peer.send(change(response), address);
        expect(handler.heard).to.deep.equal([]);
        expect(engine.counters.strayResponses).to.equal(1);
        await peer.send(response, address);
        expect(handler.heard).to.deep.equal(["0: 200"]);
      });
    }

    it("leaves no transaction and no timer when closed in the middle, and tells nobody", async () => {
      const { engine, handler, clock, peer, user, address } = bench;
      const invite = engine.send(outgoing("INVITE"), handler);
      engine.send(outgoing("OPTIONS"), handler);
      await peer.send(incoming("INVITE"), address);
      user.latest.respond(SipResponse.to(user.latest.request, 200));
      await peer.send(incoming("OPTIONS"), address);
      expect(engine.transactionCount).to.equal(4);
      await engine.close();
      expect(engine.transactionCount).to.equal(0);
      expect(clock.timerCount).to.equal(0);
      await clock.advanceAsync(100_000);
      expect(handler.heard).to.deep.equal([]);
      expect(user.heard).to.deep.equal(["0: INVITE", "0: OPTIONS"]);
      expect(invite.cancel()).to.equal(undefined);
      user.latest.respond(SipResponse.to(user.latest.request, 200));
      expect(() => engine.send(outgoing("OPTIONS"), handler))
        .to.throw(TransportError)
        .with.property("code", "ERR_ENGINE_CLOSED");
      await engine.close();
    });

    it("fails what waits for a peer that it is to forget, repeats nothing to it, and leaves the rest", async () => {
      const { engine, handler, clock, peer, user, address } = bench;
      engine.send(outgoing("OPTIONS"), handler);
      await peer.send(incoming("INVITE"), address);
      user.latest.respond(SipResponse.to(user.latest.request, 200));
      await clock.advanceAsync(0);
      engine.forgetPeer({ ...peer.address, port: peer.address.port + 1 });
      engine.forgetPeer({ ...peer.address, protocol: "tcp" });
      expect(engine.transactionCount).to.equal(2);
      engine.forgetPeer(peer.address);
      expect(engine.transactionCount).to.equal(0);
      expect(handler.heard).to.deep.equal(["0: transport"]);
      expect(handler.errors.map(({ code }) => code)).to.deep.equal(["ERR_PEER_GONE"]);
      await clock.advanceAsync(100_000);
      expect(peer.log).to.deep.equal(["0: OPTIONS", "0: 200 INVITE"]);
    });

    it("sends nothing more when it is closed by a handler in the middle of a response", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      handler.onResponse = () => void engine.close();
      await peer.answer(peer.request("INVITE"), 180);
      expect(engine.transactionCount).to.equal(0);
      expect(clock.timerCount).to.equal(0);
    });

    it("sends a stray ACK without a transaction", async () => {
      const { engine, clock, peer } = bench;
      engine.sendStateless(outgoing("ACK"));
      await clock.advanceAsync(60_000);
      expect(peer.log).to.deep.equal(["0: ACK"]);
      expect(peer.request("ACK").topVia.branch).to.match(/^z9hG4bK/);
      expect(engine.transactionCount).to.equal(0);
    });

    it("keeps the context for the TU", () => {
      const context = { call: 1 };
      expect(bench.engine.send(outgoing("OPTIONS"), bench.handler, { context }).context).to.equal(context);
    });

    it("tells a Contact by protocol, with the user escaped", () => {
      const { engine } = bench;
      expect(engine.contactUri("1001", "udp")).to.equal("sip:1001@192.0.2.1:5060");
      expect(engine.contactUri(undefined, "tcp")).to.equal("sip:192.0.2.1:5060;transport=tcp");
      expect(engine.contactUri("a b@c", "udp")).to.equal("sip:a%20b%40c@192.0.2.1:5060");
    });
  });

  it("dresses each message of its own once, after its Via is in", async () => {
    const dressed: string[] = [];
    const bench = await sipBench("udp", {
      trying: "immediate",
      dress: (message) => {
        expect(message.has("Via")).to.equal(true);
        dressed.push(message instanceof SipResponse ? String(message.status) : message.cseq.method);
        message.add("X-Dressed", "yes");
      },
    });
    const { engine, handler, clock, peer, user, address } = bench;
    const transaction = engine.send(outgoing("INVITE"), handler);
    await clock.advanceAsync(1000);
    await peer.answer(peer.request("INVITE"), 180);
    transaction.cancel();
    await clock.advanceAsync(1000);
    await peer.answer(peer.request("INVITE"), 487);
    await peer.send(incoming("INVITE"), address);
    user.latest.respond(SipResponse.to(user.latest.request, 200));
    await peer.send(incoming("CANCEL", { branch: "z9hG4bKnone" }), address);
    await clock.advanceAsync(3000);
    expect(dressed).to.deep.equal(["INVITE", "CANCEL", "ACK", "100", "200", "481"]);
    for (const { message } of peer.messages) expect(message.getAll("X-Dressed")).to.deep.equal(["yes"]);
    await bench.close();
  });

  it("sends a response whose connection is gone over a new one to the port of sent-by", async () => {
    const bench = await sipBench("tcp");
    const { engine, peer, user, address, clock } = bench;
    await peer.send(incoming("OPTIONS", { protocol: "tcp" }), address);
    await peer.transport.close();
    await clock.advanceAsync(40_000);
    const again = await bench.openPeer();
    user.latest.respond(SipResponse.to(user.latest.request, 200));
    await clock.advanceAsync(0);
    expect(again.received).to.deep.equal(["200 OPTIONS"]);
    expect(engine.counters.unsent).to.equal(0);
    await again.transport.close();
    await bench.close();
    expect(clock.timerCount).to.equal(0);
  });

  for (const { protocol, host } of PLACES) {
    describe(`over ${protocol.toUpperCase()} on ${host}`, () => {
      let authority: TestAuthority | undefined;
      let certificate: Certificate | undefined;
      let alice: SipEngine;
      let bob: SipEngine;
      let toBob: Address;
      let heard: string[];

      async function open(request: (transaction: ServerTransaction) => void): Promise<SipEngine> {
        const listen = [{ protocol, host, port: 0, tls: certificate }];
        const tls = { ca: authority?.ca };
        const ack = (): void => void heard.push("ack");
        return await SipEngine.open({ listen, clock: systemClock, ids: randomIds(), tls }, { request, ack });
      }

      before(function () {
        if (!hasAddress(host)) this.skip();
        if (protocol !== "tls") return;
        authority = new TestAuthority();
        certificate = authority.issue("peer", { names: [`IP:${host}`] });
      });

      after(() => authority?.remove());

      beforeEach(async () => {
        heard = [];
        bob = await open((transaction) => {
          heard.push(transaction.request.method);
          const contact: [string, string] = ["Contact", `<${bob.contactUri("bob", protocol)}>`];
          transaction.respond(SipResponse.to(transaction.request, 200, { headers: [contact] }));
        });
        alice = await open(() => undefined);
        const [address] = bob.addresses;
        if (!address) throw new Error("bob listens nowhere");
        toBob = address;
      });
      afterEach(async () => {
        await Promise.all([alice.close(), bob.close()]);
      });

      it("carries INVITE, 200, ACK and BYE", async () => {
        const invite = new FinalResponse();
        alice.send(outgoing("INVITE"), invite, { to: toBob });
        const { transaction, response, flow } = await invite.final;
        expect(response.status).to.equal(200);
        expect(flow.remote.port).to.equal(toBob.port);
        const dialog = Dialog.fromResponse(transaction.request, response);
        transaction.acknowledge(dialog.createAck(7));
        const bye = new FinalResponse();
        alice.send(dialog.createRequest("BYE"), bye);
        expect((await bye.final).response.status).to.equal(200);
        expect(heard).to.deep.equal(["INVITE", "ack", "BYE"]);
        if (protocol === "udp") {
          expect(response.get("Via"))
            .to.match(/;rport=\d+;received=[0-9.:]+$/)
            .and.contain(`;received=${host}`);
        }
      });

      it("closes at once with a request under way", async () => {
        await bob.close();
        alice.send(outgoing("OPTIONS"), { response: () => undefined, failed: () => undefined }, { to: toBob });
        const before = performance.now();
        await alice.close();
        expect(performance.now() - before).to.be.below(500);
        expect(alice.transactionCount).to.equal(0);
      });

      if (protocol !== "udp") {
        it("fails where the connection is refused", async () => {
          await bob.close();
          const options = new FinalResponse();
          alice.send(outgoing("OPTIONS"), options, { to: toBob });
          expect(await rejection(options.final)).to.include({ code: "ERR_CONNECTION_REFUSED" });
          expect(alice.transactionCount).to.equal(0);
        });
      }
    });
  }

  it("says which address is taken, and leaves nothing open", async () => {
    const user = { request: () => undefined };
    const listen = [{ protocol: "udp" as const, host: "127.0.0.1", port: 0 }];
    const first = await SipEngine.open({ listen, clock: systemClock, ids: randomIds() }, user);
    const port = first.addresses[0]?.port ?? 0;
    const taken = [{ protocol: "udp" as const, host: "127.0.0.1", port }];
    const error = await rejection(SipEngine.open({ listen: taken, clock: systemClock, ids: randomIds() }, user));
    expect(error).to.include({ code: "ERR_ADDRESS_IN_USE" });
    await first.close();
  });
});
