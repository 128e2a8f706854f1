import { expect, scenario, type Call, type IncomingCall, type MediaSpec, type OutgoingCall, type Phone } from "offhook";

const WITH_VIDEO: readonly MediaSpec[] = ["audio", "video"];

interface Up {
  readonly call: OutgoingCall;
  readonly incoming: IncomingCall;
}

/** A call that is up; the called phone does as a transfer asks it, where the call manager leaves that to it. */
async function talk(caller: Phone, callee: Phone, media: readonly MediaSpec[] = ["audio"]): Promise<Up> {
  const call = await caller.call(callee, { media });
  const incoming = await callee.nextInvite();
  await incoming.accept({ media });
  expect(await call.final()).to.have.status(200);
  for (const side of [call, incoming]) side.followTransfers({ media });
  return { call, incoming };
}

/** Transfers `call` blindly to a phone that takes it, and is let go. */
async function transfer(call: Call, target: Phone, media: readonly MediaSpec[] = ["audio"]): Promise<IncomingCall> {
  expect(await call.transfer(target)).to.have.status("2xx");
  const atTarget = await target.nextInvite();
  await atTarget.accept({ media });
  await call.nextRequest("BYE");
  return atTarget;
}

/** The call that a phone has after a transfer: the one it had, or the one that took its place. */
function goneOn(call: Call): Call {
  return call.successor ?? call;
}

async function hearEachOther(one: Call, other: Call): Promise<void> {
  for (const heard of await Promise.all([one.nextAudio(), other.nextAudio()])) expect(heard).to.have.receivedAudio();
}

for (const [type, transferor] of [
  ["basic", "caller"],
  ["advanced", "callee"],
] as const) {
  scenario(
    `a phone (${type}, ${transferor}) transfers its call blindly and is let go, and the others talk`,
    {
      rules: ["CAL-09"],
      controls: ["EXT-07"],
      phones: { alice: { type }, bob: { type: "advanced" }, carol: { type: "advanced" } },
    },
    async ({ phones: { alice, bob, carol }, step, observe }) => {
      await Promise.all([alice.register(), bob.register(), carol.register()]);
      const [caller, callee] = transferor === "caller" ? [alice, bob] : [bob, alice];
      const { call, incoming } = await talk(caller, callee, WITH_VIDEO);
      const [alices, bobs] = transferor === "caller" ? [call, incoming] : [incoming, call];
      const referral = await step("REFER is accepted, and carol rings", async () => {
        const referred = await alices.transfer(carol);
        expect(referred).to.have.status("2xx");
        return referred;
      });
      const carols = await carol.nextInvite();
      await carols.ring();
      await carols.accept({ media: WITH_VIDEO });
      await step("alice's leg is cleared by BYE", async () => {
        expect(await alices.nextRequest("BYE"), "BYE to the transferor").to.have.header("CSeq", /BYE/);
        expect(alices.ended, "her call is over").to.equal(true);
      });
      observe("what NOTIFYs told the transferor", {
        rule: "CAL-09",
        data: { final: referral.final.status, statuses: referral.statuses },
      });
      await step("bob and carol hear each other", { control: true }, () => hearEachOther(goneOn(bobs), carols));
      for (const side of [goneOn(bobs), carols]) {
        const { remote } = await side.session();
        observe("media lines of two Advanced phones after the transfer", {
          rule: "VID-07",
          data: remote.media.map(({ kind, port }) => [kind, port]),
        });
      }
      await step("when bob hangs up, carol is told", async () => {
        const [bye] = await Promise.all([goneOn(bobs).hangUp(), carols.nextRequest("BYE")]);
        expect(bye).to.have.status(200);
      });
    },
  );
}

scenario(
  "after a transfer the calls of each phone are counted as they are",
  {
    rules: ["CAP-07"],
    controls: ["CAP-04", "CAP-06"],
    phones: { alice: { type: "basic" }, bob: {}, carol: { type: "basic" }, dave: {} },
  },
  async ({ phones: { alice, bob, carol, dave }, step }) => {
    await Promise.all([alice, bob, carol, dave].map((phone) => phone.register()));
    const { call } = await talk(alice, bob);
    const carols = await step("alice transfers the call to carol", { rule: "CAL-09" }, () => transfer(call, carol));
    await step("alice, who transferred, has none, and can take two", async () => {
      const calls = [await talk(dave, alice), await talk(dave, alice)];
      for (const { call: other } of calls) await Promise.all([other.hangUp(), alice.nextRequest("BYE")]);
    });
    await step("carol, to whom it went, has one, and can take one more", { control: true }, async () => {
      const second = await talk(dave, carol);
      expect(await (await dave.call(carol)).final()).to.be.refused([486, 480, 600]);
      await Promise.all([second.call.hangUp(), second.incoming.nextRequest("BYE")]);
    });
    await Promise.all([carols.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "a blind transfer that cannot succeed is observed",
  {
    rules: ["CAL-09"],
    phones: { alice: {}, bob: {} },
    numbers: { vacant: { unassigned: true } },
  },
  async ({ phones: { alice, bob }, numbers: { vacant }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    const { call } = await talk(alice, bob);
    const referral = await step("REFER to a number of nobody is answered", async () => {
      const referred = await call.transfer(vacant);
      expect(referred).to.have.status(["2xx", "4xx", "5xx", "6xx"]);
      return referred;
    });
    const told = await referral.ended().catch(() => undefined);
    observe("what the transferor was told, and whether its call is still up", {
      rule: "CAL-09",
      data: { final: referral.final.status, told, up: !call.ended },
    });
    if (!call.ended) await call.hangUp();
    await bob.nextRequest("BYE");
  },
);

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a phone (${type}) joins its two calls by a transfer with Replaces and is let go`,
    { rules: ["CAL-10"], phones: { alice: { type }, bob: {}, carol: {} } },
    async ({ phones: { alice, bob, carol }, step, observe }) => {
      await Promise.all([alice.register(), bob.register(), carol.register()]);
      const first = await talk(alice, bob);
      expect(await first.call.hold()).to.have.status(200);
      const second = await talk(alice, carol);
      const referral = await step("REFER with the second call in Replaces is accepted", async () => {
        const referred = await first.call.transferTo(second.call);
        expect(referred).to.have.status("2xx");
        return referred;
      });
      await step("both of alice's legs are cleared", async () => {
        for (const { call } of [first, second]) await call.nextRequest("BYE");
        expect([first.call.ended, second.call.ended], "her calls are over").to.deep.equal([true, true]);
      });
      observe("what NOTIFYs told the transferor", { rule: "CAL-10", data: { statuses: referral.statuses } });
      const [bobs, carols] = [goneOn(first.incoming), goneOn(second.incoming)];
      await step("bob and carol hear each other", { control: true }, () => hearEachOther(bobs, carols));
      await Promise.all([carols.hangUp(), bobs.nextRequest("BYE")]);
    },
  );
}

scenario(
  "a transfer to a call that still rings is observed",
  { rules: ["CAL-10"], phones: { alice: {}, bob: {}, carol: {} } },
  async ({ phones: { alice, bob, carol }, step, observe }) => {
    await Promise.all([alice.register(), bob.register(), carol.register()]);
    const first = await talk(alice, bob);
    const ringing = await alice.call(carol);
    const atCarol = await carol.nextInvite();
    // Where the call manager leaves it to the phones, bob's call takes the place of the one that carol takes meanwhile.
    atCarol.followTransfers();
    await atCarol.ring();
    await ringing.provisional();
    const referral = await step("REFER with the ringing call in Replaces is answered", async () => {
      const referred = await first.call.transferTo(ringing);
      expect(referred).to.have.status(["2xx", "4xx", "5xx", "6xx"]);
      return referred;
    });
    if (!referral.final.isSuccess) {
      observe("what a transfer to a ringing call comes to", { rule: "CAL-10", data: { final: referral.final.status } });
      await Promise.all([ringing.cancel(), atCarol.cancelled()]);
      await Promise.all([first.call.hangUp(), bob.nextRequest("BYE")]);
      return;
    }
    const taken = await atCarol.accept().then(
      () => true,
      () => false,
    );
    const told = await referral.ended().catch(() => undefined);
    const [bobs, carols] = [goneOn(first.incoming), goneOn(atCarol)];
    const heard = taken ? await Promise.allSettled([bobs.nextAudio(), carols.nextAudio()]) : [];
    observe("what a transfer to a ringing call comes to", {
      rule: "CAL-10",
      data: {
        final: referral.final.status,
        told,
        taken,
        heard: heard.map(({ status }) => status),
        left: first.call.ended,
      },
    });
    for (const call of [first.call, ringing, bobs, carols]) if (!call.ended) await call.hangUp().catch(() => undefined);
  },
);

/** Who of two phones with video gets whom instead: in each case one end of the new call is Basic. */
for (const { basic, bobs, carols } of [
  { basic: "target", bobs: "advanced", carols: "basic" },
  { basic: "transferee", bobs: "basic", carols: "advanced" },
] as const) {
  scenario(
    `a transfer that brings a Basic phone (the ${basic}) together with one that wants video brings it none`,
    {
      rules: ["VID-04"],
      controls: ["VID-04"],
      phones: { alice: { type: "advanced" }, bob: { type: bobs }, carol: { type: carols } },
    },
    async ({ phones: { alice, bob, carol }, step }) => {
      await Promise.all([alice.register(), bob.register(), carol.register()]);
      const { call, incoming } = await talk(alice, bob, WITH_VIDEO);
      // Where there is no transfer, nothing is said of video.
      const atCarol = await step("alice transfers the call to carol", { rule: "CAL-09" }, () =>
        transfer(call, carol, WITH_VIDEO),
      );
      await step("both hear each other", { control: true }, () => hearEachOther(goneOn(incoming), atCarol));
      await step("the Basic phone never sees live video, and neither end has it", async () => {
        for (const seen of (basic === "target" ? carol : bob).everySdp()) expect(seen).to.have.media("video").notLive();
        for (const side of [goneOn(incoming), atCarol]) {
          expect(await side.session())
            .to.have.media("video")
            .notLive();
        }
      });
      await Promise.all([atCarol.hangUp(), goneOn(incoming).nextRequest("BYE")]);
    },
  );
}
