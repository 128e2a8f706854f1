import { expect } from "chai";
import { SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import type { ServerTransaction } from "../../src/sip/transaction/index.ts";
import { CALLEE, CALLER, connect } from "./support/connect.ts";
import { mediaLines, quiet, sessionOf, withSdp, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, laterSdp } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

describe("established calls", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  beforeEach(async () => {
    world = await TestWorld.start();
    alice = await world.registered("1002");
    bob = await world.registered("1003");
  });
  afterEach(() => world.close());

  /** A phone of the shared line 3200, registered. */
  async function sharing(username: string, host: string): Promise<RawPhone> {
    const phone = await world.phone("3200", { username, password: "pw", host });
    await phone.register();
    await phone.respond(await phone.take("NOTIFY"), 200);
    return phone;
  }

  it("end when either side hangs up", async () => {
    const up = await connect(alice, bob);
    expect((await alice.sendIn(up.callerDialog, "BYE")).statuses).to.deep.equal([401, 200]);
    expect(await bob.waiting()).to.deep.equal(["BYE"]);
    await bob.respond(await bob.take("BYE"), 200);
    const again = await connect(bob, alice);
    expect((await alice.sendIn(again.calleeDialog, "BYE")).final.status).to.equal(200);
    expect(await bob.waiting()).to.deep.equal(["BYE"]);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("answers 200 to BYEs that cross, and 481 once all is over", async () => {
    const up = await connect(bob, alice);
    await bob.sendIn(up.callerDialog, "BYE");
    const bye = await alice.take("BYE");
    expect((await alice.sendIn(up.calleeDialog, "BYE")).final.status).to.equal(200);
    await alice.respond(bye, 200);
    expect((await bob.sendIn(up.callerDialog, "BYE")).final.status).to.equal(481);
  });

  it("puts on hold and resumes, telling each side what the other said", async () => {
    const up = await connect(alice, bob);
    for (const [version, direction, answer] of [
      [2, "sendonly", "recvonly"],
      [3, "inactive", "inactive"],
      [4, "sendrecv", "sendrecv"],
    ] as const) {
      // prettier-ignore
      const offer = laterSdp(version, "198.51.100.21", AUDIO, `a=${direction}`);
      const held = alice.sendIn(up.callerDialog, "INVITE", withSdp(offer));
      const invite = await bob.take("INVITE");
      const offered = sessionOf(invite.request);
      expect(offered.media[0]?.attributes).to.deep.include({ name: direction });
      expect(offered.origin.sessionVersion).to.equal(String(version));
      await bob.respond(invite, 200, laterSdp(version, "198.51.100.22", AUDIO, `a=${answer}`));
      const exchange = await held;
      await quiet();
      expect(sessionOf(exchange.final).media[0]?.attributes).to.deep.include({ name: answer });
      await alice.ack(exchange, up.callerDialog);
      expect(bob.acks).to.have.length(version);
    }
  });

  it("passes the hold of RFC 2543 on", async () => {
    const up = await connect(alice, bob);
    const offer = laterSdp(2, "198.51.100.21", AUDIO).replace("c=IN IP4 198.51.100.21", "c=IN IP4 0.0.0.0");
    void alice.sendIn(up.callerDialog, "INVITE", withSdp(offer));
    await quiet();
    expect(sessionOf((await bob.take("INVITE")).request).connection?.address).to.equal("0.0.0.0");
  });

  it("relays a re-INVITE without offer: the offer comes back, the answer goes in the ACK", async () => {
    const up = await connect(bob, alice);
    const asked = bob.sendIn(up.callerDialog, "INVITE");
    const invite = await alice.take("INVITE");
    expect(invite.request.body).to.have.length(0);
    await alice.respond(invite, 200, laterSdp(2, "198.51.100.21", AUDIO));
    const exchange = await asked;
    await quiet();
    expect(mediaLines(exchange.final)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
    const before = alice.acks.length;
    await bob.ack(exchange, up.callerDialog, laterSdp(2, "198.51.100.22", AUDIO.replace("0 8 101", "8")));
    expect(mediaLines(alice.acks[before]!)).to.deep.equal(["audio 20000 RTP/AVP 8"]);
  });

  it("sends an UPDATE with an offer on as UPDATE to a phone that takes it", async () => {
    const up = await connect(alice, bob);
    const updating = alice.sendIn(
      up.callerDialog,
      "UPDATE",
      withSdp(laterSdp(2, "198.51.100.21", AUDIO, "a=sendonly")),
    );
    await bob.respond(await bob.take("UPDATE"), 200, laterSdp(2, "198.51.100.22", AUDIO, "a=recvonly"));
    const exchange = await updating;
    await quiet();
    expect(sessionOf(exchange.final).media[0]?.attributes).to.deep.include({ name: "recvonly" });
  });

  it("answers an UPDATE without offer itself", async () => {
    const up = await connect(alice, bob);
    expect((await alice.sendIn(up.callerDialog, "UPDATE")).final.status).to.equal(200);
    expect(await bob.waiting()).to.deep.equal([]);
  });

  it("keeps the call when the peer refuses a re-INVITE", async () => {
    const up = await connect(alice, bob);
    const asked = alice.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
    await bob.respond(await bob.take("INVITE"), 488);
    const exchange = await asked;
    await quiet();
    expect(exchange.final.status).to.equal(488);
    expect(world.manager.activeCalls()).to.equal(1);
    expect(await bob.waiting()).to.deep.equal([]);
  });

  it("keeps glare to each leg: 491 to the other side, 500 to the same, and the call goes on", async () => {
    const up = await connect(bob, alice);
    const offer = withSdp(laterSdp(2, "198.51.100.22", AUDIO));
    const first = bob.sendIn(up.callerDialog, "INVITE", offer);
    const invite = await alice.take("INVITE");
    const crossing = await alice.sendIn(up.calleeDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
    expect(crossing.final.status).to.equal(491);
    const second = await bob.sendIn(up.callerDialog, "UPDATE", offer);
    expect(second.final.status).to.equal(500);
    expect(Number(second.final.get("Retry-After"))).to.be.within(0, 10);
    await alice.respond(invite, 491);
    const exchange = await first;
    await quiet();
    expect(exchange.final.status).to.equal(491);
    expect(world.manager.activeCalls()).to.equal(1);
  });

  it("ends both legs when one of them knows the dialog no more", async () => {
    const up = await connect(alice, bob);
    const asked = alice.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
    await bob.respond(await bob.take("INVITE"), 481);
    await asked;
    await quiet();
    expect(await alice.waiting()).to.deep.equal(["BYE"]);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("ends both legs when the ACK never comes, the caller's only then", async () => {
    await alice.call("1003", CALLER);
    await bob.accept(await bob.take("INVITE"), CALLEE);
    expect(await alice.waiting()).to.deep.equal([]);
    await world.clock.advanceAsync(32_000);
    expect(await alice.waiting()).to.deep.equal(["BYE"]);
    expect(await bob.waiting()).to.deep.equal(["BYE"]);
  });

  it("go on ending where a phone's Contact leads nowhere", async () => {
    const call = await alice.call("1003", CALLER);
    const dialog = await bob.accept(await bob.take("INVITE"), CALLEE, []);
    await alice.ack(call, alice.dialogOf(call));
    const odd = dialog.createRequest("UPDATE", { contact: "<sip:1003@198.51.100.22;transport=ws>" });
    const statuses: number[] = [];
    bob.engine.send(odd, { response: (_, { status }) => void statuses.push(status), failed: () => undefined });
    await quiet();
    expect(statuses).to.deep.equal([200]);
    await alice.sendIn(alice.dialogOf(call), "BYE", { headers: [["Subject", "first"]] });
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("answers 487 to a re-INVITE that is open when the call ends", async () => {
    const up = await connect(bob, alice);
    const asked = await bob.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.22", AUDIO)));
    const invite = await alice.take("INVITE");
    await alice.sendIn(up.calleeDialog, "BYE");
    expect(asked.final.status).to.equal(487);
    const acks = alice.acks.length;
    await alice.respond(invite, 200, laterSdp(2, "198.51.100.21", AUDIO));
    expect(alice.acks).to.have.length(acks + 1);
  });

  it("cancels a re-INVITE that its sender cancels, and keeps the call", async () => {
    const up = await connect(bob, alice);
    const asked = await bob.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.22", AUDIO)));
    const invite = await alice.take("INVITE");
    await alice.respond(invite, 180);
    asked.transaction.cancel();
    await quiet();
    expect(asked.final.status).to.equal(487);
    expect(alice.cancels).to.have.length(1);
    expect(world.manager.activeCalls()).to.equal(1);
  });

  it("acknowledges the called phone before its BYE, where the caller never answered its offer", async () => {
    await alice.call("1003", undefined);
    await bob.accept(await bob.take("INVITE"), CALLEE);
    await world.clock.advanceAsync(32_000);
    await quiet();
    expect(mediaLines(bob.acks[0]!)).to.deep.equal(["audio 0 RTP/AVP 0 8 101"]);
    expect(await bob.waiting()).to.deep.equal(["BYE"]);
  });

  it("holds its BYE back until the caller has acknowledged", async () => {
    const call = await alice.call("1003", CALLER);
    const dialog = await bob.accept(await bob.take("INVITE"), CALLEE);
    await bob.sendIn(dialog, "BYE");
    expect(await alice.waiting()).to.deep.equal([]);
    await alice.ack(call, alice.dialogOf(call));
    expect(await alice.waiting()).to.deep.equal(["BYE"]);
  });

  /** Answers an INVITE with 200 in this moment, whatever is on its way. */
  function answer(phone: RawPhone, invite: ServerTransaction): void {
    const headers = [
      ["Contact", phone.contact],
      ["Content-Type", "application/sdp"],
    ] as const;
    invite.respond(SipResponse.to(invite.request, 200, { toTag: invite.toTag, headers, body: CALLEE }));
  }

  it("end at once where CANCEL and 200 cross: 487 to the caller, ACK and BYE to the phone (RFC 3261 §9.1)", async () => {
    const call = await alice.call("1003", CALLER);
    const invite = await bob.take("INVITE");
    await bob.respond(invite, 180);
    call.transaction.cancel();
    answer(bob, invite);
    await quiet();
    expect(call.final.status).to.equal(487);
    expect(bob.acks).to.have.length(1);
    expect(await bob.waiting()).to.deep.equal(["BYE"]);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("give the call to one of two phones that answer at once, and the other one ACK and BYE", async () => {
    const [one, two] = [await sharing("s1", "198.51.100.51"), await sharing("s2", "198.51.100.52")];
    const call = await alice.call("3200", CALLER);
    const [first, second] = [await one.take("INVITE"), await two.take("INVITE")];
    answer(one, first);
    answer(two, second);
    await quiet();
    expect(call.statuses.filter((status) => status === 200)).to.have.length(1);
    await alice.ack(call, alice.dialogOf(call));
    expect([one.acks.length, two.acks.length]).to.deep.equal([1, 1]);
    expect([await one.waiting(), await two.waiting()]).to.deep.equal([[], ["BYE"]]);
    expect(world.manager.activeCalls()).to.equal(1);
  });

  it("answers 481 to a BYE whose tag is not that of the dialog, and the call goes on", async () => {
    const up = await connect(bob, alice);
    const { callId, remoteTag, remoteTarget: requestUri } = up.callerDialog;
    const headers = [
      ["From", "<sip:1003@127.0.0.1>;tag=stranger"],
      ["To", `<sip:1002@127.0.0.1>;tag=${remoteTag}`],
      ["Call-ID", callId],
      ["CSeq", "99 BYE"],
    ] as const;
    const statuses: number[] = [];
    bob.engine.send(SipRequest.create({ method: "BYE", requestUri, headers }), {
      response: (_, { status }) => void statuses.push(status),
      failed: () => undefined,
    });
    await quiet();
    expect(statuses).to.deep.equal([481]);
    expect(world.manager.activeCalls()).to.equal(1);
  });

  it("answers 416 to a Request-URI of another scheme (RFC 3261 §8.2.2.1)", async () => {
    for (const method of ["OPTIONS", "INVITE"]) {
      const { statuses } = await bob.send(method, { requestUri: "unknown:1002", to: bob.uri("1002") });
      expect(statuses.at(-1), method).to.equal(416);
    }
  });

  it("answers 481 outside of any dialog and under another tag, 500 to an old CSeq", async () => {
    const up = await connect(bob, alice);
    const stray = await bob.send("BYE", { to: bob.uri("1002"), headers: [] });
    expect(stray.final.status).to.equal(481);
    const old = await bob.send("INFO", { to: bob.uri("1002") });
    expect(old.final.status).to.equal(481);
    await bob.sendIn(up.callerDialog, "INFO");
    const { callId, localTag, remoteTag, remoteTarget: requestUri } = up.callerDialog;
    const statuses: number[] = [];
    for (const [tag, cseq] of [
      [localTag, 0],
      ["another", 99],
    ] as const) {
      // prettier-ignore
      const headers = [
        ["From", `<sip:1003@127.0.0.1>;tag=${tag}`],
        ["To", `<sip:1002@127.0.0.1>;tag=${remoteTag}`],
        ["Call-ID", callId],
        ["CSeq", `${cseq} INFO`],
      ] as const;
      const odd = SipRequest.create({ method: "INFO", requestUri, headers });
      bob.engine.send(odd, { response: (_, { status }) => void statuses.push(status), failed: () => undefined });
      await quiet();
    }
    expect(statuses).to.deep.equal([500, 481]);
  });
});
