import { expect } from "chai";
import { FateDice, parseImpairment, type Fate, type Impairment } from "../../../src/sip/transport/impairment.ts";
import type { Protocol, TapEntry } from "../../../src/sip/transport/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { memoryNetwork } from "../../support/memory-network.ts";
import { optionsRequest, TransportEndpoint } from "../../support/transport-endpoint.ts";

const DRAWS = 20_000;

function fates(impairment: Impairment, seed = "s", lossy = true): Fate[] {
  const dice = new FateDice(impairment, seed);
  return Array.from({ length: DRAWS }, () => dice.next(lossy));
}

function percent(all: readonly Fate[], is: (fate: Fate) => boolean): number {
  return (100 * all.filter(is).length) / all.length;
}

describe("impairment", () => {
  describe("fates", () => {
    it("come as often as asked for", () => {
      const all = fates({ lossPercent: 20, duplicatePercent: 5, reorderPercent: 2.5 });
      const passed = all.filter(({ lost }) => !lost);
      expect(percent(all, ({ lost }) => lost)).to.be.closeTo(20, 1);
      expect(percent(passed, ({ copies }) => copies === 2)).to.be.closeTo(5, 0.6);
      expect(percent(passed, ({ delayMs }) => delayMs > 0)).to.be.closeTo(2.5, 0.5);
    });

    it("are never and always those of 0 and 100 percent", () => {
      expect(fates({}).every(({ notes }) => notes.length === 0)).to.equal(true);
      expect(fates({ lossPercent: 100 }).every(({ lost }) => lost)).to.equal(true);
    });

    it("spread delays evenly over the jitter, and never below nothing", () => {
      const delays = fates({ delayMs: 50, jitterMs: 20 }).map(({ delayMs }) => delayMs);
      expect(Math.min(...delays)).to.be.within(30, 31);
      expect(Math.max(...delays)).to.be.within(69, 70);
      expect(delays.reduce((sum, delay) => sum + delay, 0) / DRAWS).to.be.closeTo(50, 0.5);
      expect(Math.min(...fates({ delayMs: 5, jitterMs: 20 }).map(({ delayMs }) => delayMs))).to.equal(0);
    });

    it("are the same for the same seed, and one figure does not change what the others decide", () => {
      const lost = (impairment: Impairment, seed?: string): boolean[] =>
        fates(impairment, seed).map((fate) => fate.lost);
      const once = lost({ lossPercent: 20 }, "a");
      expect(lost({ lossPercent: 20 }, "a")).to.deep.equal(once);
      expect(lost({ lossPercent: 20, duplicatePercent: 50, delayMs: 9 }, "a")).to.deep.equal(once);
      expect(lost({ lossPercent: 20 }, "b")).to.not.deep.equal(once);
    });

    it("are nothing but the delay where nothing can get lost", () => {
      const impairment = { lossPercent: 50, duplicatePercent: 50, reorderPercent: 50, delayMs: 30, jitterMs: 20 };
      const kinds = new Set(fates(impairment, "s", false).map((fate) => JSON.stringify(fate)));
      expect([...kinds]).to.deep.equal([
        JSON.stringify({ lost: false, copies: 1, delayMs: 30, notes: ["delayed", "impaired"] }),
      ]);
    });
  });

  describe("as text", () => {
    const texts: Record<string, Impairment> = {
      "loss=10%": { lossPercent: 10 },
      "loss=10%,dup=2%,delay=50±20ms": { lossPercent: 10, duplicatePercent: 2, delayMs: 50, jitterMs: 20 },
      "delay=50+-20ms, reorder=0.25%": { delayMs: 50, jitterMs: 20, reorderPercent: 0.25 },
      "delay=50ms±20ms": { delayMs: 50, jitterMs: 20 },
      "delay=50": { delayMs: 50, jitterMs: 0 },
    };
    for (const [text, impairment] of Object.entries(texts)) {
      it(`reads ${text}`, () => {
        expect(parseImpairment(text)).to.deep.equal(impairment);
      });
    }

    for (const text of [
      "",
      "loss",
      "loss=10",
      "loss=101%",
      "loss=-1%",
      "loss=5%,loss=6%",
      "delay=±5ms",
      "delay=5s",
      "jitter=5",
      "toString=5%",
    ]) {
      it(`refuses ${JSON.stringify(text)}`, () => {
        expect(() => parseImpairment(text))
          .to.throw()
          .with.property("code", "ERR_IMPAIRMENT");
      });
    }
  });

  describe("on an endpoint's wire", () => {
    let clock: FakeClock;
    let alice: TransportEndpoint;
    let bob: TransportEndpoint;

    async function open(protocol: Protocol): Promise<void> {
      clock = new FakeClock();
      const network = memoryNetwork(clock);
      const at = (host: string): Promise<TransportEndpoint> =>
        TransportEndpoint.open({ network, clock, listen: [{ protocol, host, port: 5060 }] });
      [alice, bob] = await Promise.all([at("10.0.0.1"), at("10.0.0.2")]);
    }

    afterEach(async () => {
      await Promise.all([alice.close(), bob.close()]);
      expect(clock.timerCount).to.equal(0);
    });

    async function send(count: number): Promise<string[]> {
      for (let index = 0; index < count; index += 1) alice.send(optionsRequest(`${index}`), bob.address);
      await clock.advanceAsync(1000);
      return bob.messages.pending.map(({ message }) => message.callId);
    }

    function impaired({ tapped }: TransportEndpoint, note: TapEntry["notes"][number]): string[] {
      const marked = tapped.filter(({ notes }) => notes.includes("impaired") && notes.includes(note));
      return marked.map(({ message }) => message?.callId ?? "");
    }

    for (const direction of ["sent", "received"] as const) {
      it(`drops, doubles and reorders what is ${direction}, and the tap says so`, async () => {
        await open("udp");
        const side = direction === "sent" ? alice : bob;
        const rule = side.wire.impair({
          lossPercent: 20,
          duplicatePercent: 10,
          reorderPercent: 10,
          seed: "7",
          direction,
        });
        const arrived = await send(200);
        const dropped = impaired(side, "dropped");
        expect(dropped.length).to.be.within(20, 60);
        expect(arrived.filter((callId) => dropped.includes(callId))).to.deep.equal([]);
        expect(new Set([...arrived, ...dropped]).size).to.equal(200);
        expect(arrived.length).to.be.greaterThan(200 - dropped.length);
        expect(arrived).to.not.deep.equal([...arrived].sort((a, b) => Number(a) - Number(b)));
        expect(rule.hits).to.be.greaterThan(dropped.length);
      });
    }

    it("leaves the other direction alone", async () => {
      await open("udp");
      alice.wire.impair({ lossPercent: 100, direction: "received" });
      expect(await send(3)).to.deep.equal(["0", "1", "2"]);
    });

    it("delays on a stream, and loses and reorders nothing there", async () => {
      await open("tcp");
      alice.wire.impair({ lossPercent: 90, reorderPercent: 50, delayMs: 100, jitterMs: 90 });
      for (const callId of ["0", "1", "2"]) alice.send(optionsRequest(callId), bob.address);
      await clock.advanceAsync(99);
      expect(bob.messages.pending).to.deep.equal([]);
      await clock.advanceAsync(1);
      expect(bob.messages.pending.map(({ message }) => message.callId)).to.deep.equal(["0", "1", "2"]);
    });

    it("stays when rules are cleared, and ends when it is removed", async () => {
      await open("udp");
      const rule = alice.wire.impair({ lossPercent: 100 });
      alice.wire.clear();
      expect(await send(2)).to.deep.equal([]);
      rule.remove();
      expect(await send(2)).to.deep.equal(["0", "1"]);
    });

    it("comes on top of rules and of other impairments", async () => {
      await open("udp");
      alice.wire.delay("OPTIONS", 10);
      alice.wire.impair({ delayMs: 100 });
      alice.wire.impair({ delayMs: 50 });
      alice.send(optionsRequest("0"), bob.address);
      await clock.advanceAsync(159);
      expect(bob.messages.pending).to.deep.equal([]);
      await clock.advanceAsync(1);
      expect(bob.messages.pending).to.have.length(1);
    });
  });
});
