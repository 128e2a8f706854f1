import { expect } from "chai";
import { UsageError } from "../../../src/core/errors.ts";
import { NON_INVITE_CLIENT_TABLE } from "../../../src/sip/transaction/non-invite-client-transaction.ts";
import { outgoing, sipBench, type SipBench } from "../../support/sip-bench.ts";
import { walk } from "../../support/walk-table.ts";

/** Copies over UDP, T1 = 500 ms, T2 = 4 s: eleven sends, timer F at 64*T1. */
const TIMER_E_MS = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

describe("non-INVITE client transaction", () => {
  describe("as a table", () => {
    it("goes the way of figure 6 from trying to terminated", () => {
      const end = walk(NON_INVITE_CLIENT_TABLE, "trying", [
        "timerE",
        "provisional",
        "timerE",
        "final",
        "final",
        "timerK",
      ]);
      expect(end.states).to.deep.equal(["trying", "proceeding", "proceeding", "completed", "completed", "terminated"]);
      expect(end.effects).to.deep.equal([
        "resendRequest",
        "doubleTimerE",
        "passUp",
        "resendRequest",
        "repeatTimerE",
        "stopTimers",
        "startTimerK",
        "passUp",
      ]);
    });

    it("lets timer F end trying and proceeding alike", () => {
      expect(NON_INVITE_CLIENT_TABLE.trying.timerF).to.deep.equal(NON_INVITE_CLIENT_TABLE.proceeding.timerF);
      expect(NON_INVITE_CLIENT_TABLE.completed).to.not.have.any.keys("timerF", "transportError");
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

    it("sends copies at T1, doubling up to T2 (timer E), and gives up at 64*T1 (timer F)", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("OPTIONS"), handler);
      await clock.advanceAsync(31_999);
      expect(peer.times("OPTIONS")).to.deep.equal(TIMER_E_MS);
      expect(new Set(peer.messages.map(({ octets }) => octets.toString()))).to.have.length(1);
      await clock.advanceAsync(1);
      expect(handler.heard).to.deep.equal(["32000: timeout"]);
      expect(transaction.state).to.equal("terminated");
      expect(engine.transactionCount).to.equal(0);
    });

    it("takes T1 and T2 from the settings", async () => {
      const fast = await sipBench("udp", { timers: { t1: 10, t2: 80 } });
      fast.engine.send(outgoing("OPTIONS"), fast.handler);
      await fast.clock.advanceAsync(1000);
      expect(fast.peer.times("OPTIONS")).to.deep.equal(TIMER_E_MS.map((ms) => ms / 50));
      expect(fast.handler.heard).to.deep.equal(["640: timeout"]);
      await fast.close();
    });

    it("sends copies every T2 in proceeding, with timer F unchanged", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("OPTIONS"), handler);
      await clock.advanceAsync(600);
      await peer.answer(peer.request("OPTIONS"), 100);
      await clock.advanceAsync(40_000);
      // The copy that timer E had set when the 100 came still goes out at 1.5 s (RFC 3261 §17.1.2.2).
      const copies = [0, 500, 1500, 5500, 9500, 13_500, 17_500, 21_500, 25_500, 29_500];
      expect(peer.times("OPTIONS")).to.deep.equal(copies);
      expect(handler.heard).to.deep.equal(["600: 100", "32000: timeout"]);
    });

    it("absorbs copies of the final response for T4 (timer K), then matches nothing any more", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("OPTIONS"), handler);
      await clock.advanceAsync(100);
      const request = peer.request("OPTIONS");
      await peer.answer(request, 404);
      await peer.answer(request, 404);
      await peer.answer(request, 100);
      await clock.advanceAsync(4999);
      expect(transaction.state).to.equal("completed");
      await clock.advanceAsync(1);
      expect(transaction.state).to.equal("terminated");
      expect(engine.counters.strayResponses).to.equal(0);
      await peer.answer(request, 404);
      expect(engine.counters.strayResponses).to.equal(1);
      expect(handler.heard).to.deep.equal(["100: 404"]);
      expect(peer.received).to.deep.equal(["OPTIONS"]);
    });

    it("tells of a transport error as such", async () => {
      const refusing = await sipBench("udp", { refusesDatagrams: true });
      refusing.engine.send(outgoing("OPTIONS"), refusing.handler, {
        to: { protocol: "udp", host: "192.0.2.9", port: 5060 },
      });
      await refusing.clock.advanceAsync(40_000);
      expect(refusing.handler.heard).to.deep.equal(["0: transport"]);
      await refusing.close();
    });

    it("goes on when its handler throws", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("OPTIONS"), handler);
      await clock.advanceAsync(0);
      handler.onResponse = () => {
        throw new Error("the handler's fault");
      };
      await peer.answer(peer.request("OPTIONS"), 200);
      await clock.advanceAsync(5000);
      expect(transaction.state).to.equal("terminated");
    });

    it("knows neither cancel nor acknowledge", () => {
      const transaction = bench.engine.send(outgoing("OPTIONS"), bench.handler);
      expect(() => transaction.cancel())
        .to.throw(UsageError)
        .with.property("code", "ERR_NOT_AN_INVITE");
      expect(() => {
        transaction.acknowledge(outgoing("ACK"));
      })
        .to.throw(UsageError)
        .with.property("code", "ERR_NOT_AN_INVITE");
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

    it("sends no copies, also in proceeding, and gives up at 64*T1 (timer F)", async () => {
      const { engine, handler, clock, peer } = bench;
      engine.send(outgoing("OPTIONS"), handler);
      await clock.advanceAsync(1000);
      await peer.answer(peer.request("OPTIONS"), 100);
      await clock.advanceAsync(31_000);
      expect(peer.times("OPTIONS")).to.deep.equal([0]);
      expect(handler.heard).to.deep.equal(["1000: 100", "32000: timeout"]);
    });

    it("ends with the final response (timer K is 0)", async () => {
      const { engine, handler, clock, peer } = bench;
      const transaction = engine.send(outgoing("OPTIONS"), handler);
      await clock.advanceAsync(0);
      await peer.answer(peer.request("OPTIONS"), 200);
      expect(handler.heard).to.deep.equal(["0: 200"]);
      expect(transaction.state).to.equal("terminated");
    });
  });
});
