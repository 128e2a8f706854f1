import { expect } from "chai";
import { parseSdp } from "../../src/sdp/index.ts";
import type { CallOptions, OutgoingCall } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import type { FakeSent } from "../support/fake-signalling.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

const DIALOG = "dialog-1";
const CHALLENGE = { "WWW-Authenticate": 'Digest realm="ccmsipline", nonce="n1", algorithm=MD5' };

describe("an outgoing call", () => {
  let bench: PhoneBench;

  beforeEach(() => {
    bench = benchPhone();
  });

  const last = (): FakeSent => bench.stack.sent.at(-1)!;

  /** A call answered with an audio session. */
  async function established(options?: CallOptions): Promise<OutgoingCall> {
    const call = await bench.phone.call("1009", options);
    last().reply(200, { body: ANSWER, dialogId: DIALOG });
    return call;
  }

  it("offers audio to the number at the target's domain, from its first line", async () => {
    const { invite } = await bench.phone.call("1009");
    expect(invite.requestUri).to.equal("sip:1009@cm.example.com");
    expect(invite.get("From")).to.match(/^<sip:1002@cm\.example\.com>;tag=/);
    expect(invite.get("Contact")).to.equal("<sip:1002@192.0.2.1:5060>");
    const offer = parseSdp(invite.body.toString());
    expect(offer.media.map(({ kind }) => kind)).to.deep.equal(["audio"]);
    expect(offer.media[0]?.port).to.be.greaterThan(0);
    expect(offer.media[0]!.port % 2).to.equal(0);
  });

  it("takes a phone, a URI or a user part that needs escapes as target", async () => {
    expect((await bench.phone.call(benchPhone("bob").phone)).invite.requestUri).to.equal("sip:1009@cm.example.com");
    expect((await bench.phone.call("sip:x@192.0.2.9;a=b")).invite.requestUri).to.equal("sip:x@192.0.2.9;a=b");
    expect((await bench.phone.call("#9")).invite.requestUri).to.equal("sip:%239@cm.example.com");
    expect((await bench.phone.call("%239")).invite.requestUri).to.equal("sip:%239@cm.example.com");
  });

  it("acknowledges a 2xx with the credentials of its INVITE", async () => {
    const call = await bench.phone.call("1009");
    last().reply(401, { headers: CHALLENGE });
    const answered = last();
    answered.reply(200, { body: ANSWER, dialogId: DIALOG });
    expect((await call.final()).status).to.equal(200);
    expect(call.invite).to.equal(answered.request);
    expect(call.responses.map(({ status }) => status)).to.deep.equal([401, 200]);
    expect(answered.acks).to.have.length(1);
    expect(answered.acks[0]?.headers?.["Authorization"]).to.equal(answered.request.get("Authorization"));
    expect(answered.acks[0]).not.to.have.property("body");
  });

  it("shows a 2xx only when its ACK is on the wire", async () => {
    const call = await bench.phone.call("1009");
    let release = (): void => undefined;
    last().acknowledged = new Promise((resolve) => (release = resolve));
    last().reply(200, { body: ANSWER, dialogId: DIALOG });
    let seen = false;
    const final = call.final().then(() => (seen = true));
    await settle();
    expect(seen).to.equal(false);
    release();
    await final;
  });

  it("tells the negotiated session with early offer", async () => {
    const call = await established();
    const { local, remote, localRole } = await call.session();
    expect(localRole).to.equal("offerer");
    expect(local).to.deep.equal(parseSdp(call.invite.body.toString()));
    expect(remote).to.deep.equal(parseSdp(ANSWER));
  });

  it("takes the answer of a 183 when the 200 has none", async () => {
    const call = await bench.phone.call("1009");
    last().reply(183, { body: ANSWER, dialogId: DIALOG });
    last().reply(200, { dialogId: DIALOG });
    expect((await call.session()).answer).to.deep.equal(parseSdp(ANSWER));
  });

  it("answers a delayed offer in the ACK", async () => {
    const call = await bench.phone.call("1009", { sdp: null });
    expect(call.invite.body).to.have.length(0);
    last().reply(200, { body: OFFER, dialogId: DIALOG });
    const [ack] = last().acks;
    expect(ack?.headers).to.deep.include({ "Content-Type": "application/sdp" });
    const { localRole, offer, answer } = await call.session();
    expect(localRole).to.equal("answerer");
    expect(offer).to.deep.equal(parseSdp(OFFER));
    expect(answer).to.deep.equal(parseSdp(ack?.body ?? ""));
    expect(answer.media).to.have.length(offer.media.length);
  });

  it("has no session when the 200 to a delayed offer brings none; acknowledges all the same", async () => {
    const call = await bench.phone.call("1009", { sdp: null });
    last().reply(200, { dialogId: DIALOG });
    expect(last().acks).to.have.length(1);
    expect(await rejection(call.session())).to.have.property("code", "ERR_ANSWER_MISSING");
  });

  it("survives an answer that is not SDP: acknowledges, and the session says why", async () => {
    const call = await bench.phone.call("1009");
    last().reply(200, { body: "nonsense", dialogId: DIALOG });
    expect(last().acks).to.have.length(1);
    expect(await rejection(call.session())).to.have.property("code", "ERR_SDP_SYNTAX");
  });

  it("sends a script's own SDP as it stands", async () => {
    const { invite } = await bench.phone.call("1009", { sdp: "v=0\r\nbroken" });
    expect(invite.body.toString()).to.equal("v=0\r\nbroken");
    expect(invite.get("Content-Type")).to.equal("application/sdp");
  });

  it("gives a refusal as a result, and is over", async () => {
    const call = await bench.phone.call("1009");
    last().reply(486);
    expect((await call.final()).status).to.equal(486);
    expect(call.ended).to.equal(true);
    expect((await rejection(call.session())).message).to.equal(
      "alice's call has no session: INVITE was answered 486 Busy Here",
    );
    expect(await rejection(call.hangUp())).to.have.property("code", "ERR_CALL_NOT_ESTABLISHED");
  });

  it("gives provisional responses, and says when the final one came instead", async () => {
    const call = await bench.phone.call("1009");
    last().reply(180, { dialogId: DIALOG });
    expect((await call.provisional()).status).to.equal(180);
    const missing = rejection(call.provisional(183));
    last().reply(486);
    expect(await missing).to.have.property("code", "ERR_FINAL_INSTEAD");
  });

  it("waits answerMs for the final response and names what it saw last", async () => {
    const call = await bench.phone.call("1009");
    last().reply(180);
    const waiting = rejection(call.final());
    await bench.clock.advanceAsync(5000);
    const error = await waiting;
    expect(error.message).to.include("last seen: 180 Ringing. Check that sip:1009@cm.example.com is registered");
    expect(error.details).to.deep.include({ silent: false });
  });

  it("cancels, with headers", async () => {
    const call = await bench.phone.call("1009");
    const cancelling = call.cancel({ headers: { Reason: "SIP;cause=200" } });
    expect(last().cancels).to.deep.equal([{ Reason: "SIP;cause=200" }]);
    last().reply(487);
    expect((await cancelling).status).to.equal(487);
    expect(await rejection(call.cancel())).to.have.property("code", "ERR_CALL_ANSWERED");
  });

  it("cancels the INVITE with credentials when the challenge crosses the CANCEL", async () => {
    const call = await bench.phone.call("1009");
    const first = last();
    const cancelling = call.cancel();
    first.reply(401, { headers: CHALLENGE });
    expect(last()).not.to.equal(first);
    expect(last().cancels).to.have.length(1);
    last().reply(487);
    await cancelling;
  });

  it("hangs up within its dialog, answering a challenge for the URI that the BYE went to", async () => {
    const call = await established();
    const hangingUp = call.hangUp();
    await settle();
    const bye = last();
    expect(bye.plan).to.deep.include({ method: "BYE", dialogId: DIALOG });
    expect(call.ended).to.equal(true);
    bye.reply(401, { headers: CHALLENGE });
    expect(last().request.get("Authorization")).to.include('uri="sip:target@192.0.2.10:5060"');
    last().reply(200);
    expect((await hangingUp).status).to.equal(200);
    expect(await rejection(call.hangUp())).to.have.property("code", "ERR_CALL_ENDED");
  });

  it("holds and resumes with the slots it had and a higher version each", async () => {
    const call = await established();
    const first = (await call.session()).local;
    const versions = [first.origin.sessionVersion];
    for (const [action, direction] of [
      ["hold", "sendonly"],
      ["resume", "sendrecv"],
    ] as const) {
      const acting = call[action]();
      await settle();
      expect(last().plan).to.deep.include({ method: "INVITE", dialogId: DIALOG });
      const offer = parseSdp(last().plan.body ?? "");
      expect(last().plan.body).to.include(`a=${direction}`);
      expect(offer.media[0]?.port).to.equal(first.media[0]?.port);
      versions.push(offer.origin.sessionVersion);
      last().reply(200, { body: ANSWER });
      expect((await acting).status).to.equal(200);
      expect(last().acks).to.have.length(1);
    }
    expect(versions.map(Number)).to.deep.equal([1, 2, 3]);
  });

  it("keeps its session when a re-INVITE is refused", async () => {
    const call = await established();
    const before = await call.session();
    const adding = call.reinvite({ media: ["audio", "video"] });
    await settle();
    const during = call.session();
    last().reply(488);
    expect((await adding).status).to.equal(488);
    expect(await during).to.equal(before);
    expect(call.ended).to.equal(false);
  });

  it("is over, without a session, when nobody could be reached", async () => {
    const call = await bench.phone.call("1009");
    last().reply(503, { madeUp: true });
    expect(call.ended).to.equal(true);
    for (const waiting of [call.final(), call.session()]) {
      expect(await rejection(waiting)).to.have.property("code", "ERR_TARGET_UNREACHABLE");
    }
  });

  it("keeps its session when a re-INVITE reaches nobody", async () => {
    const call = await established();
    const before = await call.session();
    const holding = rejection(call.hold());
    await settle();
    last().reply(503, { madeUp: true });
    expect(await holding).to.have.property("code", "ERR_TARGET_UNREACHABLE");
    expect(await call.session()).to.equal(before);
  });

  it("waits a 491 out for 2.1 s to 4 s, of UPDATE too, and a 500 as it says, unless it is told to show it", async () => {
    const call = await established();
    const methods = (): string[] => bench.stack.sent.slice(1).map(({ request }) => request.method);
    for (const [method, ask] of [
      ["INVITE", () => call.reinvite()],
      ["UPDATE", () => call.update()],
    ] as const) {
      const before = methods();
      const asking = ask();
      await settle();
      last().reply(491);
      await bench.clock.advanceAsync(2099);
      expect(methods()).to.deep.equal([...before, method]);
      await bench.clock.advanceAsync(1901);
      expect(methods()).to.deep.equal([...before, method, method]);
      last().reply(200, { body: ANSWER });
      expect((await asking).status).to.equal(200);
    }
    const hurrying = call.reinvite();
    await settle();
    last().reply(500, { headers: { "Retry-After": "1" } });
    await bench.clock.advanceAsync(1000);
    expect(methods().slice(-2)).to.deep.equal(["INVITE", "INVITE"]);
    last().reply(200, { body: ANSWER });
    expect((await hurrying).status).to.equal(200);
    const showing = call.reinvite({ retryGlare: false });
    await settle();
    last().reply(491);
    expect((await showing).status).to.equal(491);
  });

  it("asks no more after a 491 when the call ends meanwhile", async () => {
    const call = await established();
    const holding = call.hold();
    await settle();
    last().reply(491);
    await settle();
    bench.stack.deliver("BYE", { dialogId: DIALOG });
    await bench.clock.advanceAsync(4000);
    expect((await holding).status).to.equal(491);
    expect(last().request.method).to.equal("INVITE");
    expect(bench.clock.timerCount).to.equal(0);
  });

  it("is over when a request within it is answered 481", async () => {
    const call = await established();
    const asking = call.request("INFO", { body: "Signal=5", contentType: "application/dtmf-relay" });
    await settle();
    expect(last().request.get("Content-Type")).to.equal("application/dtmf-relay");
    last().reply(481);
    expect((await asking).final.status).to.equal(481);
    expect(call.ended).to.equal(true);
  });

  it("renegotiates by UPDATE", async () => {
    const call = await established();
    const updating = call.request("UPDATE", { body: OFFER });
    await settle();
    last().reply(200, { body: ANSWER });
    await updating;
    expect(await call.session()).to.deep.include({ offer: parseSdp(OFFER), answer: parseSdp(ANSWER) });
  });
});
