import { expect } from "chai";
import { SipResponse } from "../../../src/sip/index.ts";
import { NON_INVITE_SERVER_TABLE } from "../../../src/sip/transaction/non-invite-server-transaction.ts";
import { incoming, sipBench, type SipBench } from "../../support/sip-bench.ts";
import { walk } from "../../support/walk-table.ts";

function respond({ user }: SipBench, status: number): void {
  user.latest.respond(SipResponse.to(user.latest.request, status));
}

describe("non-INVITE server transaction", () => {
  describe("as a table", () => {
    it("goes the way of figure 8 from trying to terminated", () => {
      const end = walk(NON_INVITE_SERVER_TABLE, "trying", [
        "request",
        "provisional",
        "request",
        "final",
        "request",
        "timerJ",
      ]);
      expect(end.states).to.deep.equal(["trying", "proceeding", "proceeding", "completed", "completed", "terminated"]);
      expect(end.effects).to.deep.equal([
        "sendResponse",
        "sendResponse",
        "sendResponse",
        "startTimerJ",
        "sendResponse",
      ]);
    });

    it("sends nothing for a copy while the TU has said nothing, and takes one final response only", () => {
      expect(walk(NON_INVITE_SERVER_TABLE, "trying", ["request"]).effects).to.deep.equal([]);
      expect(NON_INVITE_SERVER_TABLE.completed).to.not.have.any.keys("final", "provisional");
    });
  });

  for (const protocol of ["udp", "tcp"] as const) {
    describe(`over ${protocol.toUpperCase()}, whatever the transport`, () => {
      let bench: SipBench;
      beforeEach(async () => {
        bench = await sipBench(protocol);
        await bench.peer.send(incoming("OPTIONS", { protocol }), bench.address);
      });
      afterEach(async () => {
        await bench.close();
        expect(bench.clock.timerCount).to.equal(0);
      });

      it("drops copies in trying, and answers them with the last response in proceeding", async () => {
        const { clock, peer, address, user } = bench;
        await peer.send(incoming("OPTIONS", { protocol }), address);
        await clock.advanceAsync(10_000);
        expect(peer.received).to.deep.equal([]);
        respond(bench, 100);
        await peer.send(incoming("OPTIONS", { protocol }), address);
        await clock.advanceAsync(0);
        expect(peer.received).to.deep.equal(["100 OPTIONS", "100 OPTIONS"]);
        expect(user.transactions).to.have.length(1);
      });

      it("never repeats a response of its own accord", async () => {
        respond(bench, 100);
        respond(bench, 200);
        await bench.clock.advanceAsync(60_000);
        expect(bench.peer.received).to.deep.equal(["100 OPTIONS", "200 OPTIONS"]);
      });

      it("takes the first final response only", async () => {
        respond(bench, 404);
        respond(bench, 200);
        await bench.clock.advanceAsync(0);
        expect(bench.peer.received).to.deep.equal(["404 OPTIONS"]);
      });
    });
  }

  it("answers copies with the final response for 64*T1 over UDP (timer J); a later one is a new request", async () => {
    const bench = await sipBench();
    const { clock, peer, user, address } = bench;
    await peer.send(incoming("OPTIONS"), address);
    await clock.advanceAsync(50);
    respond(bench, 200);
    await clock.advanceAsync(31_999);
    await peer.send(incoming("OPTIONS"), address);
    expect(user.transactions).to.have.length(1);
    expect(peer.times("200 OPTIONS")).to.deep.equal([50, 32_049]);
    expect(bench.engine.counters.retransmissions).to.equal(1);
    await clock.advanceAsync(1);
    expect(user.latest.state).to.equal("terminated");
    await peer.send(incoming("OPTIONS"), address);
    expect(user.transactions).to.have.length(2);
    await bench.close();
    expect(clock.timerCount).to.equal(0);
  });

  it("ends with the final response over TCP (timer J is 0)", async () => {
    const bench = await sipBench("tcp");
    await bench.peer.send(incoming("OPTIONS", { protocol: "tcp" }), bench.address);
    respond(bench, 200);
    expect(bench.user.latest.state).to.equal("terminated");
    await bench.clock.advanceAsync(0);
    expect(bench.peer.received).to.deep.equal(["200 OPTIONS"]);
    await bench.close();
  });

  for (const [peer, branch] of Object.entries({ "a peer": "z9hG4bKnobody", "a peer older than RFC 3261": "1" })) {
    it(`tells the TU of a final response that can't be sent to ${peer}`, async () => {
      const bench = await sipBench("udp", { refusesDatagrams: true });
      const via = `SIP/2.0/UDP 192.0.2.2:5999;branch=${branch}`;
      await bench.peer.send(incoming("OPTIONS", { via }), bench.address);
      respond(bench, 200);
      await bench.clock.advanceAsync(0);
      expect(bench.user.heard).to.deep.equal(["0: OPTIONS", "0: transport"]);
      expect(bench.user.latest.state).to.equal("completed");
      await bench.close();
    });
  }
});
