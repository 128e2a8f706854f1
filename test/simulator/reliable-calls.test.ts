import { expect } from "chai";
import type { IncomingCall, OutgoingCall, SimulatedPhone } from "../../src/simulator/index.ts";
import { isReliable } from "../../src/simulator/reliable.ts";
import { settle } from "../support/fake-clock.ts";
import { LoopbackPhones } from "../support/loopback-phones.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { benchPhone } from "../support/test-phone.ts";

/** Phones that call each other without anybody between them. */
describe("reliable provisional responses of phones (RFC 3262)", () => {
  let bench: LoopbackPhones;
  let alice: SimulatedPhone;
  let bob: SimulatedPhone;

  beforeEach(async () => {
    bench = new LoopbackPhones();
    bob = await bench.open("bob", 9);
    alice = await bench.open("alice", bob.address.port);
  });

  afterEach(async () => {
    await bench.close();
  });

  async function ringing(options: Parameters<SimulatedPhone["call"]>[1] = {}): Promise<[OutgoingCall, IncomingCall]> {
    const call = await alice.call("1009", options);
    return [call, await bob.nextInvite()];
  }

  /** How many messages of that kind crossed a phone's wire, copies too. */
  function count(phone: SimulatedPhone, pattern: RegExp): number {
    return phone.trace.entries.filter(({ octets }) => pattern.test(octets.toString("latin1"))).length;
  }

  it("carry the answer: both sides have their session before the call is accepted", async () => {
    const [call, incoming] = await ringing();
    await incoming.ring(183, { sdp: ANSWER, reliable: true });
    const progress = await call.provisional(183);
    expect(isReliable(progress)).to.equal(true);
    const [here, there] = [await call.session(), await incoming.session()];
    expect([here.localRole, there.localRole]).to.deep.equal(["offerer", "answerer"]);
    expect(here.answer).to.deep.equal(there.answer);
    await incoming.accept();
    const ok = await call.final();
    expect([ok.status, ok.body.length]).to.deep.equal([200, 0]);
    expect(await call.session()).to.deep.equal(here);
    expect([count(alice, /^PRACK /), count(alice, /CSeq: \d+ PRACK/)]).to.deep.equal([1, 2]);
    expect((await call.hangUp()).status).to.equal(200);
  });

  it("carry the offer where the INVITE has none, and the PRACK the answer", async () => {
    const [call, incoming] = await ringing({ sdp: null });
    await incoming.ring(183, { sdp: OFFER, reliable: true });
    const [here, there] = [await call.session(), await incoming.session()];
    expect([here.localRole, there.localRole]).to.deep.equal(["answerer", "offerer"]);
    expect(there.remote).to.deep.equal(here.local);
    const prack = await incoming.nextRequest("PRACK");
    expect(prack.contentType?.type).to.equal("application/sdp");
    await incoming.accept();
    expect((await call.final()).status).to.equal(200);
    expect((await incoming.nextRequest("ACK")).body.length).to.equal(0);
    await incoming.hangUp();
  });

  it("make an early dialog that takes UPDATE both ways; a confirmed one does too", async () => {
    const [call, incoming] = await ringing();
    await incoming.ring(183, { sdp: ANSWER, reliable: true });
    expect((await call.update({ media: ["audio", "video"] })).status).to.equal(200);
    expect((await incoming.session()).offer.media.map(({ kind }) => kind)).to.deep.equal(["audio", "video"]);
    expect((await incoming.update({ media: ["audio"] })).status).to.equal(200);
    expect((await call.session()).localRole).to.equal("answerer");
    await incoming.accept();
    await call.final();
    expect((await incoming.update({ media: ["audio", "video"] })).status).to.equal(200);
    expect((await call.session()).remote.media.map(({ kind }) => kind)).to.include("video");
    expect((await call.update({ sdp: null })).status).to.equal(200);
    expect((await incoming.hangUp()).status).to.equal(200);
  });

  it("ring on when more than one is sent", async () => {
    const [call, incoming] = await ringing();
    await incoming.ring(183, { reliable: true });
    await incoming.ring(180, { reliable: true });
    await call.provisional(180);
    await incoming.reject(486);
    const statuses = [...call.responses].map(({ status }) => status);
    expect([(await call.final()).status, ...statuses.slice(0, 2)]).to.deep.equal([486, 183, 180]);
    expect(count(alice, /^PRACK /)).to.equal(2);
  });

  it("are repeated while the wire keeps the PRACK back", async () => {
    const drop = alice.wire.drop("PRACK", { times: 1 });
    const [call, incoming] = await ringing();
    await incoming.ring(183, { reliable: true });
    await call.provisional(183);
    expect(drop.hits).to.equal(1);
    expect(count(bob, /^SIP\/2.0 183/)).to.be.greaterThan(1);
    await call.cancel();
    await incoming.cancelled();
  });

  it("are refused by the phone's stack to a caller who does not offer 100rel", async () => {
    const [call, incoming] = await ringing({ headers: { Supported: "timer" } });
    const refused = await rejection(incoming.ring(183, { reliable: true }));
    expect(refused).to.have.property("code", "ERR_RESPONSE_REFUSED");
    expect(refused.message).to.include("does not support 100rel");
    await incoming.accept();
    expect((await call.final()).status).to.equal(200);
    await call.hangUp();
  });
});

describe("a phone's UPDATE and PRACK", () => {
  it("fails to ring reliably when no PRACK comes, and at once when the caller gives up", async () => {
    const bench = benchPhone();
    bench.stack.deliver("INVITE", { body: OFFER });
    const call = await bench.phone.nextInvite();
    const waiting = rejection(call.ring(183, { reliable: true }));
    await bench.clock.advanceAsync(5000);
    expect((await waiting).message).to.match(/^alice waited 5000 ms for the PRACK of its 183/);
    const second = bench.stack.deliver("INVITE", { body: OFFER });
    const other = await bench.phone.nextInvite();
    const cancelled = rejection(other.ring(183, { reliable: true }));
    await settle();
    second.cancel();
    expect(await cancelled).to.have.property("code", "ERR_NO_SESSION");
  });

  it("cannot be sent by a callee before a reliable response was acknowledged", async () => {
    const bench = benchPhone();
    bench.stack.deliver("INVITE", { body: OFFER });
    const call = await bench.phone.nextInvite();
    await call.ring(180);
    expect(await rejection(call.update())).to.have.property("code", "ERR_CALL_NOT_ESTABLISHED");
  });

  it("meets an open offer: 500 with Retry-After behind theirs, 491 against ours", async () => {
    const bench = benchPhone();
    const invite = bench.stack.deliver("INVITE", { body: OFFER });
    await bench.phone.nextInvite();
    const early = bench.stack.deliver("UPDATE", { dialogId: invite.request.callId, body: OFFER });
    await settle();
    expect(early.responses[0]?.status).to.equal(500);
    expect(Number(early.responses[0]?.options.headers?.["Retry-After"])).to.be.within(0, 10);

    await bench.phone.call("1009");
    const sent = bench.stack.sent[0]!;
    sent.reply(183, { dialogId: sent.request.callId });
    const crossing = bench.stack.deliver("UPDATE", { dialogId: sent.request.callId, body: OFFER });
    await settle();
    expect(crossing.responses.map(({ status }) => status)).to.deep.equal([491]);
  });

  it("acknowledges a reliable response before anybody sees it, with the credentials it was asked for", async () => {
    const bench = benchPhone();
    const call = await bench.phone.call("1009", { sdp: null });
    const invite = bench.stack.sent[0]!;
    const dialogId = invite.request.callId;
    invite.reply(183, { dialogId, headers: { Require: "100rel", RSeq: "7" }, body: OFFER });
    await call.provisional(183);
    const prack = bench.stack.sent[1]!;
    expect([prack.plan.method, prack.plan.dialogId, prack.plan.headers["RAck"]]).to.deep.equal([
      "PRACK",
      dialogId,
      `7 ${invite.request.cseq.number} INVITE`,
    ]);
    expect(prack.plan.body).to.include("m=video 0");
    prack.reply(407, { headers: { "Proxy-Authenticate": 'Digest realm="r", nonce="n", algorithm=MD5' } });
    expect(bench.stack.sent[2]?.plan.headers["Proxy-Authorization"]).to.include('username="swhite"');
    invite.reply(200, { dialogId, body: ANSWER });
    await call.final();
    expect([invite.acks.length, invite.acks[0]?.body]).to.deep.equal([1, undefined]);
    expect((await call.session()).localRole).to.equal("answerer");
  });
});
