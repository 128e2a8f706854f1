import { expect } from "chai";
import { SipRequest } from "../../../src/sip/index.ts";
import { INVITE_CLIENT_TABLE } from "../../../src/sip/transaction/invite-client-transaction.ts";
import { outgoing, sipBench, type SipBench } from "../../support/sip-bench.ts";
import { walk } from "../../support/walk-table.ts";

/** INVITE copies over UDP, T1 = 500 ms: seven sends, timer B at 64*T1. */
const TIMER_A_MS = [0, 500, 1500, 3500, 7500, 15_500, 31_500];

function ackFor(toTag: string): SipRequest {
  return SipRequest.create({
    method: "ACK",
    requestUri: "sip:bob@192.0.2.2",
    headers: [
      ["From", "<sip:alice@example.com>;tag=alice"],
      ["To", `<sip:bob@example.com>;tag=${toTag}`],
      ["Call-ID", "call-1"],
      ["CSeq", "7 ACK"],
    ],
  });
}

describe("INVITE client transaction", () => {
  describe("as a table", () => {
    it("goes the way of figure 5 from calling to terminated", () => {
      const end = walk(INVITE_CLIENT_TABLE, "calling", [
        "timerA",
        "provisional",
        "provisional",
        "refusal",
        "refusal",
        "timerD",
      ]);
      expect(end.states).to.deep.equal(["calling", "proceeding", "proceeding", "completed", "completed", "terminated"]);
      expect(end.effects.filter((effect) => effect === "acknowledgeRefusal")).to.have.length(2);
      expect(end.effects.filter((effect) => effect === "passUp")).to.have.length(3);
    });

    it("stays in accepted after a 2xx until timer M (RFC 6026)", () => {
      const end = walk(INVITE_CLIENT_TABLE, "calling", ["success", "provisional", "refusal", "success", "timerM"]);
      expect(end.states).to.deep.equal(["accepted", "accepted", "accepted", "accepted", "terminated"]);
      expect(end.effects).to.deep.equal(["stopTimers", "startTimerM", "takeSuccess", "takeSuccess"]);
    });

    it("knows timers A and B in calling only", () => {
      for (const state of ["proceeding", "accepted", "completed", "terminated"] as const) {
        expect(INVITE_CLIENT_TABLE[state]).to.not.have.any.keys("timerA", "timerB");
      }
    });
  });

  describe("over UDP", () => {
    let bench: SipBench;
    beforeEach(async () => {
      bench = await sipBench();
    });
    afterEach(async () => {
      await bench.close();
      expect(bench.clock.timerCount).to.equal(0);
    });

    it("sends the same octets at T1, 2*T1, 4*T1… without cap (timer A) and gives up at 64*T1 (timer B)", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(31_999);
      expect(peer.times("INVITE")).to.deep.equal(TIMER_A_MS);
      expect(new Set(peer.messages.map(({ octets }) => octets.toString()))).to.have.length(1);
      expect(handler.heard).to.deep.equal([]);
      await clock.advanceAsync(1);
      expect(handler.heard).to.deep.equal(["32000: timeout"]);
      expect(handler.errors[0]).to.include({ code: "ERR_TRANSACTION_TIMEOUT" });
      expect(transaction.state).to.equal("terminated");
      expect(engine.transactionCount).to.equal(0);
      await clock.advanceAsync(60_000);
      expect(peer.times("INVITE")).to.have.length(7);
    });

    it("takes T1 from the settings", async () => {
      const fast = await sipBench("udp", { timers: { t1: 10 } });
      fast.engine.send(outgoing("INVITE"), fast.handler);
      await fast.clock.advanceAsync(1000);
      expect(fast.peer.times("INVITE")).to.deep.equal(TIMER_A_MS.map((ms) => ms / 50));
      expect(fast.handler.heard).to.deep.equal(["640: timeout"]);
      await fast.close();
    });

    it("stops copies and timer B on the first provisional response, and waits without end", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(600);
      await peer.answer(peer.request("INVITE"), 180);
      await clock.advanceAsync(600_000);
      expect(peer.times("INVITE")).to.deep.equal([0, 500]);
      expect(handler.heard).to.deep.equal(["600: 180"]);
      expect(transaction.state).to.equal("proceeding");
    });

    it("passes up every provisional response", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      for (const status of [100, 180, 180]) await peer.answer(peer.request("INVITE"), status);
      expect(handler.heard).to.deep.equal(["0: 100", "0: 180", "0: 180"]);
    });

    it("acknowledges a refusal and each copy of it, passes up the first, and ends 64*T1 later (timer D)", async () => {
      const { engine, handler, clock, peer } = bench;
      const route: [string, string] = ["Route", "<sip:192.0.2.2;lr>"];
      const transaction = engine.send(outgoing("INVITE", [route]), handler);
      await clock.advanceAsync(100);
      const invite = peer.request("INVITE");
      await peer.answer(invite, 486);
      await peer.answer(invite, 486);
      await clock.advanceAsync(0);
      expect(handler.heard).to.deep.equal(["100: 486"]);
      expect(peer.received).to.deep.equal(["INVITE", "ACK", "ACK"]);
      expect(peer.messages[1]?.octets.equals(peer.messages[2]?.octets ?? Buffer.alloc(0))).to.equal(true);
      const ack = peer.request("ACK");
      expect(ack.requestUri).to.equal(invite.requestUri);
      expect(ack.getAll("Via")).to.deep.equal(invite.getAll("Via"));
      expect(ack.get("Route")).to.equal("<sip:192.0.2.2;lr>");
      expect(ack.get("From")).to.equal(invite.get("From"));
      expect(ack.toTag).to.equal("peer");
      expect(ack.cseq).to.deep.include({ number: 7, method: "ACK" });
      await clock.advanceAsync(31_999);
      expect(transaction.state).to.equal("completed");
      await clock.advanceAsync(1);
      expect(transaction.state).to.equal("terminated");
      await peer.answer(invite, 486);
      await clock.advanceAsync(0);
      expect(peer.times("ACK")).to.have.length(2);
      expect(engine.counters.strayResponses).to.equal(1);
    });

    it("drops a provisional response after the final one", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 200);
      await peer.answer(peer.request("INVITE"), 180);
      await peer.answer(peer.request("INVITE"), 486);
      expect(handler.heard).to.deep.equal(["0: 200"]);
    });

    it("passes up one 2xx for each To tag (forks), and repeats the ACK of its tag for each copy", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      const invite = peer.request("INVITE");
      await peer.answer(invite, 200, { toTag: "one" });
      await peer.answer(invite, 200, { toTag: "one" });
      await peer.answer(invite, 200, { toTag: "two" });
      expect(handler.responses.map(({ toTag }) => toTag)).to.deep.equal(["one", "two"]);
      expect(peer.times("ACK")).to.deep.equal([]);
      transaction.acknowledge(ackFor("one"));
      transaction.acknowledge(ackFor("two"));
      await clock.advanceAsync(500);
      await peer.answer(invite, 200, { toTag: "one" });
      await clock.advanceAsync(0);
      const acks = peer.messages.filter(({ message }) => message instanceof SipRequest && message.method === "ACK");
      expect(acks.map(({ message }) => message.toTag)).to.deep.equal(["one", "two", "one"]);
      expect(acks[2]?.octets.equals(acks[0]?.octets ?? Buffer.alloc(0))).to.equal(true);
      expect(acks[0]?.message.topVia.branch).to.not.equal(invite.topVia.branch);
      expect(handler.responses).to.have.length(2);
    });

    it("tells its request truly after the ACK, to a later fork too", async () => {
      const { engine, handler, clock, peer } = bench;
      const sent = outgoing("INVITE");
      const transaction = engine.send(sent, handler);
      await clock.advanceAsync(0);
      const invite = peer.request("INVITE");
      await peer.answer(invite, 200, { toTag: "one" });
      transaction.acknowledge(ackFor("one"));
      await peer.answer(invite, 200, { toTag: "two" });
      expect(handler.responses.map(({ toTag }) => toTag)).to.deep.equal(["one", "two"]);
      expect(transaction.request.toOctets().equals(sent.toOctets())).to.equal(true);
      expect(transaction.request.method).to.equal("INVITE");
    });

    it("remembers an accepted INVITE for 64*T1 (timer M)", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(250);
      await peer.answer(peer.request("INVITE"), 200);
      transaction.acknowledge(ackFor("peer"));
      await clock.advanceAsync(31_999);
      expect(transaction.state).to.equal("accepted");
      await clock.advanceAsync(1);
      expect(transaction.state).to.equal("terminated");
      await peer.answer(peer.request("INVITE"), 200);
      await clock.advanceAsync(0);
      expect(peer.times("ACK")).to.deep.equal([250]);
    });

    it("tells of a transport error as such, at once", async () => {
      const refusing = await sipBench("udp", { refusesDatagrams: true });
      const transaction = refusing.engine.send(outgoing("INVITE"), refusing.handler, {
        to: { protocol: "udp", host: "192.0.2.9", port: 5060 },
      });
      expect(refusing.handler.heard).to.deep.equal([]);
      await refusing.clock.advanceAsync(0);
      expect(refusing.handler.heard).to.deep.equal(["0: transport"]);
      expect(transaction.state).to.equal("terminated");
      await refusing.close();
    });
  });

  describe("over TCP", () => {
    let bench: SipBench;
    beforeEach(async () => {
      bench = await sipBench("tcp");
    });
    afterEach(async () => {
      await bench.close();
      expect(bench.clock.timerCount).to.equal(0);
    });

    it("sends no copies, and gives up at 64*T1 (timer B)", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(32_000);
      expect(peer.times("INVITE")).to.deep.equal([0]);
      expect(handler.heard).to.deep.equal(["32000: timeout"]);
    });

    it("ends as soon as a refusal is acknowledged (timer D is 0)", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 486);
      await clock.advanceAsync(0);
      expect(transaction.state).to.equal("terminated");
      expect(peer.received).to.deep.equal(["INVITE", "ACK"]);
      expect(handler.heard).to.deep.equal(["0: 486"]);
    });

    it("remembers an accepted INVITE for 64*T1 all the same (timer M)", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 200);
      await clock.advanceAsync(31_999);
      expect(transaction.state).to.equal("accepted");
      await clock.advanceAsync(1);
      expect(transaction.state).to.equal("terminated");
    });

    it("fails when nobody takes the connection", async () => {
      const { engine, handler, clock } = bench;
      engine.send(outgoing("INVITE"), handler, { to: { protocol: "tcp", host: "192.0.2.9", port: 5060 } });
      await clock.advanceAsync(0);
      expect(handler.heard).to.deep.equal(["0: transport"]);
    });

    it("fails when the connection is gone before the final response, once both sides have closed", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 180);
      await peer.transport.close();
      await clock.advanceAsync(40_000);
      expect(handler.heard[1]).to.match(/: transport$/);
    });
  });

  describe("being cancelled", () => {
    let bench: SipBench;
    beforeEach(async () => {
      bench = await sipBench();
    });
    afterEach(async () => {
      await bench.close();
      expect(bench.clock.timerCount).to.equal(0);
    });

    it("holds the CANCEL until a provisional response", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      const cancel = transaction.cancel([["Reason", "SIP;cause=200"]]);
      await clock.advanceAsync(400);
      expect(peer.times("CANCEL")).to.deep.equal([]);
      await peer.answer(peer.request("INVITE"), 100);
      await clock.advanceAsync(0);
      expect(peer.log).to.deep.equal(["0: INVITE", "400: CANCEL"]);
      const received = peer.request("CANCEL");
      const invite = peer.request("INVITE");
      expect(received.toString()).to.equal(cancel?.toString());
      expect(received.getAll("Via")).to.deep.equal(invite.getAll("Via"));
      expect(received.get("To")).to.equal(invite.get("To"));
      expect(received.cseq).to.deep.include({ number: 7, method: "CANCEL" });
      expect(received.get("Reason")).to.equal("SIP;cause=200");
    });

    it("sends it at once after one, once, with its own timers E and F", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 180);
      transaction.cancel();
      transaction.cancel();
      await clock.advanceAsync(1000);
      expect(peer.times("CANCEL")).to.deep.equal([0, 500]);
    });

    it("ends by the 487 to the INVITE; the 200 to the CANCEL says nothing", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 180);
      transaction.cancel();
      await clock.advanceAsync(0);
      await peer.answer(peer.request("CANCEL"), 200);
      expect(transaction.state).to.equal("proceeding");
      await peer.answer(peer.request("INVITE"), 487);
      await clock.advanceAsync(0);
      expect(handler.heard).to.deep.equal(["0: 180", "0: 487"]);
      expect(peer.received).to.deep.equal(["INVITE", "CANCEL", "ACK"]);
    });

    it("passes up a 200 that crossed the CANCEL", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 180);
      transaction.cancel();
      await peer.answer(peer.request("INVITE"), 200);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("CANCEL"), 481);
      expect(handler.heard).to.deep.equal(["0: 180", "0: 200"]);
      expect(transaction.state).to.equal("accepted");
    });

    it("is never sent where the final response comes before any provisional one", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      transaction.cancel();
      await clock.advanceAsync(0);
      await peer.answer(peer.request("INVITE"), 200);
      await clock.advanceAsync(40_000);
      expect(peer.times("CANCEL")).to.deep.equal([]);
      expect(transaction.cancel()).to.equal(undefined);
    });

    it("is given up 64*T1 after the CANCEL without final response", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("INVITE"), handler);
      await clock.advanceAsync(1000);
      await peer.answer(peer.request("INVITE"), 180);
      transaction.cancel();
      await clock.advanceAsync(0);
      await peer.answer(peer.request("CANCEL"), 200);
      await clock.advanceAsync(31_999);
      expect(handler.heard).to.deep.equal(["1000: 180"]);
      await clock.advanceAsync(1);
      expect(handler.heard).to.deep.equal(["1000: 180", "33000: timeout"]);
      expect(engine.transactionCount).to.equal(0);
    });
  });
});
