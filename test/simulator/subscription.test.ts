import { expect } from "chai";
import type { SubscribeOptions, Subscription } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import type { FakeIncoming, FakeSent } from "../support/fake-signalling.ts";
import { rejection } from "../support/rejection.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

const DIALOG = "subscription-1";

describe("a subscription of a phone", () => {
  let bench: PhoneBench;

  beforeEach(() => {
    bench = benchPhone();
  });

  const last = (): FakeSent => bench.stack.sent.at(-1)!;

  async function notify(state: string, headers: Record<string, string> = {}): Promise<FakeIncoming> {
    const all = { Event: "presence", "Subscription-State": state, ...headers };
    const incoming = bench.stack.deliver("NOTIFY", { dialogId: DIALOG, headers: all });
    await settle();
    return incoming;
  }

  async function granted(): Promise<Subscription> {
    const asking = bench.phone.subscribe("presence", { to: "1009", headers: { Accept: "application/pidf+xml" } });
    await settle();
    last().reply(200, { dialogId: DIALOG, headers: { Expires: "60" } });
    return await asking;
  }

  it("asks for events of a number, and answers a challenge", async () => {
    const asking = bench.phone.subscribe("presence", { to: "1009", expiresSeconds: 0 });
    await settle();
    last().reply(401, { headers: { "WWW-Authenticate": 'Digest realm="r", nonce="n"' } });
    await settle();
    last().reply(489);
    const subscription = await asking;
    const { request } = last();
    expect(subscription.final.status).to.equal(489);
    expect(subscription.active).to.equal(false);
    expect(request.requestUri).to.equal("sip:1009@cm.example.com");
    expect([request.get("Event"), request.get("Expires"), request.get("CSeq")]).to.deep.equal([
      "presence",
      "0",
      "2 SUBSCRIBE",
    ]);
    expect(request.get("Contact")).to.equal("<sip:1002@192.0.2.1:5060>");
    expect(request.has("Authorization")).to.equal(true);
  });

  it("hands out its NOTIFYs one after the other, until the last", async () => {
    const subscription = await granted();
    const waiting = subscription.nextNotify();
    const first = await notify("active;expires=60");
    expect(first.responses.map(({ status }) => status)).to.deep.equal([200]);
    expect(await waiting).to.equal(first.request);
    expect(subscription.active).to.equal(true);
    const second = await notify("terminated;reason=timeout");
    expect(await subscription.nextNotify()).to.equal(second.request);
    expect(subscription.active).to.equal(false);
    expect(subscription.notifies).to.have.length(2);
    expect((await notify("active")).responses.map(({ status }) => status)).to.deep.equal([481]);
    const missing = rejection(subscription.nextNotify());
    await bench.clock.advanceAsync(5000);
    expect((await missing).message).to.include("a NOTIFY of its subscription to presence");
  });

  it("takes a NOTIFY that comes before the answer", async () => {
    const asking = bench.phone.subscribe("presence");
    await settle();
    const { callId, fromTag = "" } = last().request;
    const early = await notify("active", { "Call-ID": callId, To: `<sip:1002@192.0.2.1>;tag=${fromTag}` });
    expect(early.responses.map(({ status }) => status)).to.deep.equal([200]);
    last().reply(200, { dialogId: DIALOG });
    expect(await (await asking).nextNotify()).to.equal(early.request);
  });

  it("ends by Expires 0 in its dialog, once", async () => {
    const subscription = await granted();
    const ending = subscription.unsubscribe();
    await settle();
    expect(last().plan.dialogId).to.equal(DIALOG);
    expect(last().request.get("Expires")).to.equal("0");
    last().reply(200);
    expect((await ending).final.status).to.equal(200);
    await bench.phone.close();
    expect(bench.stack.sent).to.have.length(2);
  });

  it("ends with the phone", async () => {
    await granted();
    const closing = bench.phone.close();
    await settle();
    expect(last().request.get("Expires")).to.equal("0");
    last().reply(200);
    await closing;
    expect(bench.stack.sent).to.have.length(2);
  });

  describe("that lasts", () => {
    const methods = (): string[] => bench.stack.sent.map(({ request }) => request.method);
    const state = ({ request }: FakeSent): (string | undefined)[] => [request.get("Event"), request.get("Expires")];

    async function subscribed(options: SubscribeOptions = {}, expires = "600"): Promise<Subscription> {
      const asking = bench.phone.subscribe("presence", { to: "1009", ...options });
      await settle();
      last().reply(200, { dialogId: DIALOG, headers: { Expires: expires } });
      const subscription = await asking;
      await notify(`active;expires=${expires}`);
      return subscription;
    }

    it("is refreshed in its dialog with time for the answer, over and over (RFC 6665 §4.1.2.2)", async () => {
      const subscription = await subscribed();
      for (const round of [1, 2]) {
        await bench.clock.advanceAsync(567_999);
        expect(methods(), String(round)).to.have.length(round);
        await bench.clock.advanceAsync(1);
        expect(last().plan.dialogId).to.equal(DIALOG);
        expect(state(last())).to.deep.equal(["presence", "3600"]);
        last().reply(200, { dialogId: DIALOG, headers: { Expires: "600" } });
        await settle();
      }
      expect(subscription.subscribes.map(({ final }) => final.status)).to.deep.equal([200, 200, 200]);
      expect(subscription.active).to.equal(true);
    });

    it("is refreshed at its half where it is short, and by what a NOTIFY says of it", async () => {
      await subscribed({}, "20");
      await notify("active;expires=10");
      await bench.clock.advanceAsync(4_999);
      expect(methods()).to.have.length(1);
      await bench.clock.advanceAsync(1);
      expect(methods()).to.have.length(2);
    });

    it("is not prolonged beyond what was asked for", async () => {
      await subscribed({ expiresSeconds: 100 }, "4294967295");
      await bench.clock.advanceAsync(68_000);
      expect(methods()).to.have.length(2);
    });

    it("stands until it runs out where a refresh is refused or not answered", async () => {
      for (const status of [503, undefined]) {
        bench = benchPhone();
        const subscription = await subscribed();
        await bench.clock.advanceAsync(568_000);
        if (status !== undefined) last().reply(status);
        await bench.clock.advanceAsync(31_999);
        expect(subscription.active, String(status)).to.equal(true);
        await bench.clock.advanceAsync(1);
        expect(subscription.active).to.equal(false);
        expect((await notify("active")).responses.map((response) => response.status)).to.deep.equal([481]);
      }
    });

    it("is made again where its dialog is gone", async () => {
      const subscription = await subscribed();
      const { callId } = last().request;
      await bench.clock.advanceAsync(568_000);
      last().reply(481);
      await bench.clock.advanceAsync(0);
      expect(last().plan.dialogId).to.equal(undefined);
      expect(last().request.callId).to.not.equal(callId);
      expect(state(last())).to.deep.equal(["presence", "3600"]);
      last().reply(200, { dialogId: "subscription-2", headers: { Expires: "600" } });
      await settle();
      expect(subscription.active).to.equal(true);
    });

    for (const [said, wait] of [
      ["deactivated", 0],
      ["timeout", 0],
      ["deactivated;retry-after=30", 0],
      ["probation;retry-after=30", 30_000],
      ["probation", 60_000],
      ["giveup;retry-after=5", 5_000],
      ["rejected;retry-after=5", undefined],
      ["noresource", undefined],
      ["invariant", undefined],
      ["whatever", undefined],
      ["constructor;retry-after=5", undefined],
    ] as const) {
      const when = wait === undefined ? "is not made again" : `is made again after ${wait} ms`;
      it(`${when} where a NOTIFY ends it with reason=${said} (RFC 6665 §4.1.3)`, async () => {
        const subscription = await subscribed();
        const ended = await notify(`terminated;reason=${said}`);
        expect(ended.responses.map(({ status }) => status)).to.deep.equal([200]);
        expect(subscription.active).to.equal(false);
        if (wait === undefined) {
          await bench.clock.advanceAsync(4_000_000);
          expect(methods()).to.have.length(1);
          return;
        }
        if (wait > 0) await bench.clock.advanceAsync(wait - 1);
        if (wait > 0) expect(methods()).to.have.length(1);
        await bench.clock.advanceAsync(1);
        expect(methods()).to.have.length(2);
        expect(last().plan.dialogId).to.equal(undefined);
      });
    }

    it("is made again five times at most", async () => {
      await subscribed();
      for (let round = 0; round < 7; round += 1) {
        await notify("terminated;reason=deactivated");
        await bench.clock.advanceAsync(0);
        last().reply(200, { dialogId: DIALOG, headers: { Expires: "600" } });
        await settle();
      }
      expect(methods()).to.have.length(6);
    });

    it("takes no answer to an earlier SUBSCRIBE for its own, once made again", async () => {
      const subscription = await subscribed();
      await bench.clock.advanceAsync(568_000);
      const refresh = last();
      await notify("terminated;reason=deactivated");
      await bench.clock.advanceAsync(0);
      last().reply(200, { dialogId: "subscription-2", headers: { Expires: "600" } });
      refresh.reply(481);
      await bench.clock.advanceAsync(0);
      expect(subscription.active).to.equal(true);
      expect(methods()).to.have.length(3);
    });

    it("is neither refreshed nor made again where a script wants neither, and when it has been ended", async () => {
      await subscribed({ refresh: false });
      await bench.clock.advanceAsync(4_000_000);
      expect(methods()).to.have.length(1);
      bench = benchPhone();
      const subscription = await subscribed();
      const ending = subscription.unsubscribe();
      await settle();
      last().reply(200, { headers: { Expires: "0" } });
      await ending;
      await notify("active;expires=100");
      expect(bench.clock.timerCount).to.equal(0);
      await notify("terminated;reason=timeout");
      await bench.clock.advanceAsync(4_000_000);
      expect(methods()).to.have.length(2);
    });

    it("is not made again where its state was told only once", async () => {
      for (const expiresSeconds of [0, 3600]) {
        bench = benchPhone();
        await subscribed({ expiresSeconds }, "0");
        await notify("terminated;reason=timeout");
        await bench.clock.advanceAsync(4_000_000);
        expect(methods()).to.have.length(1);
      }
    });

    it("has failed where no NOTIFY comes in 32 s (timer N)", async () => {
      const subscription = await granted();
      await bench.clock.advanceAsync(30_000);
      last().reply(200, { dialogId: DIALOG, headers: { Expires: "60" } });
      await bench.clock.advanceAsync(1_999);
      expect(subscription.active).to.equal(true);
      await bench.clock.advanceAsync(1);
      expect(subscription.active).to.equal(false);
    });

    it("leaves no timer when the phone is closed", async () => {
      await subscribed();
      await subscribed();
      await notify("terminated;reason=probation");
      const closing = bench.phone.close();
      await settle();
      for (const sent of bench.stack.sent) if (sent.request.get("Expires") === "0") sent.reply(200);
      await closing;
      expect(bench.clock.timerCount).to.equal(0);
    });
  });
});
