import { expect } from "chai";
import { correctPolicies, type Policies } from "../../src/callmanager/index.ts";
import type { Dialog } from "../../src/sip/dialog/index.ts";
import type { HeaderField, SipRequest } from "../../src/sip/message/index.ts";
import type { ServerTransaction } from "../../src/sip/transaction/index.ts";
import { CALLEE, CALLER, connect, type Up } from "./support/connect.ts";
import { mediaLines, sessionOf, withSdp, type Exchange, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, laterSdp, sdp, VIDEO } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

const THIRD = sdp("198.51.100.23", AUDIO.replace("20000", "40000"));

/** What a NOTIFY of a transfer says: its status line, and whether it is the last. */
function told({ request }: ServerTransaction): string {
  const state = request.get("Subscription-State")?.split(";", 1)[0] ?? "";
  return `${request.body.toString().trim()} ${state}`;
}

function replaces({ callId, localTag, remoteTag }: Dialog): string {
  return encodeURIComponent(`${callId};to-tag=${remoteTag};from-tag=${localTag}`);
}

describe("transfers", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  let carol: RawPhone;

  async function begin(policies: Partial<Policies> = {}, third = "2001"): Promise<void> {
    world = await TestWorld.start(policies);
    alice = await world.registered("1002");
    bob = await world.registered("1003");
    carol = await world.registered(third);
  }

  afterEach(() => world.close());

  /** Alice sends REFER in her call with bob. */
  function refer(dialog: Dialog, to: string, headers: readonly HeaderField[] = [], query = ""): Promise<Exchange> {
    return alice.sendIn(dialog, "REFER", { headers: [["Refer-To", `<${alice.uri(to)}${query}>`], ...headers] });
  }

  /** Takes everything that `phone` got of that method, answers 200, and gives the messages. */
  async function takeAll(phone: RawPhone, method: string): Promise<ServerTransaction[]> {
    const taken: ServerTransaction[] = [];
    while ((await phone.waiting()).includes(method)) {
      const transaction = await phone.take(method);
      taken.push(transaction);
      if (method !== "INVITE") await phone.respond(transaction, 200);
    }
    return taken;
  }

  const notifies = async (): Promise<string[]> => (await takeAll(alice, "NOTIFY")).map(told);
  const byes = async (phone: RawPhone): Promise<SipRequest[]> =>
    (await takeAll(phone, "BYE")).map(({ request }) => request);

  /** Carol takes the call that she was transferred, and bob the re-INVITE that brings them together. */
  async function meet(version = 2): Promise<{ invite: SipRequest; reinvite: SipRequest; dialog: Dialog }> {
    const invite = await carol.take("INVITE");
    const dialog = await carol.accept(invite, THIRD);
    const reinvite = await bob.take("INVITE");
    await bob.respond(reinvite, 200, laterSdp(version, "198.51.100.22", AUDIO.replace("20000", "30000")));
    return { invite: invite.request, reinvite: reinvite.request, dialog };
  }

  describe("blind", () => {
    beforeEach(() => begin());

    it("take the transferor's leg away at once, and bring the other two together once the target answers", async () => {
      const up = await connect(alice, bob);
      expect((await refer(up.callerDialog, "2001")).final.status).to.equal(202);
      expect(await notifies()).to.deep.equal(["SIP/2.0 100 Trying terminated"]);
      expect(await byes(alice)).to.have.length(1);
      expect(await bob.waiting()).to.deep.equal([]);
      const { invite, reinvite } = await meet();
      expect(invite.get("From")).to.match(/^<sip:1003@/);
      expect(invite.get("Referred-By")).to.equal("<sip:1002@127.0.0.1>");
      expect(mediaLines(reinvite)).to.deep.equal(["audio 40000 RTP/AVP 0 8 101"]);
      expect(sessionOf(reinvite).connection?.address).to.equal("198.51.100.23");
      expect(sessionOf(reinvite).origin.sessionVersion).to.equal("2");
      expect(reinvite.get("Remote-Party-ID")).to.match(/^<sip:2001@/);
      expect(mediaLines(carol.acks[0]!)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      expect(bob.acks).to.have.length(2);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("transfer the caller as well as the called phone", async () => {
      const up = await connect(bob, alice);
      await refer(up.calleeDialog, "2001");
      const { dialog } = await meet();
      expect(await byes(alice)).to.have.length(1);
      await carol.sendIn(dialog, "BYE");
      expect(await byes(bob)).to.have.length(1);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("lead to a call like any other: held, transferred on, hung up", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      const { dialog } = await meet();
      const holding = bob.sendIn(up.calleeDialog, "INVITE", withSdp(laterSdp(3, "198.51.100.22", AUDIO, "a=sendonly")));
      await carol.respond(await carol.take("INVITE"), 200, laterSdp(2, "198.51.100.23", AUDIO, "a=recvonly"));
      await bob.ack(await holding, up.calleeDialog);
      expect(
        (await carol.sendIn(dialog, "REFER", { headers: [["Refer-To", `<${carol.uri("1002")}>`]] })).final.status,
      ).to.equal(202);
      const back = await alice.take("INVITE");
      expect(back.request.get("From")).to.match(/^<sip:1003@/);
      expect(await byes(carol)).to.have.length(1);
      await alice.accept(back, CALLER);
      await bob.respond(await bob.take("INVITE"), 200, laterSdp(4, "198.51.100.22", AUDIO));
      await bob.sendIn(up.calleeDialog, "BYE");
      expect(await byes(alice)).to.have.length(2);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("tell of a target that cannot be called, and leave the call as it was", async () => {
      const up = await connect(alice, bob);
      for (const [number, status] of [
        ["7999", "404 Not Found"],
        ["2101", "480 Temporarily Unavailable"],
      ] as const) {
        expect((await refer(up.callerDialog, number)).final.status).to.equal(202);
        const [first] = await takeAll(alice, "NOTIFY");
        expect(told(first!)).to.equal(`SIP/2.0 ${status} terminated`);
      }
      expect(await byes(alice)).to.have.length(0);
      const holding = alice.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
      await bob.respond(await bob.take("INVITE"), 200, laterSdp(2, "198.51.100.22", AUDIO));
      await alice.ack(await holding, up.callerDialog);
      await alice.sendIn(up.callerDialog, "BYE");
      expect(await byes(bob)).to.have.length(1);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("name the REFER in the NOTIFYs of a second one", async () => {
      const up = await connect(alice, bob);
      const events: (string | undefined)[] = [];
      for (const number of ["7998", "7999"]) {
        const { request } = await refer(up.callerDialog, number);
        const [notify] = await takeAll(alice, "NOTIFY");
        events.push(notify?.request.get("Event")?.replace(String(request.cseq.number), "N"));
      }
      expect(events).to.deep.equal(["refer", "refer;id=N"]);
    });

    it("end for the transferee when the target refuses, with the cause", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await carol.respond(await carol.take("INVITE"), 486);
      const [bye] = await byes(bob);
      expect(bye?.get("Reason")).to.equal("Q.850;cause=17");
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("end when nobody answers for three minutes", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await carol.respond(await carol.take("INVITE"), 180);
      await world.clock.advanceAsync(180_000);
      expect(carol.cancels).to.have.length(1);
      expect(await byes(bob)).to.have.length(1);
    });

    it("stop ringing when the transferee hangs up", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await carol.respond(await carol.take("INVITE"), 180);
      expect((await bob.sendIn(up.calleeDialog, "BYE")).final.status).to.equal(200);
      expect(carol.cancels).to.have.length(1);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("answer 491 to the transferee's re-INVITE while the target rings", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      const asked = await bob.sendIn(up.calleeDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.22", AUDIO)));
      expect(asked.final.status).to.equal(491);
    });

    it("ask the transferee again where its own re-INVITE crossed (491)", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await carol.accept(await carol.take("INVITE"), THIRD);
      await bob.respond(await bob.take("INVITE"), 491);
      expect(await bob.waiting()).to.deep.equal([]);
      await world.clock.advanceAsync(4100);
      await bob.respond(await bob.take("INVITE"), 200, laterSdp(2, "198.51.100.22", AUDIO));
      expect(mediaLines(carol.acks[0]!)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
    });

    it("give up where the transferee refuses the target's media", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await carol.accept(await carol.take("INVITE"), THIRD);
      await bob.respond(await bob.take("INVITE"), 488);
      expect(mediaLines(carol.acks[0]!)).to.deep.equal(["audio 0 RTP/AVP 0 8 101"]);
      expect(await byes(carol)).to.have.length(1);
      expect(await byes(bob)).to.have.length(1);
    });

    it("free the transferor's line at once, and count the target's", async () => {
      const up = await connect(alice, bob);
      const other = await world.registered("1000");
      await connect(alice, other, { answer: CALLEE });
      expect((await alice.call("1000", CALLER)).final.status).to.equal(486);
      await refer(up.callerDialog, "2001");
      const [second, third] = [await alice.call("2001", CALLER), await alice.call("2001", CALLER)];
      expect(second.statuses).to.deep.equal([100, 401, 100]);
      expect(third.final.status).to.equal(486);
    });

    it("send no NOTIFY where the transferor wants none (RFC 4488)", async () => {
      const up = await connect(alice, bob);
      const { final } = await refer(up.callerDialog, "2001", [["Refer-Sub", "false"]]);
      expect(final.get("Refer-Sub")).to.equal("false");
      expect(await notifies()).to.deep.equal([]);
    });

    it("refuse what is no transfer to one place", async () => {
      const up = await connect(alice, bob);
      const statuses: number[] = [];
      for (const headers of [
        [],
        [["Refer-To", "<sip:2001@127.0.0.1>, <sip:1003@127.0.0.1>"]],
        [["Refer-To", "<nonsense>"]],
        [["Refer-To", "<tel:2001>"]],
        [["Refer-To", "<sip:2001@127.0.0.1;method=BYE>"]],
        [["Refer-To", "<sip:x-cisco-serviceuri-pickup@127.0.0.1>"]],
      ] as HeaderField[][]) {
        statuses.push((await alice.sendIn(up.callerDialog, "REFER", { headers })).final.status);
      }
      expect(statuses).to.deep.equal([400, 400, 400, 403, 403, 403]);
      expect(await carol.waiting()).to.deep.equal([]);
    });

    it("wait for a negotiation that is under way: 491", async () => {
      const up = await connect(alice, bob);
      void alice.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
      await bob.take("INVITE");
      expect((await refer(up.callerDialog, "2001")).final.status).to.equal(491);
    });
  });

  describe("blind, to a phone that gets its offer early", () => {
    beforeEach(() => begin({}, "2101"));

    it("offer what the transferee said last, and negotiate anew once it is answered", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2101");
      const invite = await carol.take("INVITE");
      expect(mediaLines(invite.request)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      await carol.accept(invite, THIRD);
      const asked = await bob.take("INVITE");
      expect(asked.request.body).to.have.length(0);
      await bob.respond(asked, 200, laterSdp(2, "198.51.100.22", AUDIO));
      const offered = await carol.take("INVITE");
      expect(mediaLines(offered.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
      await carol.respond(offered, 200, THIRD.replace("1 1 IN", "1 2 IN"));
      expect(mediaLines(bob.acks.at(-1)!)).to.deep.equal(["audio 40000 RTP/AVP 0 8 101"]);
    });
  });

  describe("blind, where the transferor stays until the target answers", () => {
    beforeEach(() =>
      begin({
        conductTransfer: (question) => ({
          ...correctPolicies.conductTransfer(question),
          outcome: "release when answered",
        }),
      }),
    );

    it("tell it each step, and let it go then", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      const invite = await carol.take("INVITE");
      await carol.respond(invite, 180);
      expect(await byes(alice)).to.have.length(0);
      await carol.accept(invite, THIRD);
      expect(await notifies()).to.deep.equal([
        "SIP/2.0 100 Trying active",
        "SIP/2.0 180 Ringing active",
        "SIP/2.0 200 OK terminated",
      ]);
      expect(await byes(alice)).to.have.length(1);
      await bob.respond(await bob.take("INVITE"), 200, laterSdp(2, "198.51.100.22", AUDIO));
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("leave the call as it was when the target refuses", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await carol.respond(await carol.take("INVITE"), 486);
      expect((await notifies()).at(-1)).to.equal("SIP/2.0 486 Busy Here terminated");
      void alice.sendIn(up.callerDialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
      expect(mediaLines((await bob.take("INVITE")).request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
    });

    it("go on when the transferor hangs up before", async () => {
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      expect((await alice.sendIn(up.callerDialog, "BYE")).final.status).to.equal(200);
      expect(await bob.waiting()).to.deep.equal([]);
      await meet();
      expect(world.manager.activeCalls()).to.equal(1);
    });
  });

  describe("attended", () => {
    let first: Up;
    let second: Up;
    beforeEach(async () => {
      await begin();
      first = await connect(alice, bob);
      second = await connect(alice, carol, { answer: THIRD });
    });

    const join = (replaced: string): Promise<Exchange> =>
      refer(first.callerDialog, "2001", [], `?Replaces=${replaced}`);

    it("join the far ends of the transferor's two calls, and take it out of both", async () => {
      expect((await join(replaces(second.callerDialog))).final.status).to.equal(202);
      expect(await notifies()).to.deep.equal(["SIP/2.0 200 OK terminated"]);
      expect((await byes(alice)).map(({ callId }) => callId)).to.have.members([
        first.callerDialog.callId,
        second.callerDialog.callId,
      ]);
      const asked = await bob.take("INVITE");
      expect(asked.request.body).to.have.length(0);
      await bob.respond(asked, 200, laterSdp(2, "198.51.100.22", AUDIO.replace("20000", "30000")));
      const offered = await carol.take("INVITE");
      expect(mediaLines(offered.request)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
      expect(sessionOf(offered.request).connection?.address).to.equal("198.51.100.22");
      await carol.respond(offered, 200, THIRD.replace("1 1 IN", "1 2 IN"));
      expect(mediaLines(bob.acks.at(-1)!)).to.deep.equal(["audio 40000 RTP/AVP 0 8 101"]);
      expect(world.manager.activeCalls()).to.equal(1);
      await carol.sendIn(second.calleeDialog, "BYE");
      expect(await byes(bob)).to.have.length(1);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("end both where one of them does not take part", async () => {
      await join(replaces(second.callerDialog));
      await bob.respond(await bob.take("INVITE"), 200, laterSdp(2, "198.51.100.22", AUDIO));
      await carol.respond(await carol.take("INVITE"), 488);
      expect(mediaLines(bob.acks.at(-1)!)).to.deep.equal(["audio 0 RTP/AVP 0 8 101"]);
      expect(await byes(bob)).to.have.length(1);
      expect(await byes(carol)).to.have.length(1);
    });

    it("answer what is open when one hangs up meanwhile", async () => {
      await join(replaces(second.callerDialog));
      const asked = await bob.take("INVITE");
      await carol.sendIn(second.calleeDialog, "BYE");
      const acks = bob.acks.length;
      await bob.respond(asked, 200, laterSdp(2, "198.51.100.22", AUDIO));
      expect(mediaLines(bob.acks[acks]!)).to.deep.equal(["audio 0 RTP/AVP 0 8 101"]);
      expect(await byes(bob)).to.have.length(1);
    });

    it("are refused where Replaces names no other call of the transferor", async () => {
      const { callId } = second.callerDialog;
      const statuses: number[] = [];
      for (const named of [
        replaces(first.callerDialog),
        replaces(second.calleeDialog),
        encodeURIComponent(`${callId};to-tag=1;from-tag=2`),
        "nonsense",
        "",
      ]) {
        statuses.push((await join(named)).final.status);
      }
      expect(statuses).to.deep.equal([403, 403, 403, 403, 403]);
      expect(await byes(alice)).to.have.length(0);
    });
  });

  describe("between phones that see each other, to a Basic one", () => {
    it("leave no live video in any description", async () => {
      world = await TestWorld.start();
      [alice, bob] = [await world.registered("2001"), await world.registered("2101")];
      carol = await world.registered("1003");
      const both = (address: string, version = 1): string => laterSdp(version, address, AUDIO, VIDEO);
      const up = await connect(alice, bob, { offer: both("198.51.100.21"), answer: both("198.51.100.22") });
      expect(mediaLines(up.call.final)[1]).to.match(/^video 20002 /);
      await refer(up.callerDialog, "1003");
      await carol.accept(await carol.take("INVITE"), both("198.51.100.23"));
      const reinvite = await bob.take("INVITE");
      expect(mediaLines(reinvite.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 0 RTP/AVP 97"]);
      await bob.respond(reinvite, 200, both("198.51.100.22", 2));
      expect(mediaLines(carol.acks[0]!)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 0 RTP/AVP 97"]);
    });
  });

  describe("that keep the transferor", () => {
    it("leave its dialog to it, which it can end itself", async () => {
      const keeping = correctPolicies.conductTransfer;
      await begin({ conductTransfer: (question) => ({ ...keeping(question), outcome: "keep", notify: false }) });
      const up = await connect(alice, bob);
      await refer(up.callerDialog, "2001");
      await meet();
      expect(await byes(alice)).to.have.length(0);
      expect(await notifies()).to.deep.equal([]);
      expect((await alice.sendIn(up.callerDialog, "BYE")).final.status).to.equal(200);
      expect(await byes(bob)).to.have.length(0);
    });
  });
});
