import { expect } from "chai";
import { settle } from "../support/fake-clock.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

describe("a phone", () => {
  let bench: PhoneBench;

  beforeEach(() => {
    bench = benchPhone();
  });

  it("knows its device, lines and user", () => {
    const { phone } = bench;
    expect(phone.name).to.equal("alice");
    expect(phone.directoryNumber).to.equal("1002");
    expect(phone.lines.map(({ directoryNumber }) => directoryNumber)).to.deep.equal(["1002", "1003"]);
    expect(phone.user).to.deep.equal({ id: "swhite", password: "s3cret-1002" });
    expect(benchPhone("bob").phone.user).to.equal(undefined);
  });

  describe("in the background", () => {
    it("answers what comes out of calls, counts it, and keeps it for whoever asks", async () => {
      const statuses: Record<string, number | undefined> = {};
      for (const method of ["OPTIONS", "NOTIFY", "INFO", "MESSAGE", "REFER", "SUBSCRIBE", "PUBLISH"]) {
        const incoming = bench.stack.deliver(method);
        await settle();
        statuses[method] = incoming.responses[0]?.status;
        expect(await bench.phone.nextRequest(method)).to.equal(incoming.request);
      }
      expect(statuses).to.deep.equal({
        OPTIONS: 200,
        NOTIFY: 200,
        INFO: 200,
        MESSAGE: 200,
        REFER: 603,
        SUBSCRIBE: 489,
        PUBLISH: 405,
      });
      expect(bench.phone.background.get("OPTIONS")).to.equal(1);
      expect(bench.phone.background.has("INVITE")).to.equal(false);
    });

    it("answers 481 within a dialog it does not have", async () => {
      const stray = bench.stack.deliver("INFO", { dialogId: "unknown" });
      const ack = bench.stack.deliver("ACK", { dialogId: "unknown" });
      await settle();
      expect(stray.responses.map(({ status }) => status)).to.deep.equal([481]);
      expect(ack.responses).to.have.length(0);
    });
  });

  describe("waiting", () => {
    it("fails for an INVITE after ringMs, naming what came last", async () => {
      bench.stack.deliver("OPTIONS");
      const waiting = rejection(bench.phone.nextInvite());
      await bench.clock.advanceAsync(3000);
      const error = await waiting;
      expect(error.message).to.match(/^alice waited 3000 ms for an INVITE; last seen: OPTIONS\. .*waits\.ringMs/);
      expect(error).to.have.property("code", "ERR_WAIT_TIMEOUT");
    });

    it("takes a time of its own", async () => {
      const waiting = rejection(bench.phone.nextRequest("BYE", { timeoutMs: 10 }));
      await bench.clock.advanceAsync(10);
      expect((await waiting).message).to.match(/^alice waited 10 ms for a request BYE/);
    });
  });

  it("sends any request, and answers its challenge", async () => {
    const asking = bench.phone.request("MESSAGE", {
      to: "1009",
      uri: "sip:elsewhere@h",
      line: 1,
      body: "hi",
      contentType: "text/plain",
      headers: { Subject: "x" },
    });
    const challenge = { "Proxy-Authenticate": 'Digest realm="r", nonce="n"' };
    bench.stack.sent[0]!.reply(407, { headers: challenge });
    bench.stack.sent[1]!.reply(202);
    const { final, requests } = await asking;
    expect(final.status).to.equal(202);
    expect(requests[0]?.requestUri).to.equal("sip:elsewhere@h");
    expect(requests[0]?.get("To")).to.equal("<sip:1009@cm.example.com>");
    expect(requests[0]?.get("From")).to.match(/^<sip:1003@cm\.example\.com>;tag=/);
    expect(requests[0]?.get("Subject")).to.equal("x");
    expect(requests[1]?.get("Proxy-Authorization")).to.include('username="swhite"');
    expect(requests.map(({ cseq }) => cseq.number)).to.deep.equal([1, 2]);
  });

  describe("that no INVITE may reach", () => {
    it("asks the target first, then waits settleMs", async () => {
      let done = false;
      const claim = bench.phone.noInvite().then(() => (done = true));
      bench.stack.sent[0]!.reply(200);
      await bench.clock.advanceAsync(99);
      expect(done).to.equal(false);
      await bench.clock.advanceAsync(1);
      await claim;
      expect(bench.stack.sent[0]!.request.requestUri).to.equal("sip:cm.example.com");
    });

    it("fails for one that came before, or while it waits", async () => {
      bench.stack.deliver("INVITE");
      expect(await rejection(bench.phone.noInvite())).to.have.property("code", "ERR_UNEXPECTED_INVITE");
      await bench.phone.nextInvite();
      const claim = rejection(bench.phone.noInvite());
      bench.stack.sent[0]!.reply(503);
      await settle();
      bench.stack.deliver("INVITE");
      await bench.clock.advanceAsync(100);
      const error = await claim;
      expect(error.message).to.match(/: sip:1002@192\.0\.2\.1:5060, From <sip:1001@192\.0\.2\.10>$/);
      expect(error.details).to.have.property("message").that.includes("INVITE sip:");
    });
  });

  it("shows every SDP that reached it, and that left it where asked", async () => {
    await bench.phone.call("1009");
    bench.stack.sent[0]!.reply(183, { body: ANSWER });
    bench.stack.sent[0]!.reply(183, { body: ANSWER });
    bench.stack.deliver("INVITE", { body: OFFER });
    const kinds = (seen: { session: { media: readonly { kind: string }[] } }): string[] =>
      seen.session.media.map(({ kind }) => kind);
    expect(bench.phone.everySdp().map(kinds)).to.deep.equal([["audio"], ["audio", "video"]]);
    expect(bench.phone.everySdp({ direction: "sent" }).map(kinds)).to.deep.equal([["audio"]]);
    expect(bench.phone.everySdp({ direction: "both" })).to.have.length(3);
  });

  describe("closing", () => {
    it("cancels, rejects and hangs up what is open, then lets go", async () => {
      const outgoing = await bench.phone.call("1009");
      const answered = await bench.phone.call("1008");
      const unanswered = bench.stack.deliver("INVITE", { body: OFFER });
      bench.stack.sent[1]!.reply(200, { body: ANSWER, dialogId: "d" });
      expect(bench.phone.openCalls()).to.deep.equal([
        "call to sip:1009@cm.example.com (ringing)",
        "call to sip:1008@cm.example.com (confirmed)",
        "call from sip:1001@192.0.2.10 (ringing)",
      ]);
      const closing = bench.phone.close();
      await settle();
      expect(bench.cleared()).to.equal(1);
      expect(bench.stack.sent[0]!.cancels).to.have.length(1);
      expect(unanswered.responses.map(({ status }) => status)).to.deep.equal([480]);
      const bye = bench.stack.sent[2]!;
      expect(bye.plan).to.deep.include({ method: "BYE", dialogId: "d" });
      bye.reply(200);
      bench.stack.sent[0]!.reply(487);
      await closing;
      await bench.phone.close();
      expect(bench.stack.closed).to.equal(true);
      expect(bench.clock.timerCount).to.equal(0);
      expect([outgoing.ended, answered.ended]).to.deep.equal([true, true]);
      expect(bench.phone.openCalls()).to.deep.equal([]);
    });

    it("hangs up a 200 that crosses the CANCEL", async () => {
      await bench.phone.call("1009");
      const closing = bench.phone.close();
      bench.stack.sent[0]!.reply(200, { body: ANSWER, dialogId: "d" });
      await settle();
      expect(bench.stack.sent[1]!.plan).to.deep.include({ method: "BYE", dialogId: "d" });
      bench.stack.sent[1]!.reply(200);
      await closing;
    });

    it("does not hang up an accepted call before its ACK came", async () => {
      const invite = bench.stack.deliver("INVITE", { body: OFFER });
      const accepting = (await bench.phone.nextInvite()).accept();
      await settle();
      const closing = bench.phone.close();
      await settle();
      expect(bench.stack.sent).to.have.length(0);
      bench.stack.deliver("ACK", { dialogId: invite.request.callId });
      await settle();
      expect(bench.stack.sent[0]!.plan.method).to.equal("BYE");
      bench.stack.sent[0]!.reply(200);
      await Promise.all([accepting, closing]);
    });

    it("takes answerMs at most when the target is dead, and ends every wait", async () => {
      const call = await bench.phone.call("1009");
      await bench.phone.call("1008");
      bench.stack.sent[1]!.reply(200, { body: ANSWER, dialogId: "d" });
      const registering = bench.phone.register();
      bench.stack.sent[2]!.reply(200);
      await registering;
      await bench.clock.advanceAsync(2000);
      const waiting = rejection(bench.phone.nextInvite({ timeoutMs: 60_000 }));
      const closing = bench.phone.close();
      await bench.clock.advanceAsync(4999);
      const provisional = rejection(call.provisional(183));
      expect(bench.stack.closed).to.equal(false);
      await bench.clock.advanceAsync(1);
      await closing;
      expect(bench.stack.closed).to.equal(true);
      expect(await waiting).to.have.property("code", "ERR_PHONE_CLOSED");
      expect(await provisional).to.have.property("code", "ERR_PHONE_CLOSED");
      await settle();
      const methods = bench.stack.sent.map(({ plan }) => plan.method);
      expect(methods).to.deep.equal(["INVITE", "INVITE", "REGISTER", "BYE"]);
      expect(await rejection(bench.phone.nextInvite())).to.have.property("code", "ERR_PHONE_CLOSED");
      expect(await rejection(call.final())).to.have.property("code", "ERR_PHONE_CLOSED");
      expect(await rejection(bench.phone.register())).to.have.property("code", "ERR_PHONE_CLOSED");
      expect(bench.clock.timerCount).to.equal(0);
    });
  });
});
