import { expect } from "chai";
import { PeerProtocolError, UnexpectedOutcomeError } from "../../src/core/errors.ts";
import { parseSdp } from "../../src/sdp/index.ts";
import type { IncomingCall } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import type { FakeIncoming } from "../support/fake-signalling.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

describe("an incoming call", () => {
  let bench: PhoneBench;

  beforeEach(() => {
    bench = benchPhone();
  });

  async function ringing(body?: string): Promise<{ call: IncomingCall; invite: FakeIncoming }> {
    const invite = bench.stack.deliver("INVITE", body === undefined ? {} : { body });
    return { call: await bench.phone.nextInvite(), invite };
  }

  /** A call accepted and acknowledged. */
  async function established(): Promise<{ call: IncomingCall; dialogId: string }> {
    const { call, invite } = await ringing(OFFER);
    const accepting = call.accept({ media: ["audio", "video"] });
    await settle();
    bench.stack.deliver("ACK", { dialogId: invite.request.callId });
    await accepting;
    return { call, dialogId: invite.request.callId };
  }

  it("shows what the INVITE offers", async () => {
    expect((await ringing(OFFER)).call.offer).to.deep.equal(parseSdp(OFFER));
    expect((await ringing()).call.offer).to.equal(undefined);
  });

  it("is refused at once where its offer cannot be read, and the script is told why", async () => {
    const { call, invite } = await ringing("this is no session description");
    await settle();
    expect(invite.responses).to.deep.equal([{ status: 488, options: { headers: {} } }]);
    expect(call.ended).to.equal(true);
    for (const asked of [call.ring(), call.accept(), call.reject(), call.session()])
      expect(await rejection(asked)).to.have.property("code", "ERR_SDP_SYNTAX");
    expect(() => call.offer).to.throw(PeerProtocolError);
    await bench.phone.close();
    expect(invite.responses).to.have.length(1);
  });

  it("rings, and accepts with an answer; the ACK ends the wait", async () => {
    const { call, invite } = await ringing(OFFER);
    await call.ring();
    const accepting = call.accept({ media: ["audio"] });
    await settle();
    expect(invite.responses.map(({ status }) => status)).to.deep.equal([180, 200]);
    const { headers, body } = invite.responses[1]!.options;
    expect(headers).to.deep.include({ Contact: "<sip:1002@192.0.2.1:5060>", "Content-Type": "application/sdp" });
    const answer = parseSdp(body ?? "");
    expect(answer.media.map(({ port }) => port > 0)).to.deep.equal([true, false]);
    bench.stack.deliver("ACK", { dialogId: invite.request.callId });
    await accepting;
    expect(await call.session()).to.deep.include({ offer: parseSdp(OFFER), answer, localRole: "answerer" });
  });

  it("offers in its 200 where the INVITE has no offer, and reads the answer in the ACK", async () => {
    const { call, invite } = await ringing();
    const accepting = call.accept({ media: ["audio"] });
    await settle();
    const waiting = call.session();
    bench.stack.deliver("ACK", { dialogId: invite.request.callId, body: ANSWER });
    await accepting;
    const { localRole, offer, answer } = await waiting;
    expect(localRole).to.equal("offerer");
    expect(offer).to.deep.equal(parseSdp(invite.responses[0]!.options.body ?? ""));
    expect(answer).to.deep.equal(parseSdp(ANSWER));
  });

  it("has no session when the ACK owes the answer", async () => {
    const { call, invite } = await ringing();
    const accepting = call.accept();
    await settle();
    bench.stack.deliver("ACK", { dialogId: invite.request.callId });
    await accepting;
    expect((await rejection(call.session())).message).to.include("the ACK holds no answer");
  });

  it("fails to be accepted when no ACK comes", async () => {
    const { call } = await ringing(OFFER);
    const accepting = rejection(call.accept());
    await bench.clock.advanceAsync(5000);
    expect((await accepting).message).to.match(/^alice waited 5000 ms for the ACK of its 200 \(Call-ID incoming-1\)/);
  });

  it("is rejected with any final status, reason and headers", async () => {
    const { call, invite } = await ringing(OFFER);
    expect(await rejection(call.reject(200))).to.have.property("code", "ERR_REJECT_STATUS");
    await call.reject(302, { reason: "Gone Fishing", headers: { Contact: "<sip:x@y>" } });
    expect(invite.responses).to.deep.equal([
      { status: 302, options: { reason: "Gone Fishing", headers: { Contact: "<sip:x@y>" } } },
    ]);
    expect(call.ended).to.equal(true);
    expect(await rejection(call.accept())).to.have.property("code", "ERR_CALL_ENDED");
    expect((await rejection(call.session())).message).to.include("it answered 302");
  });

  it("tells that the caller cancelled, and takes no answer then", async () => {
    const { call, invite } = await ringing(OFFER);
    const cancelled = call.cancelled();
    invite.cancel();
    await cancelled;
    expect(await call.nextRequest("CANCEL")).to.equal(await bench.phone.nextRequest("CANCEL"));
    expect(call.ended).to.equal(true);
    expect((await rejection(call.accept())).message).to.include("is cancelled already");
    expect(invite.responses).to.have.length(0);
  });

  it("cannot be hung up before it is accepted", async () => {
    const { call } = await ringing(OFFER);
    expect(await rejection(call.hangUp())).to.have.property("code", "ERR_CALL_NOT_ESTABLISHED");
    expect(await rejection(call.ring(200))).to.have.property("code", "ERR_RING_STATUS");
  });

  it("is over with the caller's BYE, which is answered and can be had afterwards", async () => {
    const { call, dialogId } = await established();
    const bye = bench.stack.deliver("BYE", { dialogId });
    await settle();
    expect(bye.responses.map(({ status }) => status)).to.deep.equal([200]);
    expect(call.ended).to.equal(true);
    expect(await call.nextRequest("BYE")).to.equal(bye.request);
    expect(await bench.phone.nextRequest("BYE")).to.equal(bye.request);
  });

  it("that the other side hung up blames that side for what can no longer be done", async () => {
    const { call, dialogId } = await established();
    bench.stack.deliver("BYE", { dialogId });
    await settle();
    const failure = await rejection(call.hold());
    expect(failure).to.be.instanceOf(UnexpectedOutcomeError);
    expect(failure).to.have.property("code", "ERR_HUNG_UP");
  });

  it("is over when the stack says so", async () => {
    const { call, dialogId } = await established();
    bench.stack.deliver("BYE", { dialogId, byStack: true });
    expect(call.ended).to.equal(true);
  });

  it("answers the caller's hold, keeping its slots", async () => {
    const { call, dialogId } = await established();
    const body = OFFER.replace("m=video", "a=sendonly\r\nm=video");
    const hold = bench.stack.deliver("INVITE", { dialogId, body });
    await settle();
    expect(hold.responses[0]?.status).to.equal(200);
    const { answer } = await call.session();
    expect(answer.media[0]?.attributes).to.deep.include({ name: "recvonly" });
    expect(answer.origin.sessionVersion).to.equal("2");
  });

  it("offers again when the caller's re-INVITE has no offer", async () => {
    const { call, dialogId } = await established();
    const reinvite = bench.stack.deliver("INVITE", { dialogId });
    await settle();
    const offer = parseSdp(reinvite.responses[0]?.options.body ?? "");
    expect(offer.media).to.have.length(2);
    const session = call.session();
    const number = reinvite.request.cseq.number;
    bench.stack.deliver("ACK", { dialogId, body: OFFER, headers: { CSeq: `${number} ACK` } });
    expect(await session).to.deep.include({ offer, answer: parseSdp(OFFER), localRole: "offerer" });
  });

  it("refuses an offer it cannot read with 488 and keeps the session", async () => {
    const { call, dialogId } = await established();
    const before = await call.session();
    const broken = bench.stack.deliver("INVITE", { dialogId, body: "nonsense" });
    await settle();
    expect(broken.responses.map(({ status }) => status)).to.deep.equal([488]);
    expect(await call.session()).to.equal(before);
  });

  it("refuses a re-INVITE with 491 while its own is open", async () => {
    const { call, dialogId } = await established();
    const holding = call.hold();
    await settle();
    const theirs = bench.stack.deliver("INVITE", { dialogId, body: OFFER });
    await settle();
    expect(theirs.responses.map(({ status }) => status)).to.deep.equal([491]);
    bench.stack.sent.at(-1)!.reply(200, { body: OFFER });
    expect((await holding).status).to.equal(200);
  });

  it("takes the re-INVITE that its own met, and asks once more within 2 s, from its session as it is then", async () => {
    const { call, dialogId } = await established();
    const holding = call.hold();
    await settle();
    const sent = bench.stack.sent.length;
    bench.stack.sent.at(-1)!.reply(491);
    await settle();
    const theirs = bench.stack.deliver("INVITE", { dialogId, body: OFFER });
    await settle();
    expect(theirs.responses.map(({ status }) => status)).to.deep.equal([200]);
    bench.stack.deliver("ACK", { dialogId });
    await bench.clock.advanceAsync(2000);
    expect(bench.stack.sent).to.have.length(sent + 1);
    const [first = "", again = ""] = bench.stack.sent.slice(-2).map(({ request }) => request.body.toString());
    expect([first, again].map((text) => text.includes("a=sendonly"))).to.deep.equal([true, true]);
    expect(parseSdp(again).origin.sessionVersion).not.to.equal(parseSdp(first).origin.sessionVersion);
    bench.stack.sent.at(-1)!.reply(491);
    expect((await holding).status).to.equal(491);
  });

  it("answers an UPDATE, with and without an offer", async () => {
    const { call, dialogId } = await established();
    const refresh = bench.stack.deliver("UPDATE", { dialogId });
    const update = bench.stack.deliver("UPDATE", { dialogId, body: ANSWER });
    await settle();
    expect(refresh.responses[0]).to.have.property("status", 200);
    expect(refresh.responses[0]?.options).not.to.have.property("body");
    expect(update.responses[0]?.options).to.have.property("body");
    expect((await call.session()).offer).to.deep.equal(parseSdp(ANSWER));
  });

  it("goes to the line of the Request-URI, else of To, else to the first", async () => {
    const to = { To: "<sip:1003@192.0.2.1>" };
    bench.stack.deliver("INVITE", { headers: to });
    bench.stack.deliver("INVITE", { headers: to, uri: "sip:ab12@192.0.2.1" });
    bench.stack.deliver("INVITE", { uri: "sip:192.0.2.1" });
    const callIds = [];
    for (const line of [1, 0, 0]) callIds.push((await bench.phone.nextInvite({ line })).invite.callId);
    expect(callIds).to.deep.equal(["incoming-2", "incoming-1", "incoming-3"]);
  });
});
