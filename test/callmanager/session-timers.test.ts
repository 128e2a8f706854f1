import { expect } from "chai";
import { correctPolicies, type Policies } from "../../src/callmanager/index.ts";
import type { Dialog } from "../../src/sip/dialog/index.ts";
import type { HeaderField, SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import { CALLEE, CALLER } from "./support/connect.ts";
import { withSdp, type Exchange, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, laterSdp } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

const TIMER: HeaderField = ["Supported", "timer"];
const UPDATE: HeaderField = ["Allow", "INVITE, ACK, BYE, UPDATE"];

function expires(value: string): HeaderField {
  return ["Session-Expires", value];
}

function said(message: SipRequest | SipResponse): (string | undefined)[] {
  return ["Session-Expires", "Min-SE", "Require", "Supported"].map((name) => message.get(name));
}

describe("session timers of the call manager", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;

  async function begin(policies: Partial<Policies> = {}): Promise<void> {
    world = await TestWorld.start(policies);
    alice = await world.registered("1002");
    bob = await world.registered("1003");
  }

  afterEach(() => world.close());

  interface Talk {
    readonly call: Exchange;
    readonly invite: SipRequest;
    readonly alices: Dialog;
    readonly bobs: Dialog;
  }

  /** Alice calls with the one kind of headers, bob accepts with the other. */
  async function talk(asked: readonly HeaderField[], granted: readonly HeaderField[] = []): Promise<Talk> {
    const call = await alice.call("1003", CALLER, { headers: asked });
    const invite = await bob.take("INVITE");
    const bobs = await bob.accept(invite, CALLEE, granted);
    const alices = alice.dialogOf(call);
    await alice.ack(call, alices);
    return { call, invite: invite.request, alices, bobs };
  }

  describe("on the caller's side", () => {
    beforeEach(() => begin());

    for (const [asked, granted] of [
      [[TIMER, expires("1800")], "1800;refresher=uas"],
      [[TIMER, expires("1800;refresher=uac")], "1800;refresher=uac"],
      [[TIMER, expires("3600;refresher=uas")], "1800;refresher=uas"],
      [[TIMER], "1800;refresher=uas"],
      [[TIMER, expires("3600"), ["Min-SE", "2000"]], "2000;refresher=uas"],
    ] as [HeaderField[], string][]) {
      it(`grant ${granted} where it asks for ${asked.map(([, value]) => value).join(", ")}`, async () => {
        const { call } = await talk(asked);
        expect(call.final.get("Session-Expires")).to.equal(granted);
        expect(call.final.get("Require")).to.equal("timer");
      });
    }

    it("are none where the phone has none, whatever it says", async () => {
      const { call } = await talk([expires("90")]);
      expect(said(call.final)).to.deep.equal([undefined, undefined, undefined, undefined]);
      await world.clock.advanceAsync(2_000_000);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("refuse too short an interval by 422, before anything rings", async () => {
      const { final } = await alice.call("1003", CALLER, { headers: [TIMER, expires("1799")] });
      expect([final.status, final.get("Min-SE")]).to.deep.equal([422, "1800"]);
      expect(await bob.waiting()).to.deep.equal([]);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("refresh by UPDATE at half the interval, over and over", async () => {
      await talk([TIMER, UPDATE, expires("1800")]);
      await world.clock.advanceAsync(899_999);
      expect(await alice.waiting()).to.deep.equal([]);
      for (const wait of [1, 900_000]) {
        await world.clock.advanceAsync(wait);
        const refresh = await alice.take("UPDATE");
        expect(said(refresh.request)).to.deep.equal(["1800;refresher=uac", "1800", undefined, "timer"]);
        expect(refresh.request.body).to.have.length(0);
        await alice.respond(refresh, 200, undefined, [expires("1800;refresher=uac")]);
      }
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("refresh by re-INVITE with the session as it is where the phone takes no UPDATE", async () => {
      const { call } = await talk([TIMER, expires("1800")]);
      await world.clock.advanceAsync(900_000);
      const refresh = await alice.take("INVITE");
      expect(refresh.request.body.toString()).to.equal(call.final.body.toString());
      expect(said(refresh.request)[0]).to.equal("1800;refresher=uac");
      const acks = alice.acks.length;
      await alice.respond(refresh, 200, CALLER, [expires("1800;refresher=uac")]);
      expect(alice.acks).to.have.length(acks + 1);
      expect(await bob.waiting(), "bob hears nothing of it").to.deep.equal([]);
      await world.clock.advanceAsync(899_999);
      expect(await alice.waiting()).to.deep.equal([]);
    });

    it("answer 491 to a re-INVITE of either phone while theirs is open", async () => {
      const { alices, bobs } = await talk([TIMER, expires("1800")]);
      await world.clock.advanceAsync(900_000);
      const refresh = await alice.take("INVITE");
      const later = withSdp(laterSdp(2, "198.51.100.21", AUDIO));
      expect((await alice.sendIn(alices, "INVITE", later)).final.status).to.equal(491);
      expect((await bob.sendIn(bobs, "INVITE", later)).final.status).to.equal(491);
      await alice.respond(refresh, 200, CALLER, [expires("1800;refresher=uac")]);
      void bob.sendIn(bobs, "INVITE", later);
      expect(await alice.waiting()).to.include("INVITE");
    });

    it("clear the call where the phone does not refresh what it said it would", async () => {
      await talk([TIMER, expires("1800;refresher=uac")]);
      await world.clock.advanceAsync(1_767_999);
      expect(world.manager.activeCalls()).to.equal(1);
      await world.clock.advanceAsync(1);
      for (const phone of [alice, bob]) expect((await phone.take("BYE")).request.method).to.equal("BYE");
      expect(world.manager.activeCalls()).to.equal(0);
      const released = world.decisions.filter(({ policy }) => policy === "releaseLine");
      expect(released.map(({ reason }) => reason)).to.deep.equal([
        "a call of basic1 line 1002 is over: expired",
        "a call of basic2 line 1003 is over: expired",
      ]);
    });

    it("begin anew with a refresh of the phone's, by UPDATE or re-INVITE, and answer who refreshes", async () => {
      const { alices } = await talk([TIMER, expires("1800;refresher=uac")]);
      await world.clock.advanceAsync(1_700_000);
      const update = await alice.sendIn(alices, "UPDATE", { headers: [TIMER, expires("1800;refresher=uac")] });
      expect([update.final.status, update.final.get("Session-Expires")]).to.deep.equal([200, "1800;refresher=uac"]);
      await world.clock.advanceAsync(1_700_000);
      const headers = [TIMER, expires("1800")];
      const reinviting = alice.sendIn(alices, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO), { headers }));
      await bob.respond(await bob.take("INVITE"), 200, laterSdp(2, "198.51.100.22", AUDIO));
      const reinvite = await reinviting;
      expect(reinvite.final.get("Session-Expires"), "the role stays").to.equal("1800;refresher=uac");
      await alice.ack(reinvite, alices);
      await world.clock.advanceAsync(1_767_999);
      expect(world.manager.activeCalls()).to.equal(1);
      await world.clock.advanceAsync(1);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("refuse too short an interval in an UPDATE or re-INVITE, and keep the one they have", async () => {
      const { alices } = await talk([TIMER, expires("1800;refresher=uac")]);
      for (const method of ["UPDATE", "INVITE"]) {
        const { final } = await alice.sendIn(alices, method, { headers: [TIMER, expires("90")] });
        expect([final.status, final.get("Min-SE")], method).to.deep.equal([422, "1800"]);
      }
      expect(await bob.waiting()).to.deep.equal([]);
      await world.clock.advanceAsync(1_768_000);
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("end with an UPDATE that has none", async () => {
      const { alices } = await talk([TIMER, expires("1800;refresher=uac")]);
      const { final } = await alice.sendIn(alices, "UPDATE");
      expect(final.get("Session-Expires")).to.equal(undefined);
      await world.clock.advanceAsync(2_000_000);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("clear the call where a refresh finds no dialog, or no answer", async () => {
      for (const status of [481, 408, undefined]) {
        await talk([TIMER, UPDATE, expires("1800")]);
        await world.clock.advanceAsync(900_000);
        const refresh = await alice.take("UPDATE");
        if (status === undefined) await world.clock.advanceAsync(32_000);
        else await alice.respond(refresh, status);
        expect(world.manager.activeCalls(), String(status)).to.equal(0);
        for (const phone of [alice, bob]) await phone.respond(await phone.take("BYE"), 200);
        await world.close();
        await begin();
      }
    });

    it("try a refused refresh once more, and clear the call in the end", async () => {
      await talk([TIMER, UPDATE, expires("1800")]);
      await world.clock.advanceAsync(900_000);
      await alice.respond(await alice.take("UPDATE"), 500);
      await world.clock.advanceAsync(433_999);
      expect(await alice.waiting()).to.deep.equal([]);
      await world.clock.advanceAsync(1);
      const again = await alice.take("UPDATE");
      await alice.respond(again, 500);
      for (;;) {
        await world.clock.advanceAsync(10_000);
        const waiting = await alice.waiting();
        if (waiting.includes("BYE")) break;
        if (waiting.includes("UPDATE")) await alice.respond(await alice.take("UPDATE"), 500);
      }
      expect(world.manager.activeCalls()).to.equal(0);
    });

    it("leave no timer behind when somebody hangs up", async () => {
      const { alices } = await talk([TIMER, UPDATE, expires("1800")], [TIMER, expires("1800;refresher=uac")]);
      await alice.sendIn(alices, "BYE");
      await bob.respond(await bob.take("BYE"), 200);
      await world.clock.advanceAsync(2_000_000);
      expect([await alice.waiting(), await bob.waiting()]).to.deep.equal([[], []]);
    });
  });

  describe("on the called phone's side", () => {
    it("are left to the phone: timer and Min-SE in the INVITE, no Session-Expires", async () => {
      await begin();
      const { invite } = await talk([]);
      expect(said(invite)).to.deep.equal([undefined, "1800", undefined, "timer,replaces"]);
    });

    it("hold as its 200 says: they refresh, or it does, or nobody", async () => {
      await begin();
      for (const [granted, waiting, calls] of [
        [expires("1800;refresher=uac"), ["UPDATE"], 1],
        [expires("1800"), ["UPDATE"], 1],
        [expires("1800;refresher=uas"), [], 1],
      ] as const) {
        const { bobs } = await talk([], [TIMER, UPDATE, granted]);
        await world.clock.advanceAsync(900_000);
        expect(await bob.waiting(), granted[1]).to.deep.equal(waiting);
        expect(world.manager.activeCalls()).to.equal(calls);
        await bob.sendIn(bobs, "BYE");
        await world.close();
        await begin();
      }
    });

    it("are not as short as a phone says that grants less than it was asked for", async () => {
      await begin();
      await talk([], [TIMER, UPDATE, expires("1;refresher=uac")]);
      await world.clock.advanceAsync(44_999);
      expect(await bob.waiting()).to.deep.equal([]);
      await world.clock.advanceAsync(1);
      expect(await bob.waiting()).to.deep.equal(["UPDATE"]);
    });

    it("clear the call where the phone falls silent", async () => {
      await begin();
      await talk([], [TIMER, expires("1800;refresher=uas")]);
      await world.clock.advanceAsync(1_768_000);
      for (const phone of [alice, bob]) expect((await phone.take("BYE")).request.method).to.equal("BYE");
    });

    it("go along when the other phone holds: the re-INVITE says who refreshes, its 2xx begins anew", async () => {
      await begin();
      const { alices } = await talk([], [TIMER, expires("1800;refresher=uas")]);
      await world.clock.advanceAsync(1_700_000);
      const holding = alice.sendIn(alices, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO, "a=sendonly")));
      const held = await bob.take("INVITE");
      expect(said(held.request)).to.deep.equal(["1800;refresher=uas", "1800", undefined, "timer"]);
      await bob.respond(held, 200, laterSdp(2, "198.51.100.22", AUDIO), [expires("1800;refresher=uas")]);
      await alice.ack(await holding, alices);
      await world.clock.advanceAsync(1_767_000);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    it("are nothing to the other phone: a 422 to what it asked for is a 500 to it", async () => {
      await begin();
      const { alices } = await talk([]);
      const asking = alice.sendIn(alices, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO)));
      await bob.respond(await bob.take("INVITE"), 422, undefined, [["Min-SE", "9000"]]);
      expect((await asking).final.status).to.equal(500);
      expect(world.manager.activeCalls()).to.equal(1);
    });

    describe("where the INVITE proposes one", () => {
      beforeEach(() =>
        begin({
          proposeSessionTimer: (question) => ({
            ...correctPolicies.proposeSessionTimer(question),
            outcome: "proposed",
            seconds: question.expiresSeconds,
          }),
        }),
      );

      it("ask a phone again that wants a longer interval, three times in all", async () => {
        void alice.call("1003", CALLER);
        const asked: (string | undefined)[][] = [];
        for (const least of ["2000", "3000", "4000"]) {
          const invite = await bob.take("INVITE");
          asked.push(said(invite.request).slice(0, 2));
          await bob.respond(invite, 422, undefined, [["Min-SE", least]]);
        }
        expect(asked).to.deep.equal([
          ["1800", "1800"],
          ["2000", "2000"],
          ["3000", "3000"],
        ]);
        expect(await bob.waiting()).to.deep.equal([]);
        expect(world.manager.activeCalls()).to.equal(0);
      });
    });
  });
});
