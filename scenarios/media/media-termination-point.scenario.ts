import { expect, scenario, type MediaSpec } from "offhook";

const WITH_VIDEO: readonly MediaSpec[] = ["audio", "video"];

scenario(
  "a phone that needs a media termination point has calls of audio only, whoever calls",
  {
    rules: ["DTM-06"],
    controls: ["DTM-06"],
    phones: {
      terminated: { type: "advanced", mtpRequired: true },
      bob: { type: "advanced" },
      carol: { type: "advanced" },
    },
  },
  async ({ phones: { terminated, bob, carol }, step }) => {
    await Promise.all([terminated, bob, carol].map((phone) => phone.register()));
    for (const [caller, callee] of [
      [terminated, bob],
      [bob, terminated],
    ] as const) {
      const call = await caller.call(callee, { media: WITH_VIDEO });
      const incoming = await callee.nextInvite();
      await incoming.accept({ media: WITH_VIDEO });
      const expectNoVideo = async (): Promise<void> => {
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .notLive();
        }
        for (const seen of [...caller.everySdp(), ...callee.everySdp()]) expect(seen).to.have.media("video").notLive();
      };
      await step(`both offer video when ${caller.name} calls, and neither sees any live`, async () => {
        expect(await call.final()).to.have.status(200);
        await expectNoVideo();
      });
      if (caller === bob) {
        await step("nor where it is added later", async () => {
          expect(await call.reinvite({ media: WITH_VIDEO })).to.have.status([200, 488]);
          await expectNoVideo();
        });
      }
      await step("their audio goes both ways", { control: true }, async () => {
        for (const side of [call, incoming]) expect(await side.nextAudio()).to.have.receivedAudio();
      });
      await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
    }
    await step("phones that need none have video", { control: true }, async () => {
      const call = await bob.call(carol, { media: WITH_VIDEO });
      const incoming = await carol.nextInvite();
      await incoming.accept({ media: WITH_VIDEO });
      expect(await call.final()).to.have.status(200);
      for (const side of [call, incoming]) {
        expect(await side.session())
          .to.have.media("video")
          .live();
      }
      await Promise.all([call.hangUp(), carol.nextRequest("BYE")]);
    });
  },
);
