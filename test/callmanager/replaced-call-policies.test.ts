import { expect } from "chai";
import { correctPolicies, type CallEnd, type Policies, type Served } from "../../src/callmanager/index.ts";
import { CALLEE, CALLER } from "./support/connect.ts";
import { mediaLines, type RawPhone } from "./support/raw-phone.ts";
import { TestWorld } from "./support/world.ts";

const said = { rules: [], reason: "" } as const;

/** What a replaced policy says about calls takes effect: nothing of it is decided anywhere else. */
describe("call manager with a replaced policy for calls", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  afterEach(() => world.close());
  const start = async (policies: Partial<Policies>): Promise<void> => {
    world = await TestWorld.start(policies);
    alice = await world.registered("1002");
    bob = await world.registered("1003");
  };

  const endings: Record<string, (() => Promise<unknown>) | undefined> = {
    cancelled: async () => {
      const call = await alice.call("1003", CALLER);
      await bob.take("INVITE");
      call.transaction.cancel();
    },
    refused: async () => {
      await alice.call("1003", CALLER);
      await bob.respond(await bob.take("INVITE"), 486);
    },
    "hung up": async () => {
      const call = await alice.call("1003", CALLER);
      const dialog = await bob.accept(await bob.take("INVITE"), CALLEE);
      await alice.ack(call, alice.dialogOf(call));
      await bob.sendIn(dialog, "BYE");
      await alice.respond(await alice.take("BYE"), 200);
    },
    failed: async () => {
      await alice.call("1003", CALLER, { headers: [["Expires", "2"]] });
      const invite = await bob.take("INVITE");
      world.clock.advance(2_000);
      await bob.respond(invite, 487);
    },
  };
  for (const [kept, end] of Object.entries(endings)) {
    it(`counts calls on that are ${kept} where releaseLine keeps them`, async () => {
      const ends: CallEnd[] = [];
      await start({
        releaseLine: (question) => {
          ends.push(question.end);
          return question.end === kept ? { outcome: "kept", ...said } : correctPolicies.releaseLine(question);
        },
      });
      await end?.();
      await end?.();
      expect(ends).to.deep.equal(Array<string>(4).fill(kept));
      const third = await alice.call("1003", CALLER);
      expect(third.final.status).to.equal(486);
      expect(await bob.waiting()).not.to.include("INVITE");
    });
  }

  it("tells admitCall which calls go which way", async () => {
    const seen: string[] = [];
    await start({
      admitCall: (question) => {
        seen.push(question.calls.map(({ direction, line }) => `${direction} ${line.directoryNumber}`).join());
        return correctPolicies.admitCall(question);
      },
    });
    await alice.call("1003", CALLER);
    const second = await bob.call("9999", CALLER);
    expect(second.final.status).to.equal(404);
    expect(seen).to.deep.equal(["", "", "incoming 1003"]);
  });

  it("sends 183 with an announcement before a refusal where announceFailure says so", async () => {
    await start({ announceFailure: () => ({ outcome: "announced", ...said }) });
    const call = await alice.call("9999", CALLER);
    expect(call.statuses.slice(2)).to.deep.equal([100, 183, 404]);
    expect(call.responses[3]?.body.toString()).to.include("a=sendonly");
  });

  it("asks a phone again where followRefusal says so", async () => {
    await start({
      followRefusal: (question) =>
        question.tries === 1
          ? { outcome: "tried again", ...said, headers: [["Authorization", "Digest whatever"]] }
          : correctPolicies.followRefusal(question),
    });
    const call = await alice.call("1003", CALLER);
    await bob.respond(await bob.take("INVITE"), 401);
    const again = await bob.take("INVITE");
    expect(again.request.get("Authorization")).to.equal("Digest whatever");
    await bob.accept(again, CALLEE);
    expect(call.final.status).to.equal(200);
    await alice.ack(call, alice.dialogOf(call));
  });

  it("gives a phone up where followRefusal cannot say anything", async () => {
    await start({
      followRefusal: () => {
        throw new Error("no idea");
      },
    });
    const call = await alice.call("1003", CALLER);
    await bob.respond(await bob.take("INVITE"), 486);
    expect(call.final.status).to.equal(500);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("sends a refused call on where followRefusal says so", async () => {
    await start({
      followRefusal: () => ({ outcome: "diverted", ...said, number: "2001", local: true, why: "user-busy" }),
    });
    const carol = await world.registered("2001");
    await alice.call("1003", CALLER);
    await bob.respond(await bob.take("INVITE"), 486);
    const { request } = await carol.take("INVITE");
    expect(request.get("Diversion")).to.include("reason=user-busy");
  });

  it("answers a call itself where routeCall says so, until the phone hangs up", async () => {
    await start({ routeCall: () => ({ outcome: "own", ...said }) });
    const call = await alice.call("3601", CALLER);
    expect(mediaLines(call.final)).to.deep.equal(["audio 9 RTP/AVP 0"]);
    const dialog = alice.dialogOf(call);
    await alice.ack(call, dialog);
    expect(world.manager.activeCalls()).to.equal(1);
    expect((await alice.sendIn(dialog, "BYE")).final.status).to.equal(200);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("hangs up a call that it answered itself when it closes", async () => {
    await start({ routeCall: () => ({ outcome: "own", ...said }) });
    const call = await alice.call("3601", undefined);
    expect(mediaLines(call.final)).to.deep.equal(["audio 9 RTP/AVP 0"]);
    await alice.ack(call, alice.dialogOf(call), CALLER);
    const closing = world.manager.close();
    expect(world.manager.activeCalls()).to.equal(0);
    await closing;
  });

  describe("for services", () => {
    const serve = (effects: Served["effects"] = []): Partial<Policies> => ({
      serveRequest: (question) =>
        question.refusal ? { ...question.refusal, effects } : { outcome: "accepted", ...said, effects },
    });

    it("refuses, and sets a forward all the same", async () => {
      await start(serve([{ kind: "forward", number: "2001" }]));
      const carol = await world.registered("2001");
      expect((await alice.call("x-cisco-serviceuri-cfwdall-2001", CALLER)).final.status).to.equal(403);
      await bob.call("1002", CALLER);
      expect(await carol.waiting()).to.deep.equal(["INVITE"]);
    });

    it("refuses, and opens a conference all the same", async () => {
      await start(serve([{ kind: "conference", number: "3601" }]));
      expect((await alice.call("x-cisco-serviceuri-meetme-3601", CALLER)).final.status).to.equal(403);
      expect((await bob.call("3601", CALLER)).final.status).to.equal(200);
    });

    it("refuses, and clears the call that rings all the same", async () => {
      await start(serve([{ kind: "clear", ringing: 0 }]));
      const carol = await world.registered("2001");
      await carol.call("1003", CALLER);
      const invite = await bob.take("INVITE");
      await bob.respond(invite, 180);
      expect((await alice.call("x-cisco-serviceuri-pickup", CALLER)).final.status).to.equal(403);
      expect(bob.cancels.map(({ callId }) => callId)).to.deep.equal([invite.request.callId]);
    });

    it("answers 200 where it is accepted", async () => {
      await start({
        screenRequest: () => ({ outcome: "service", ...said, service: { service: "meetMe", argument: "3601" } }),
        ...serve(),
      });
      expect((await alice.call("x-cisco-serviceuri-meetme-3601", CALLER)).final.status).to.equal(200);
    });
  });

  it("lets a Cisco phone forward its line by the correct policies", async () => {
    await start({});
    const cisco = await world.registered("1050");
    expect((await cisco.call("x-cisco-serviceuri-cfwdall-1003", CALLER)).final.status).to.equal(200);
    await alice.call("1050", CALLER);
    expect(await bob.waiting()).to.deep.equal(["INVITE"]);
    expect(await cisco.waiting()).to.deep.equal([]);
  });
});
