import { expect } from "chai";
import type { IncomingCall, OutgoingCall, SessionTimerOptions } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import type { FakeIncoming, FakeSent } from "../support/fake-signalling.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

const DIALOG = "dialog-1";
const CHALLENGE = { "WWW-Authenticate": 'Digest realm="ccmsipline", nonce="n1", algorithm=MD5' };
const ALLOWS_UPDATE = { Allow: "INVITE, ACK, UPDATE" };
const GRANTED = { Supported: "timer", Require: "timer" };

describe("the session timer of a phone", () => {
  let bench: PhoneBench;

  beforeEach(() => {
    bench = benchPhone();
  });

  const last = (): FakeSent => bench.stack.sent.at(-1)!;
  const methods = (): string[] => bench.stack.sent.map(({ request }) => request.method);
  const said = ({ request }: FakeSent): (string | undefined)[] => [
    request.get("Session-Expires"),
    request.get("Min-SE"),
  ];

  /** A call of alice's that is up, with that Session-Expires in the 200. */
  async function calling(
    granted: string | undefined,
    options: SessionTimerOptions | undefined = {},
    headers: Record<string, string> = ALLOWS_UPDATE,
  ): Promise<OutgoingCall> {
    bench.phone.useSessionTimer(options);
    const call = await bench.phone.call("1009");
    const timer = granted === undefined ? {} : { "Session-Expires": granted, ...GRANTED };
    last().reply(200, { body: ANSWER, dialogId: DIALOG, headers: { ...headers, ...timer } });
    await call.final();
    return call;
  }

  /** A call to alice that she accepted, and what she said in her 200. */
  async function called(
    headers: Record<string, string>,
    options: SessionTimerOptions | false = {},
  ): Promise<{ call: IncomingCall; incoming: FakeIncoming; answer: Readonly<Record<string, string>> }> {
    bench.phone.useSessionTimer(options);
    const incoming = bench.stack.deliver("INVITE", { body: OFFER, headers });
    const call = await bench.phone.nextInvite();
    const accepting = call.accept();
    await settle();
    const dialogId = incoming.request.callId;
    bench.stack.deliver("ACK", { dialogId, headers: { "Call-ID": incoming.request.callId } });
    await accepting;
    return { call, incoming, answer: incoming.responses.at(-1)?.options.headers ?? {} };
  }

  describe("of one that has none", () => {
    it("says nothing of it, whatever the other side does", async () => {
      const call = await bench.phone.call("1009");
      last().reply(200, { body: ANSWER, dialogId: DIALOG, headers: { "Session-Expires": "90;refresher=uac" } });
      expect(said(last())).to.deep.equal([undefined, undefined]);
      expect(last().request.get("Supported")).to.equal("100rel, replaces");
      await call.final();
      await bench.clock.advanceAsync(90_000);
      expect(methods()).to.deep.equal(["INVITE"]);
      expect(call.sessionTimer).to.equal(undefined);
    });

    it("answers a call that has one without it", async () => {
      const { answer } = await called({ Supported: "timer", "Session-Expires": "90" }, false);
      expect(answer).to.not.have.any.keys("Session-Expires", "Require");
    });
  });

  describe("in a call that it makes", () => {
    it("asks for 1800 s and leaves open who refreshes, in every request listing timer", async () => {
      const call = await calling(undefined);
      expect(said(last())).to.deep.equal(["1800", undefined]);
      expect(last().request.get("Supported")).to.equal("100rel, replaces, timer");
      expect(call.sessionTimer).to.equal(undefined);
      void call.request("INFO").catch(() => undefined);
      await settle();
      expect(last().request.get("Supported")).to.equal("100rel, replaces, timer");
    });

    it("refreshes at half the interval by UPDATE, naming itself, and goes on doing so", async () => {
      const call = await calling("120;refresher=uac", { intervalSeconds: 300 });
      expect(call.sessionTimer).to.deep.equal({ intervalSeconds: 120, refresher: "self" });
      for (const round of [1, 2]) {
        await bench.clock.advanceAsync(59_999);
        expect(methods(), String(round)).to.have.length(round);
        await bench.clock.advanceAsync(1);
        expect(last().plan.dialogId).to.equal(DIALOG);
        expect(last().request.method).to.equal("UPDATE");
        expect(last().request.body).to.have.length(0);
        expect(said(last())).to.deep.equal(["120;refresher=uac", undefined]);
        last().reply(200, { headers: { "Session-Expires": "120;refresher=uac", ...GRANTED } });
        await settle();
      }
      expect(call.ended).to.equal(false);
    });

    it("refreshes by re-INVITE with the description as it stands where UPDATE is not allowed", async () => {
      const call = await calling("120;refresher=uac", {}, { Allow: "INVITE, ACK" });
      await bench.clock.advanceAsync(60_000);
      const refresh = last();
      expect(refresh.request.method).to.equal("INVITE");
      expect(refresh.request.body.toString()).to.equal(call.invite.body.toString());
      expect(said(refresh)).to.deep.equal(["120;refresher=uac", undefined]);
      const holding = call.hold();
      await settle();
      expect(methods(), "a re-INVITE of the script's waits").to.deep.equal(["INVITE", "INVITE"]);
      refresh.reply(200, { body: ANSWER, headers: { "Session-Expires": "120;refresher=uac" } });
      await settle();
      expect(last().request.body.toString()).to.include("a=sendonly");
      last().reply(200, { body: ANSWER });
      expect((await holding).status).to.equal(200);
    });

    it("hangs up where the other side does not refresh in time, not before", async () => {
      const call = await calling("120;refresher=uas");
      expect(call.sessionTimer).to.deep.equal({ intervalSeconds: 120, refresher: "peer" });
      await bench.clock.advanceAsync(87_999);
      expect(methods()).to.deep.equal(["INVITE"]);
      await bench.clock.advanceAsync(1);
      expect(methods()).to.deep.equal(["INVITE", "BYE"]);
      expect(call.ended).to.equal(true);
    });

    it("begins the interval anew with each refresh of the other side's, and answers as the roles are", async () => {
      await calling("120;refresher=uas");
      await bench.clock.advanceAsync(80_000);
      const headers = { Supported: "timer", "Session-Expires": "120;refresher=uac" };
      const refresh = bench.stack.deliver("UPDATE", { dialogId: DIALOG, headers });
      await settle();
      expect(refresh.responses[0]?.status).to.equal(200);
      expect(refresh.responses[0]?.options.headers).to.include({
        "Session-Expires": "120;refresher=uac",
        Require: "timer",
      });
      await bench.clock.advanceAsync(87_999);
      expect(methods()).to.deep.equal(["INVITE"]);
      await bench.clock.advanceAsync(1);
      expect(methods()).to.deep.equal(["INVITE", "BYE"]);
    });

    it("ends with a 2xx that says nothing of it (RFC 4028 §7.2)", async () => {
      const call = await calling("120;refresher=uac");
      const update = call.update({ sdp: null });
      await settle();
      expect(said(last())).to.deep.equal(["120;refresher=uac", undefined]);
      last().reply(200);
      await update;
      expect(call.sessionTimer).to.equal(undefined);
      await bench.clock.advanceAsync(200_000);
      expect(methods()).to.deep.equal(["INVITE", "UPDATE"]);
    });

    it("asks again with the Min-SE of a 422, challenged anew", async () => {
      bench.phone.useSessionTimer({ intervalSeconds: 120 });
      const call = await bench.phone.call("1009");
      const { callId } = call.invite;
      last().reply(401, { headers: CHALLENGE });
      last().reply(422, { headers: { "Min-SE": "600" } });
      expect(said(last())).to.deep.equal(["600", "600"]);
      expect(last().request.has("Authorization")).to.equal(false);
      last().reply(401, { headers: CHALLENGE });
      expect(last().request.has("Authorization")).to.equal(true);
      last().reply(422, { headers: { "Min-SE": "900" } });
      expect(said(last())).to.deep.equal(["900", "900"]);
      last().reply(200, { body: ANSWER, dialogId: DIALOG });
      expect((await call.final()).status).to.equal(200);
      expect(call.invite.callId).to.equal(callId);
      expect(bench.stack.sent.map(({ request }) => request.cseq.number)).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it("takes a 422 that asks for no more than it offered as the end", async () => {
      bench.phone.useSessionTimer();
      const call = await bench.phone.call("1009");
      last().reply(422, { headers: { "Min-SE": "90" } });
      expect((await call.final()).status).to.equal(422);
      expect(methods()).to.deep.equal(["INVITE"]);
    });

    it("follows no more than five 422 in a row", async () => {
      bench.phone.useSessionTimer();
      const call = await bench.phone.call("1009");
      for (let seconds = 2000; seconds <= 2005; seconds += 1)
        last().reply(422, { headers: { "Min-SE": `${seconds}` } });
      expect((await call.final()).status).to.equal(422);
      expect(methods()).to.have.length(6);
    });

    it("keeps to its own minimum where less is granted", async () => {
      const call = await calling("1;refresher=uac");
      expect(call.sessionTimer).to.deep.equal({ intervalSeconds: 90, refresher: "self" });
    });

    it("sends BYE where a refresh finds no dialog, or no answer", async () => {
      for (const answer of [481, 408, undefined]) {
        bench = benchPhone();
        const call = await calling("120;refresher=uac");
        await bench.clock.advanceAsync(60_000);
        if (answer === undefined) await bench.clock.advanceAsync(5_000);
        else last().reply(answer);
        await settle();
        expect(methods(), String(answer)).to.deep.equal(["INVITE", "UPDATE", "BYE"]);
        expect(call.ended).to.equal(true);
      }
    });

    it("tries a refresh once more that was refused, and hangs up in the end", async () => {
      const call = await calling("120;refresher=uac");
      await bench.clock.advanceAsync(60_000);
      last().reply(491);
      await settle();
      await bench.clock.advanceAsync(13_999);
      expect(methods()).to.deep.equal(["INVITE", "UPDATE"]);
      await bench.clock.advanceAsync(1);
      for (const wait of [7_000, 3_500, 1_750]) {
        last().reply(500);
        await bench.clock.advanceAsync(wait);
      }
      last().reply(500);
      await bench.clock.advanceAsync(1_749);
      expect(methods()).to.not.include("BYE");
      await bench.clock.advanceAsync(1);
      expect(methods().at(-1)).to.equal("BYE");
      expect(call.ended).to.equal(true);
    });

    it("leaves no timer when the call is over", async () => {
      const call = await calling("120;refresher=uac");
      expect(bench.clock.timerCount).to.be.at.least(2);
      const ending = call.hangUp();
      await settle();
      last().reply(200);
      await ending;
      expect(bench.clock.timerCount).to.equal(0);
    });
  });

  describe("in a call that reaches it", () => {
    for (const [asked, options, expected] of [
      ["600;refresher=uac", {}, "600;refresher=uac"],
      ["600;refresher=uas", { refresher: "uac" }, "600;refresher=uas"],
      ["600", { refresher: "uac" }, "600;refresher=uac"],
      ["3600", {}, "1800;refresher=uas"],
      [undefined, { intervalSeconds: 200 }, "200;refresher=uas"],
      ["600;refresher=uac", { fault: "other-refresher" }, "600;refresher=uas"],
      ["600;refresher=uas", { fault: "other-refresher" }, "600;refresher=uac"],
    ] as const) {
      it(`answers ${asked ?? "nothing"} with ${expected} (${JSON.stringify(options)})`, async () => {
        const session = asked === undefined ? {} : { "Session-Expires": asked };
        const { answer } = await called({ Supported: "timer", ...session }, options);
        expect(answer).to.include({ "Session-Expires": expected, Require: "timer" });
      });
    }

    it("does not cut the interval below the caller's Min-SE", async () => {
      const asked = { Supported: "timer", "Session-Expires": "600", "Min-SE": "300" };
      const { answer } = await called(asked, { intervalSeconds: 200 });
      expect(answer).to.include({ "Session-Expires": "300;refresher=uas" });
    });

    it("keeps the time alone where the caller has no timers, and requires nothing", async () => {
      const { answer, call } = await called({ "Session-Expires": "600" });
      expect(answer).to.include({ "Session-Expires": "600;refresher=uas" });
      expect(answer).to.not.have.property("Require");
      expect(call.sessionTimer).to.deep.equal({ intervalSeconds: 600, refresher: "self" });
    });

    it("has none where a caller without timers is given too short an interval", async () => {
      const { answer, call } = await called({ "Session-Expires": "5" });
      expect(answer).to.not.have.property("Session-Expires");
      expect(call.sessionTimer).to.equal(undefined);
    });

    it("refuses a shorter interval than its own by 422 with Min-SE", async () => {
      bench.phone.useSessionTimer({ minSeconds: 120 });
      const headers = { Supported: "timer", "Session-Expires": "119" };
      const incoming = bench.stack.deliver("INVITE", { body: OFFER, headers });
      await settle();
      expect(incoming.responses).to.deep.equal([{ status: 422, options: { headers: { "Min-SE": "120" } } }]);
    });

    it("refuses the same of a re-INVITE and an UPDATE, and the call goes on", async () => {
      const { call, incoming } = await called({ Supported: "timer" });
      const dialogId = incoming.request.callId;
      const headers = { Supported: "timer", "Session-Expires": "80", "Call-ID": dialogId };
      for (const method of ["INVITE", "UPDATE"]) {
        const later = bench.stack.deliver(method, {
          dialogId,
          headers,
          ...(method === "INVITE" ? { body: OFFER } : {}),
        });
        await settle();
        expect(later.responses.map(({ status }) => status)).to.deep.equal([422]);
      }
      expect(call.ended).to.equal(false);
    });

    it("refreshes where it is to", async () => {
      const { call } = await called({ Supported: "timer", "Session-Expires": "600;refresher=uas", ...ALLOWS_UPDATE });
      await bench.clock.advanceAsync(300_000);
      expect(said(last())).to.deep.equal(["600;refresher=uac", undefined]);
      last().reply(200, { headers: { "Session-Expires": "600;refresher=uac" } });
      await settle();
      expect(call.sessionTimer).to.deep.equal({ intervalSeconds: 600, refresher: "self" });
    });
  });

  describe("with a fault", () => {
    it("does not refresh what it agreed to, and hangs up like any other", async () => {
      await calling("120;refresher=uac", { fault: "no-refresh" });
      await bench.clock.advanceAsync(87_999);
      expect(methods()).to.deep.equal(["INVITE"]);
      await bench.clock.advanceAsync(1);
      expect(methods()).to.deep.equal(["INVITE", "BYE"]);
    });

    it("waits for ever for the other side's refresh", async () => {
      const call = await calling("120;refresher=uas", { fault: "no-hang-up" });
      await bench.clock.advanceAsync(1_000_000);
      expect(call.ended).to.equal(false);
    });
  });

  it("can fall silent altogether", async () => {
    const call = await calling("120;refresher=uac", { fault: "silent" });
    await bench.clock.advanceAsync(1_000_000);
    expect(methods()).to.deep.equal(["INVITE"]);
    expect(call.ended).to.equal(false);
  });

  it("is turned off by false, and refuses intervals that cannot be", () => {
    bench.phone.useSessionTimer();
    bench.phone.useSessionTimer(false);
    expect(bench.context.profileHeaders).to.not.have.property("Supported");
    for (const options of [{ intervalSeconds: 0 }, { minSeconds: 0.5 }, { intervalSeconds: 100, minSeconds: 101 }]) {
      expect(() => {
        bench.phone.useSessionTimer(options);
      }).to.throw("a session timer of");
    }
  });
});
