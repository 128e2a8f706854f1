import { expect } from "chai";
import { Dialog } from "../../src/sip/dialog/index.ts";
import { SipResponse } from "../../src/sip/message/index.ts";
import { CALLEE, CALLER, connect } from "./support/connect.ts";
import { mediaLines, quiet, sessionOf, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, sdp } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

describe("calls through the call manager", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  beforeEach(async () => {
    world = await TestWorld.start();
    alice = await world.registered("1002");
    bob = await world.registered("1003");
  });
  afterEach(() => world.close());

  describe("being set up", () => {
    it("rings and connects two dialogs that share nothing, with a delayed offer", async () => {
      const call = await alice.call("1003", CALLER);
      const invite = await bob.take("INVITE");
      const { request } = invite;
      expect(request.body).to.have.length(0);
      expect(request.has("Content-Type")).to.equal(false);
      expect(request.requestUri).to.equal("sip:1003@198.51.100.22:5062");
      expect(request.get("CSeq")).to.equal("101 INVITE");
      expect(request.get("Max-Forwards")).to.equal("69");
      expect(request.vias).to.have.length(1);
      expect(request.callId).not.to.equal(call.request.callId);
      expect(request.fromTag).not.to.equal(call.request.fromTag);
      expect(request.get("Remote-Party-ID")).to.match(/^<sip:1002@127\.0\.0\.1>;party=calling/);
      await bob.respond(invite, 180);
      expect(call.statuses).to.deep.equal([100, 401, 100, 180]);
      await bob.accept(invite, CALLEE);
      expect(mediaLines(call.final)).to.deep.equal(["audio 30000 RTP/AVP 0 101"]);
      expect(sessionOf(call.final).connection?.address).to.equal("198.51.100.22");
      expect(sessionOf(call.final).origin.username).to.equal("CiscoSystemsCCM-SIP");
      await alice.ack(call, alice.dialogOf(call));
      const [ack] = bob.acks;
      expect(mediaLines(ack!)).to.deep.equal(["audio 20000 RTP/AVP 0 101"]);
      expect(sessionOf(ack!).connection?.address).to.equal("198.51.100.21");
      expect(call.responses[3]?.toTag).to.equal(call.final.toTag);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("offers early where the called phone's SIP profile says so, and relays early media", async () => {
      const early = await world.registered("1005");
      const call = await alice.call("1005", CALLER);
      const invite = await early.take("INVITE");
      expect(mediaLines(invite.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
      await early.respond(invite, 183, CALLEE);
      expect(mediaLines(call.responses.at(-1)!)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      await early.accept(invite, CALLEE);
      expect(call.final.body.toString()).to.equal(call.responses[3]!.body.toString());
      expect(early.acks[0]?.body).to.have.length(0);
    });

    it("asks the caller to answer in its ACK where it offers nothing", async () => {
      const call = await alice.call("1003", undefined);
      await bob.accept(await bob.take("INVITE"), CALLEE);
      expect(mediaLines(call.final)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      expect(bob.acks).to.have.length(0);
      await alice.ack(call, alice.dialogOf(call), sdp("198.51.100.21", AUDIO.replace("0 8 101", "8")));
      expect(mediaLines(bob.acks[0]!)).to.deep.equal(["audio 20000 RTP/AVP 8"]);
    });

    it("ends both legs where the caller's ACK lacks the answer", async () => {
      const call = await alice.call("1003", undefined);
      await bob.accept(await bob.take("INVITE"), CALLEE);
      await alice.ack(call, alice.dialogOf(call));
      expect(mediaLines(bob.acks[0]!)).to.deep.equal(["audio 0 RTP/AVP 0 8 101"]);
      expect(await bob.waiting()).to.deep.equal(["BYE"]);
      expect(await alice.waiting()).to.deep.equal(["BYE"]);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("gives up a phone whose 200 leads nowhere, or whose 302 cannot be read", async () => {
      const contact = ["Contact", "<sip:1003@198.51.100.22:5062>"] as const;
      const type = ["Content-Type", "application/sdp"] as const;
      const answers = [
        [200, 500, [contact, type, ["Record-Route", "garbage"]]],
        [200, 500, [["Contact", "<tel:1003>"], type]],
        [302, 480, [["Contact", "<<<"]]],
      ] as const;
      for (const [status, told, headers] of answers) {
        const call = await alice.call("1003", CALLER);
        const invite = await bob.take("INVITE");
        const body = status === 200 ? CALLEE : "";
        invite.respond(SipResponse.to(invite.request, status, { toTag: invite.toTag, headers, body }));
        await quiet();
        expect(call.final.status, headers.flat().join(" ")).to.equal(told);
      }
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("calls over TCP on the connection that the phone registered by", async () => {
      const carol = await world.registered("2001", { protocol: "tcp" });
      const call = await alice.call("2001", CALLER);
      const invite = await carol.take("INVITE");
      expect(invite.flow.protocol).to.equal("tcp");
      expect(invite.request.get("Contact")).to.equal("<sip:2001@127.0.0.1:5060;transport=tcp>");
      await carol.accept(invite, CALLEE);
      expect(call.final.status).to.equal(200);
    });

    it("rings every device of a shared line, takes the first and cancels the other", async () => {
      const one = await world.registered("3200", { username: "s1", password: "pw" });
      const two = await world.registered("3200", { username: "s2", password: "pw" });
      const call = await alice.call("3200", CALLER);
      const [first, second] = [await one.take("INVITE"), await two.take("INVITE")];
      await one.respond(first, 180);
      await two.respond(second, 180);
      expect(call.statuses).to.deep.equal([100, 401, 100, 180]);
      await two.accept(second, CALLEE);
      expect(call.final.status).to.equal(200);
      expect(one.cancels[0]?.get("Reason")).to.match(/completed elsewhere/);
    });

    it("follows call forward all and says so", async () => {
      const call = await alice.call("3100", CALLER);
      const { request } = await bob.take("INVITE");
      expect(request.get("Diversion")).to.match(/^<sip:3100@127\.0\.0\.1>;reason=unconditional/);
      expect(call.statuses).to.deep.equal([100, 401, 100]);
    });

    it("follows a 302", async () => {
      const carol = await world.registered("2001");
      const call = await alice.call("2001", CALLER);
      await carol.respond(await carol.take("INVITE"), 302, undefined, []);
      expect(call.final.status).to.equal(404); // the 302 names the phone itself, which is no address of ours
      const again = await alice.call("2001", CALLER);
      const invite = await carol.take("INVITE");
      const moved = ["Contact", "<sip:1003@127.0.0.1>"] as const;
      invite.respond(SipResponse.to(invite.request, 302, { toTag: invite.toTag, headers: [moved] }));
      expect((await bob.take("INVITE")).request.get("Diversion")).to.match(/^<sip:2001@.*reason=deflection/);
      expect(again.statuses).to.deep.equal([100, 401, 100]);
    });
  });

  describe("that fail", () => {
    it("gives the caller 404 with cause 1 for a number nobody has", async () => {
      const { final } = await alice.call("7999", CALLER);
      expect(final.status).to.equal(404);
      expect(final.get("Reason")).to.equal("Q.850;cause=1");
    });

    it("gives an unregistered phone 503", async () => {
      const stranger = await world.phone("1000");
      expect((await stranger.call("1003", CALLER)).statuses).to.deep.equal([100, 503]);
    });

    it("gives 503 to another Contact than the one registered", async () => {
      const contact = "<sip:1002@198.51.100.21:5999>";
      expect((await alice.call("1003", CALLER, { contact })).final.status).to.equal(503);
      expect((await alice.call("1003", CALLER, { authenticate: false })).final.status).to.equal(401);
    });

    it("does not take another user's credentials", async () => {
      const { statuses } = await alice.call("1003", CALLER, { username: "bgreen", password: "pw-1003" });
      expect(statuses).to.deep.equal([100, 401, 100, 401]);
      expect(await bob.waiting()).to.deep.equal([]);
    });

    it("does not challenge an INVITE with digest off", async () => {
      expect((await bob.call("1002", CALLEE)).statuses).to.deep.equal([100]);
    });

    it("gives 400 where the caller tells no Contact", async () => {
      expect((await bob.call("1002", CALLEE, { contact: null })).final.status).to.equal(400);
    });

    it("gives up on a called phone whose 200 tells no Contact", async () => {
      const call = await alice.call("1003", CALLER);
      const { request, toTag } = await bob.take("INVITE");
      bob.engine.wire.sendRaw(
        SipResponse.to(request, 200, {
          toTag,
          headers: [["Content-Type", "application/sdp"]],
          body: CALLEE,
        }).toOctets(),
        { protocol: "udp", ...world.target },
      );
      await quiet();
      expect(call.final.status).to.equal(500);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("does not let a phone hang up that has not answered", async () => {
      const call = await alice.call("1003", CALLER);
      const invite = await bob.take("INVITE");
      const early = Dialog.fromRequest(invite.request, await bob.respond(invite, 180));
      expect((await bob.sendIn(early, "BYE")).final.status).to.equal(481);
      expect(call.statuses).to.deep.equal([100, 401, 100, 180]);
    });

    it("ends the called leg where the caller hangs up while it rings", async () => {
      const call = await alice.call("1003", CALLER);
      await bob.respond(await bob.take("INVITE"), 180);
      const ringing = call.responses.at(-1)!;
      await alice.sendIn(Dialog.fromResponse(call.request, ringing), "BYE");
      expect(call.final.status).to.equal(487);
      expect(bob.cancels).to.have.length(1);
    });

    it("gives 480 for a phone that is not registered", async () => {
      const { final } = await alice.call("1000", CALLER);
      expect(final.status).to.equal(480);
      expect(final.get("Reason")).to.equal("Q.850;cause=20");
    });

    it("gives 483 where Max-Forwards is used up", async () => {
      const { final } = await alice.call("1003", CALLER, { headers: [["Max-Forwards", "0"]] });
      expect(final.status).to.equal(483);
    });

    it("gives 415 for a body that is no session description, 400 for one that is broken", async () => {
      const odd = await alice.call("1003", undefined, { body: "hello", headers: [["Content-Type", "text/plain"]] });
      expect(odd.final.status).to.equal(415);
      expect((await alice.call("1003", "v=0\r\nm=audio\r\n")).final.status).to.equal(400);
    });

    for (const [said, heard] of [
      [486, 486],
      [603, 403],
      [480, 480],
      [401, 403],
    ] as const) {
      // prettier-ignore
      it(`makes ${heard} of the called phone's ${said}`, async () => {
        const call = await alice.call("1003", CALLER);
        await bob.respond(await bob.take("INVITE"), said);
        expect(call.final.status).to.equal(heard);
        expect(call.final.has("WWW-Authenticate")).to.equal(false);
        expect(world.manager.activeCalls()).to.equal(0);
      });
    }

    it("gives 408 when the called phone says nothing at all", async () => {
      await bob.close();
      const call = await alice.call("1003", CALLER);
      await world.clock.advanceAsync(32_000);
      await quiet();
      expect(call.final.status).to.equal(408);
    });

    it("gives 480 with cause 19 after three minutes of ringing", async () => {
      const call = await alice.call("1003", CALLER);
      await bob.respond(await bob.take("INVITE"), 180);
      for (let seconds = 0; seconds < 180; seconds += 60) {
        await alice.register();
        await bob.register();
        await world.clock.advanceAsync(60_000);
      }
      await quiet();
      expect(call.final.status).to.equal(480);
      expect(call.final.get("Reason")).to.equal("Q.850;cause=19");
      expect(bob.cancels).to.have.length(1);
    });

    it("gives 488 where the phones share no codec, and lets the called one go", async () => {
      const call = await alice.call("1003", sdp("198.51.100.21", "m=audio 20000 RTP/AVP 0"));
      await bob.accept(await bob.take("INVITE"), sdp("198.51.100.22", "m=audio 30000 RTP/AVP 8"));
      expect(call.final.status).to.equal(488);
      expect(mediaLines(bob.acks[0]!)).to.deep.equal(["audio 0 RTP/AVP 8"]);
      expect(await bob.waiting()).to.deep.equal(["BYE"]);
    });

    it("cancels the called phone when the caller cancels, and answers 487", async () => {
      const call = await alice.call("1003", CALLER);
      await bob.respond(await bob.take("INVITE"), 180);
      call.transaction.cancel();
      await quiet();
      expect(call.final.status).to.equal(487);
      expect(bob.cancels).to.have.length(1);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("acknowledges and ends a 200 that crosses the CANCEL", async () => {
      const call = await alice.call("1003", CALLER);
      const invite = await bob.take("INVITE");
      bob.engine.wire.drop("200 INVITE", { times: 1 });
      await bob.accept(invite, CALLEE);
      call.transaction.cancel();
      await quiet();
      await world.clock.advanceAsync(500);
      await quiet();
      expect(call.final.status).to.equal(487);
      expect(bob.acks).to.have.length(1);
      expect(await bob.waiting()).to.deep.equal(["BYE"]);
    });
  });

  describe("with busy lines", () => {
    it("lets two calls through and refuses the third with 486 and cause 17, until one ends", async () => {
      const callers = [await world.registered("1000"), await world.registered("2001"), await world.registered("2101")];
      const [first, second, third] = callers as [RawPhone, RawPhone, RawPhone];
      const up = await connect(first, bob);
      await second.call("1003", CALLER);
      await bob.take("INVITE");
      const refused = await third.call("1003", CALLER);
      expect(refused.final.status).to.equal(486);
      expect(refused.final.get("Reason")).to.equal("Q.850;cause=17");
      expect(await bob.waiting()).to.deep.equal([]);
      await first.sendIn(up.callerDialog, "BYE");
      await bob.take("BYE");
      await third.call("1003", CALLER);
      expect(await bob.waiting()).to.deep.equal(["INVITE"]);
    });

    it("refuses the third call that a phone places", async () => {
      await alice.call("1003", CALLER);
      await alice.call("1003", CALLER);
      expect((await alice.call("1003", CALLER)).final.status).to.equal(486);
    });

    it("forwards a call to a busy line where the line says so", async () => {
      const shared = await world.registered("3200", { username: "s1", password: "pw" });
      await connect(await world.registered("2001"), shared);
      await connect(await world.registered("2101"), shared);
      await alice.call("3200", CALLER);
      expect((await bob.take("INVITE")).request.get("Diversion")).to.match(/^<sip:3200@.*;reason=user-busy/);
    });

    it("counts down when the called phone refuses and when the caller cancels", async () => {
      for (let round = 0; round < 4; round += 1) {
        const call = await alice.call("1003", CALLER);
        const invite = await bob.take("INVITE");
        if (round % 2 === 0) await bob.respond(invite, 486);
        else {
          await bob.respond(invite, 180);
          call.transaction.cancel();
          await quiet();
        }
      }
      await alice.call("1003", CALLER);
      expect(await bob.waiting()).to.deep.equal(["INVITE"]);
    });
  });

  it("answers OPTIONS with what it takes", async () => {
    const { final } = await bob.send("OPTIONS", { to: "sip:127.0.0.1" });
    expect(final.status).to.equal(200);
    expect(final.get("Allow")).to.match(/\bINVITE\b/);
    expect(final.get("Accept")).to.equal("application/sdp");
    expect((await alice.send("OPTIONS", { to: "sip:127.0.0.1" })).statuses).to.deep.equal([401, 200]);
  });

  it("knows no MESSAGE and never heard of FROBNICATE", async () => {
    expect((await bob.send("MESSAGE", { to: bob.uri("1002") })).final.status).to.equal(405);
    expect((await bob.send("FROBNICATE", { to: bob.uri("1002") })).final.status).to.equal(501);
  });

  it("refuses service URIs after the challenge, and nobody's phone notices", async () => {
    await bob.call("1003", CALLEE);
    const { statuses, final } = await alice.call("x-cisco-serviceuri-pickup", CALLER);
    expect(statuses).to.deep.equal([100, 401, 100, 403]);
    expect(final.get("Reason")).to.equal("Q.850;cause=21");
    expect(await bob.waiting()).to.deep.equal(["INVITE"]);
  });

  it("lets a Cisco phone pick up what rings in its group", async () => {
    const cisco = await world.registered("1050");
    const carol = await world.registered("2001");
    const call = await carol.call("1003", CALLER);
    await bob.respond(await bob.take("INVITE"), 180);
    const pickup = await cisco.call("x-cisco-serviceuri-pickup", CALLEE);
    expect(mediaLines(pickup.final)).to.deep.equal(["audio 20000 RTP/AVP 0 101"]);
    expect(mediaLines(call.final)).to.deep.equal(["audio 30000 RTP/AVP 0 101"]);
    expect(bob.cancels).to.have.length(1);
    await carol.ack(call, carol.dialogOf(call));
    const dialog = cisco.dialogOf(pickup);
    await cisco.ack(pickup, dialog);
    await cisco.sendIn(dialog, "BYE");
    expect(await carol.waiting()).to.deep.equal(["BYE"]);
  });

  it("answers a Cisco phone's dialog subscription and tells it the state once", async () => {
    const cisco = await world.registered("1050");
    const { final } = await cisco.send("SUBSCRIBE", { to: cisco.uri("1003"), headers: [["Event", "dialog"]] });
    expect(final.status).to.equal(200);
    const { request } = await cisco.take("NOTIFY");
    expect(request.toTag).to.equal(final.fromTag);
    expect(request.fromTag).to.equal(final.toTag);
  });

  it("leaves no timer, binding or call when it closes with a call up", async () => {
    await connect(alice, bob);
    await world.manager.close();
    await Promise.all([alice.close(), bob.close()]);
    expect(world.clock.timerCount).to.equal(0);
  });
});
