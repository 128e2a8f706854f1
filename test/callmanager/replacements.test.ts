import { expect } from "chai";
import type { Dialog } from "../../src/sip/dialog/index.ts";
import type { HeaderField, SipRequest } from "../../src/sip/message/index.ts";
import { CALLEE, CALLER, connect, type Up } from "./support/connect.ts";
import { mediaLines, sessionOf, withSdp, type Exchange, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, laterSdp, sdp } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

const THIRD = sdp("198.51.100.23", AUDIO.replace("20000", "40000"));
const FAR = laterSdp(2, "198.51.100.22", AUDIO.replace("20000", "30000"));

function replaces({ callId, localTag, remoteTag }: Dialog, more = ""): HeaderField {
  // To-tag is that of the call manager, to whom the header goes.
  return ["Replaces", `${callId};to-tag=${remoteTag};from-tag=${localTag}${more}`];
}

describe("INVITE with Replaces", () => {
  let world: TestWorld;
  /** Two phones that share a line, and one that the first of them talks with. */
  let desk: RawPhone;
  let hall: RawPhone;
  let bob: RawPhone;

  beforeEach(async () => {
    world = await TestWorld.start();
    desk = await world.registered("3200", { username: "s1", password: "pw" });
    hall = await world.registered("3200", { username: "s2", password: "pw" });
    bob = await world.registered("1003");
  });
  afterEach(() => world.close());

  /** The other phone of the line asks for the place. */
  const takes = (header: HeaderField, session: string | undefined = THIRD): Promise<Exchange> =>
    hall.call("1003", session, { headers: [header] });

  const took = ({ decisions }: TestWorld): string | undefined =>
    decisions.findLast(({ policy }) => policy === "admitReplacement")?.outcome;

  async function bye(phone: RawPhone): Promise<SipRequest> {
    const transaction = await phone.take("BYE");
    await phone.respond(transaction, 200);
    return transaction.request;
  }

  /** Bob answers the re-INVITE; the phone that takes over gets its 200, and acknowledges it. */
  async function agree(taking: Exchange): Promise<Dialog> {
    await bob.respond(await bob.take("INVITE"), 200, FAR);
    const dialog = hall.dialogOf(taking);
    await hall.ack(taking, dialog);
    return dialog;
  }

  describe("for a call that is up", () => {
    let up: Up;
    beforeEach(async () => {
      up = await connect(desk, bob);
    });

    it("gives the phone the place of the other, which gets BYE, and the two talk on", async () => {
      const taking = await takes(replaces(up.callerDialog));
      const reinvite = await bob.take("INVITE");
      expect(mediaLines(reinvite.request)).to.deep.equal(["audio 40000 RTP/AVP 0 8 101"]);
      expect(sessionOf(reinvite.request).connection?.address).to.equal("198.51.100.23");
      expect(reinvite.request.get("Remote-Party-ID")).to.match(/^<sip:3200@.*;party=calling/);
      expect(await desk.waiting(), "nothing is said before the two agree").to.deep.equal([]);
      await bob.respond(reinvite, 200, FAR);
      expect(taking.final.status).to.equal(200);
      expect(mediaLines(taking.final)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      expect(taking.final.get("Remote-Party-ID")).to.match(/^<sip:1003@.*;party=called/);
      const dialog = hall.dialogOf(taking);
      await hall.ack(taking, dialog);
      expect((await bye(desk)).get("Reason")).to.match(/^SIP;cause=200/);
      expect(world.manager.activeCalls()).to.equal(1);
      await bob.sendIn(up.calleeDialog, "BYE");
      expect((await bye(hall)).callId).to.equal(dialog.callId);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("leads to a call like any other: held by either, taken over again", async () => {
      const dialog = await agree(await takes(replaces(up.callerDialog)));
      await bye(desk);
      const holding = hall.sendIn(dialog, "INVITE", withSdp(laterSdp(2, "198.51.100.23", AUDIO, "a=sendonly")));
      await bob.respond(await bob.take("INVITE"), 200, FAR.replace(" 2 IN", " 3 IN"));
      await hall.ack(await holding, dialog);
      const back = await desk.call("1003", CALLER, { headers: [replaces(dialog)] });
      await bob.respond(await bob.take("INVITE"), 200, FAR.replace(" 2 IN", " 4 IN"));
      await desk.ack(back, desk.dialogOf(back));
      await bye(hall);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("carries the far phone's offer where the INVITE has none, and the answer in the ACK", async () => {
      const taking = await takes(replaces(up.callerDialog), "");
      const reinvite = await bob.take("INVITE");
      expect(reinvite.request.body).to.have.length(0);
      await bob.respond(reinvite, 200, FAR);
      expect(mediaLines(taking.final)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      await hall.ack(taking, hall.dialogOf(taking), THIRD);
      expect(mediaLines(bob.acks.at(-1)!)).to.deep.equal(["audio 40000 RTP/AVP 0 8 101"]);
      await bye(desk);
    });

    it("may name the called phone's dialog, and be the same device's", async () => {
      const taking = await bob.call("3200", THIRD, { headers: [replaces(up.calleeDialog)] });
      const reinvite = await desk.take("INVITE");
      expect(reinvite.request.get("Remote-Party-ID")).to.match(/^<sip:1003@.*;party=called/);
      await desk.respond(reinvite, 200, laterSdp(2, "198.51.100.21", AUDIO));
      expect(taking.final.status).to.equal(200);
      await bob.ack(taking, bob.dialogOf(taking));
      expect((await bye(bob)).callId).to.equal(up.calleeDialog.callId);
    });

    it("leaves the call as it was where the far phone refuses", async () => {
      const taking = await takes(replaces(up.callerDialog));
      await bob.respond(await bob.take("INVITE"), 488);
      expect(taking.final.status).to.equal(488);
      expect(await desk.waiting()).to.deep.equal([]);
      const holding = desk.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
      await bob.respond(await bob.take("INVITE"), 200, FAR);
      await desk.ack(await holding, up.callerDialog);
      expect((await takes(replaces(up.callerDialog))).responses.at(-1)?.status, "it may be tried again").to.equal(100);
    });

    it("brings the two together anew where the far phone took what was given up by then", async () => {
      const taking = await takes(replaces(up.callerDialog));
      const reinvite = await bob.take("INVITE");
      taking.transaction.cancel();
      expect(await hall.waiting()).to.deep.equal([]);
      expect(taking.final.status).to.equal(487);
      await bob.respond(reinvite, 200, FAR);
      const asked = await desk.take("INVITE");
      expect(asked.request.body).to.have.length(0);
      await desk.respond(asked, 200, laterSdp(2, "198.51.100.21", AUDIO));
      const offered = await bob.take("INVITE");
      expect(sessionOf(offered.request).connection?.address).to.equal("198.51.100.21");
    });

    it("goes on where the phone that is replaced hangs up before, and ends where the far one does", async () => {
      const taking = await takes(replaces(up.callerDialog));
      expect((await desk.sendIn(up.callerDialog, "BYE")).final.status).to.equal(200);
      const dialog = await agree(taking);
      expect(await desk.waiting()).to.deep.equal([]);
      expect(world.manager.activeCalls()).to.equal(1);
      const again = await desk.call("1003", CALLER, { headers: [replaces(dialog)] });
      await bob.sendIn(up.calleeDialog, "BYE");
      expect(again.final.status).to.equal(487);
      await bye(hall);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("hangs up for both where the 200 is never acknowledged", async () => {
      await takes(replaces(up.callerDialog));
      await bob.respond(await bob.take("INVITE"), 200, FAR);
      await world.clock.advanceAsync(33_000);
      for (const phone of [desk, hall, bob]) await phone.take("BYE");
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("answers 491 to requests of the call meanwhile", async () => {
      await takes(replaces(up.callerDialog));
      const later = withSdp(laterSdp(2, "198.51.100.21", AUDIO));
      for (const [phone, dialog] of [
        [desk, up.callerDialog],
        [bob, up.calleeDialog],
      ] as const) {
        expect((await phone.sendIn(dialog, "INVITE", later)).final.status).to.equal(491);
      }
    });

    it("counts the calls of the lines as they are", async () => {
      await agree(await takes(replaces(up.callerDialog)));
      await bye(desk);
      const ends = world.decisions.filter(({ policy }) => policy === "releaseLine").map(({ reason }) => reason);
      expect(ends).to.deep.equal(["a call of sharing1 line 3200 is over: elsewhere"]);
    });

    it("is refused where it names no dialog, the wrong kind, or that of somebody else", async () => {
      const carol = await world.registered("2001");
      const { callId, localTag, remoteTag } = up.callerDialog;
      const asked: [RawPhone, HeaderField[]][] = [
        [hall, [["Replaces", `${callId};to-tag=${remoteTag};from-tag=other`]]],
        [hall, [["Replaces", `${callId};to-tag=${localTag};from-tag=${remoteTag}`]]],
        [hall, [["Replaces", "nonsense"]]],
        [hall, [replaces(up.callerDialog, ";early-only")]],
        [carol, [replaces(up.callerDialog)]],
        [hall, [replaces(up.callerDialog), ["Join", "a;to-tag=b;from-tag=c"]]],
      ];
      const statuses: number[] = [];
      for (const [phone, headers] of asked) {
        statuses.push((await phone.call("1003", THIRD, { headers })).final.status);
      }
      expect(statuses).to.deep.equal([481, 481, 481, 486, 403, 400]);
      expect([await desk.waiting(), await bob.waiting()]).to.deep.equal([[], []]);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("is understood where it is required", async () => {
      const taking = await hall.call("1003", THIRD, { headers: [replaces(up.callerDialog), ["Require", "replaces"]] });
      await agree(taking);
      expect(took(world)).to.equal("taken over");
    });
  });

  describe("for a call that rings", () => {
    it("takes the call, and the phone that rang gets CANCEL", async () => {
      const alice = await world.registered("1002");
      const ringing = await alice.call("3200", CALLER);
      const atDesk = await desk.take("INVITE");
      await hall.take("INVITE");
      const sent = await desk.respond(atDesk, 180);
      const named = `${atDesk.request.callId};to-tag=${atDesk.request.fromTag ?? ""};from-tag=${sent.toTag ?? ""}`;
      const taking = await hall.call("1002", THIRD, { headers: [["Replaces", named]] });
      expect(taking.final.status).to.equal(200);
      expect(ringing.final.status).to.equal(200);
      await hall.ack(taking, hall.dialogOf(taking));
      expect(desk.cancels).to.have.length(1);
      expect(took(world)).to.equal("picked up");
    });

    it("is refused by the tag of another early dialog, and for one that the phone began", async () => {
      const calling = await desk.call("1003", CALLER);
      const atBob = await bob.take("INVITE");
      await bob.respond(atBob, 180);
      const [{ toTag = "" } = {}] = calling.responses.filter(({ status }) => status === 180);
      const { callId, fromTag = "" } = calling.request;
      const own = await takes(["Replaces", `${callId};to-tag=${toTag};from-tag=${fromTag}`]);
      const other = `${atBob.request.callId};to-tag=${atBob.request.fromTag ?? ""};from-tag=other`;
      expect([own.final.status, (await takes(["Replaces", other])).final.status]).to.deep.equal([481, 481]);
    });
  });

  it("is an ordinary call without one", async () => {
    await hall.call("1003", CALLEE);
    expect(took(world)).to.equal(undefined);
    expect(await bob.waiting()).to.deep.equal(["INVITE"]);
  });
});
