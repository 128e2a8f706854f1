import { bracketed, expect, scenario, type Phone } from "offhook";

for (const [callee, earlyOffer] of [
  ["advanced", false],
  ["basic", true],
] as const) {
  scenario(
    `a Basic phone that offers only video comes to nothing (it calls a phone of type ${callee})`,
    { rules: ["VID-11"], phones: { alice: { type: "basic" }, bob: { type: callee, earlyOffer } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      await step("a call with audio connects", { rule: "VID-11", control: true }, async () => {
        const audible = await alice.call(bob);
        await (await bob.nextInvite()).accept();
        expect(await audible.final()).to.have.status(200);
        await Promise.all([audible.hangUp(), bob.nextRequest("BYE")]);
      });
      const call = await alice.call(bob, { media: ["video"] });
      // Whether bob rings at all is the call manager's choice: he takes what comes.
      const taken = bob.nextInvite().then(
        (incoming) => incoming.accept({ media: ["video"] }),
        () => undefined,
      );
      taken.catch(() => undefined);
      await step("the call is refused, or connects without anything live", async () => {
        const final = await call.final();
        if (final.status !== 200) {
          expect(final).to.be.refused(["4xx", "6xx"]);
          expect(final.status, "status of the refusal").not.to.be.oneOf([401, 407]);
          return;
        }
        expect(await call.session())
          .to.have.media("video")
          .notLive();
        await call.hangUp();
      });
      await step("no phone sees live video", () => {
        for (const seen of [...alice.everySdp(), ...bob.everySdp()]) expect(seen).to.have.media("video").notLive();
      });
    },
  );
}

/** Where the phone listens, with the feature tag of phones that can do video (RFC 3840). */
function videoContact({ directoryNumber, address: { host, port, protocol } }: Phone): string {
  return `<sip:${directoryNumber}@${bracketed(host)}:${port};transport=${protocol}>;video`;
}

scenario(
  "a Basic phone that calls itself capable of video in its Contact gets none",
  { rules: ["VID-17"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" } } },
  async ({ phones: { basic, advanced }, step }) => {
    for (const phone of [basic, advanced]) {
      expect(await phone.register({ contact: videoContact(phone) })).to.be.registered();
    }
    for (const [caller, callee] of [
      [basic, advanced],
      [advanced, basic],
    ] as const) {
      const call = await caller.call(callee, { media: ["audio", "video"], contact: videoContact(caller) });
      const incoming = await callee.nextInvite();
      await incoming.accept({ media: ["audio", "video"] });
      expect(await call.final()).to.have.status(200);
      await incoming.session();
      await step(`${caller.name} calls: no phone receives live video`, () => {
        for (const seen of [...caller.everySdp(), ...callee.everySdp()]) expect(seen).to.have.media("video").notLive();
      });
      await step("the audio connects", { control: true }, async () => {
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("audio")
            .live();
        }
      });
      await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
    }
  },
);

scenario(
  "an Advanced phone has video whatever its Contact says",
  {
    rules: ["VID-17"],
    controls: ["VID-17", "VID-07"],
    phones: { alice: { type: "advanced" }, bob: { type: "advanced" } },
  },
  async ({ phones: { alice, bob }, step }) => {
    await alice.register({ contact: videoContact(alice) });
    await bob.register();
    const call = await alice.call(bob, { media: ["audio", "video"] });
    await (await bob.nextInvite()).accept({ media: ["audio", "video"] });
    await step("both see each other, with the tag and without", { rule: "VID-17", control: true }, async () => {
      expect(await call.final()).to.have.status(200);
      expect(await call.session())
        .to.have.media("video")
        .live();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
