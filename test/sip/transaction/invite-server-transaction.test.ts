import { expect } from "chai";
import { SipResponse } from "../../../src/sip/index.ts";
import { INVITE_SERVER_TABLE } from "../../../src/sip/transaction/invite-server-transaction.ts";
import { incoming, sipBench, type SipBench } from "../../support/sip-bench.ts";
import { walk } from "../../support/walk-table.ts";

/** Copies of a final response after it: at T1, doubling up to T2, until 64*T1. */
const COPIES_MS = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

/** Answers the latest request. */
function respond({ user }: SipBench, status: number): void {
  user.latest.respond(SipResponse.to(user.latest.request, status));
}

/** ACK for a refusal: the branch of the INVITE. */
function ack(bench: SipBench): Promise<void> {
  return bench.peer.send(
    incoming("ACK", { toTag: bench.user.latest.toTag, protocol: bench.address.protocol }),
    bench.address,
  );
}

/** ACK for a 2xx: a branch of its own. */
function ackSuccess(bench: SipBench): Promise<void> {
  const { protocol } = bench.address;
  const message = incoming("ACK", { toTag: bench.user.latest.toTag, branch: "z9hG4bKack", protocol });
  return bench.peer.send(message, bench.address);
}

describe("INVITE server transaction", () => {
  describe("as a table", () => {
    it("goes the way of figure 7 through completed and confirmed", () => {
      const events = [
        "tryingDelay",
        "request",
        "provisional",
        "refusal",
        "request",
        "timerG",
        "ack",
        "request",
        "ack",
        "timerI",
      ];
      expect(walk(INVITE_SERVER_TABLE, "proceeding", events).states).to.deep.equal([
        ...["proceeding", "proceeding", "proceeding", "completed", "completed", "completed"],
        ...["confirmed", "confirmed", "confirmed", "terminated"],
      ]);
      expect(walk(INVITE_SERVER_TABLE, "completed", ["timerH"]).effects).to.deep.equal(["reportTimeout"]);
    });

    it("absorbs copies in accepted until timer L (RFC 6026)", () => {
      const end = walk(INVITE_SERVER_TABLE, "accepted", ["request", "success", "timerL"]);
      expect(end).to.deep.equal({ states: ["accepted", "accepted", "terminated"], effects: ["sendResponse"] });
    });

    it("survives a response that can't be sent, in every state (RFC 6026)", () => {
      for (const state of ["proceeding", "accepted", "completed"] as const) {
        const end = walk(INVITE_SERVER_TABLE, state, ["transportError"]);
        expect(end).to.deep.equal({ states: [state], effects: ["reportTransportError"] });
      }
    });
  });

  for (const protocol of ["udp", "tcp"] as const) {
    describe(`over ${protocol.toUpperCase()}, whatever the transport`, () => {
      let bench: SipBench;
      beforeEach(async () => {
        bench = await sipBench(protocol);
        await bench.peer.send(incoming("INVITE", { protocol }), bench.address);
      });
      afterEach(async () => {
        await bench.close();
        expect(bench.clock.timerCount).to.equal(0);
      });

      it("sends 100 after 200 ms unless the TU has answered", async () => {
        const { clock, peer } = bench;
        await clock.advanceAsync(199);
        expect(peer.received).to.deep.equal([]);
        await clock.advanceAsync(1);
        expect(peer.log).to.deep.equal(["200: 100 INVITE"]);
        expect(peer.response("100 INVITE").toTag).to.equal(undefined);
        respond(bench, 180);
        await clock.advanceAsync(60_000);
        expect(peer.received).to.deep.equal(["100 INVITE", "180 INVITE"]);
      });

      it("sends no 100 where the TU answers before", async () => {
        respond(bench, 180);
        await bench.clock.advanceAsync(1000);
        expect(bench.peer.received).to.deep.equal(["180 INVITE"]);
      });

      it("repeats a 2xx at T1, doubling up to T2, and tells the TU at 64*T1 that no ACK came", async () => {
        const { clock, peer, user, engine } = bench;
        await clock.advanceAsync(100);
        respond(bench, 200);
        await clock.advanceAsync(31_999);
        expect(peer.times("200 INVITE")).to.deep.equal(COPIES_MS.map((ms) => ms + 100));
        expect(user.heard).to.deep.equal(["0: INVITE"]);
        await clock.advanceAsync(1);
        expect(user.heard).to.deep.equal(["0: INVITE", "32100: unacknowledged"]);
        expect(engine.transactionCount).to.equal(0);
        await clock.advanceAsync(60_000);
        expect(peer.times("200 INVITE")).to.have.length(11);
      });

      it("stops repeating a 2xx at its ACK, which goes up once with its INVITE", async () => {
        const { clock, peer, user, engine } = bench;
        respond(bench, 200);
        await clock.advanceAsync(600);
        await ackSuccess(bench);
        await ackSuccess(bench);
        await clock.advanceAsync(60_000);
        expect(peer.times("200 INVITE")).to.deep.equal([0, 500]);
        expect(user.heard).to.deep.equal(["0: INVITE", "600: ack"]);
        expect(engine.counters).to.include({ retransmissions: 1, strayAcks: 0 });
      });

      it("absorbs copies of the INVITE for 64*T1 after a 2xx (timer L); a later one is a new request", async () => {
        const { clock, peer, user, address } = bench;
        respond(bench, 200);
        await clock.advanceAsync(0);
        await ackSuccess(bench);
        await clock.advanceAsync(31_999);
        await peer.send(incoming("INVITE", { protocol }), address);
        expect(user.transactions).to.have.length(1);
        expect(peer.times("200 INVITE")).to.deep.equal([0]);
        await clock.advanceAsync(1);
        expect(user.transactions[0]?.state).to.equal("terminated");
        await peer.send(incoming("INVITE", { protocol }), address);
        expect(user.transactions).to.have.length(2);
      });

      it("tells the TU at 64*T1 that no ACK came for a refusal (timer H)", async () => {
        const { clock, user } = bench;
        respond(bench, 486);
        await clock.advanceAsync(31_999);
        expect(user.latest.state).to.equal("completed");
        await clock.advanceAsync(1);
        expect(user.latest.state).to.equal("terminated");
        expect(user.heard).to.deep.equal(["0: INVITE", "32000: timeout"]);
      });

      it("answers a copy of the INVITE with the last response", async () => {
        const { clock, peer, address, user } = bench;
        await peer.send(incoming("INVITE", { protocol }), address);
        expect(peer.received).to.deep.equal([]);
        respond(bench, 180);
        await peer.send(incoming("INVITE", { protocol }), address);
        respond(bench, 486);
        await peer.send(incoming("INVITE", { protocol }), address);
        await clock.advanceAsync(0);
        expect(peer.received).to.deep.equal(["180 INVITE", "180 INVITE", "486 INVITE", "486 INVITE"]);
        expect(user.transactions).to.have.length(1);
      });

      it("drops responses of the TU after a final one, for copies of the INVITE too", async () => {
        const { clock, peer, address } = bench;
        respond(bench, 486);
        respond(bench, 180);
        respond(bench, 200);
        respond(bench, 500);
        await clock.advanceAsync(100);
        expect(peer.received).to.deep.equal(["486 INVITE"]);
        await peer.send(incoming("INVITE", { protocol }), address);
        await clock.advanceAsync(0);
        expect(peer.received).to.deep.equal(["486 INVITE", "486 INVITE"]);
      });

      it("gives all its responses but the 100 one To tag", async () => {
        const { clock, peer, user } = bench;
        user.latest.toTag = "mine";
        respond(bench, 180);
        respond(bench, 486);
        await clock.advanceAsync(0);
        expect(peer.messages.map(({ message }) => message.toTag)).to.deep.equal(["mine", "mine"]);
      });

      it("adopts the To tag of the TU's first response", async () => {
        const { clock, peer, user } = bench;
        user.latest.respond(SipResponse.to(user.latest.request, 183, { toTag: "theirs" }));
        respond(bench, 486);
        await clock.advanceAsync(0);
        expect(peer.messages.map(({ message }) => message.toTag)).to.deep.equal(["theirs", "theirs"]);
      });
    });
  }

  describe("over UDP", () => {
    let bench: SipBench;
    beforeEach(async () => {
      bench = await sipBench();
      await bench.peer.send(incoming("INVITE"), bench.address);
    });
    afterEach(async () => {
      await bench.close();
      expect(bench.clock.timerCount).to.equal(0);
    });

    it("repeats a refusal at T1, doubling up to T2 (timer G)", async () => {
      respond(bench, 486);
      await bench.clock.advanceAsync(60_000);
      expect(bench.peer.times("486 INVITE")).to.deep.equal(COPIES_MS);
      expect(new Set(bench.peer.messages.map(({ octets }) => octets.toString()))).to.have.length(1);
    });

    it("stops at the ACK, and absorbs further ACKs and INVITEs for T4 (timer I)", async () => {
      const { clock, peer, user, address } = bench;
      respond(bench, 486);
      await clock.advanceAsync(700);
      await ack(bench);
      expect(user.latest.state).to.equal("confirmed");
      await ack(bench);
      await peer.send(incoming("INVITE"), address);
      await clock.advanceAsync(4999);
      expect(user.latest.state).to.equal("confirmed");
      await clock.advanceAsync(1);
      expect(user.latest.state).to.equal("terminated");
      expect(peer.times("486 INVITE")).to.deep.equal([0, 500]);
      expect(user.heard).to.deep.equal(["0: INVITE"]);
    });

    it("is not acknowledged by an ACK of another branch: timer H fires", async () => {
      respond(bench, 486);
      await bench.clock.advanceAsync(0);
      await ackSuccess(bench);
      await bench.clock.advanceAsync(40_000);
      expect(bench.peer.times("486 INVITE")).to.have.length(11);
      expect(bench.user.heard).to.deep.equal(["0: INVITE", "0: stray ack", "32000: timeout"]);
    });

    it("takes an ACK of the INVITE's own branch for a 2xx as well", async () => {
      respond(bench, 200);
      await bench.clock.advanceAsync(100);
      await ack(bench);
      await bench.clock.advanceAsync(40_000);
      expect(bench.peer.times("200 INVITE")).to.deep.equal([0]);
      expect(bench.user.heard).to.deep.equal(["0: INVITE", "100: ack"]);
    });

    it("tells the TU of a response that can't be sent, and stays", async () => {
      const refusing = await sipBench("udp", { refusesDatagrams: true });
      const via = "SIP/2.0/UDP 192.0.2.2:5999;branch=z9hG4bKnobody";
      await refusing.peer.send(incoming("INVITE", { via }), refusing.address);
      respond(refusing, 180);
      await refusing.clock.advanceAsync(0);
      expect(refusing.user.heard).to.deep.equal(["0: INVITE", "0: transport"]);
      expect(refusing.user.latest.state).to.equal("proceeding");
      await refusing.close();
    });
  });

  describe("over TCP", () => {
    let bench: SipBench;
    beforeEach(async () => {
      bench = await sipBench("tcp");
      await bench.peer.send(incoming("INVITE", { protocol: "tcp" }), bench.address);
    });
    afterEach(async () => {
      await bench.close();
      expect(bench.clock.timerCount).to.equal(0);
    });

    it("does not repeat a refusal (no timer G)", async () => {
      respond(bench, 486);
      await bench.clock.advanceAsync(60_000);
      expect(bench.peer.times("486 INVITE")).to.deep.equal([0]);
    });

    it("ends at the ACK (timer I is 0)", async () => {
      respond(bench, 486);
      await bench.clock.advanceAsync(10);
      await ack(bench);
      expect(bench.user.latest.state).to.equal("terminated");
    });
  });

  it("sends 100 at once, or never, as told", async () => {
    const immediate = await sipBench("udp", { trying: "immediate" });
    await immediate.peer.send(incoming("INVITE"), immediate.address);
    await immediate.clock.advanceAsync(5000);
    expect(immediate.peer.log).to.deep.equal(["0: 100 INVITE"]);
    await immediate.close();
    const off = await sipBench("udp", { trying: "off" });
    await off.peer.send(incoming("INVITE"), off.address);
    await off.clock.advanceAsync(5000);
    expect(off.peer.log).to.deep.equal([]);
    await off.close();
  });
});
