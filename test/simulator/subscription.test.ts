import { expect } from "chai";
import type { Subscription } from "../../src/simulator/index.ts";
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
});
