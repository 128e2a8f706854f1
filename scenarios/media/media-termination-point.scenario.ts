import { expect, scenario, type MediaSpec } from "offhook";

const WITH_VIDEO: readonly MediaSpec[] = ["audio", "video"];

for (const terminated of ["caller", "callee"] as const) {
  scenario(
    `a phone that needs a media termination point (${terminated}) has calls of audio only`,
    {
      rules: ["DTM-06"],
      controls: ["DTM-06"],
      phones: {
        alice: { type: "advanced", mtpRequired: terminated === "caller" },
        bob: { type: "advanced", mtpRequired: terminated === "callee" },
        carol: { type: "advanced" },
        dave: { type: "advanced" },
      },
    },
    async ({ phones: { alice, bob, carol, dave }, step }) => {
      await Promise.all([alice, bob, carol, dave].map((phone) => phone.register()));
      const call = await alice.call(bob, { media: WITH_VIDEO });
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: WITH_VIDEO });
      await step("both offer video, and neither sees any live", async () => {
        expect(await call.final()).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .notLive();
        }
        for (const seen of [...alice.everySdp(), ...bob.everySdp()]) expect(seen).to.have.media("video").notLive();
      });
      await step("their audio goes both ways", { control: true }, async () => {
        for (const side of [call, incoming]) expect(await side.nextAudio()).to.have.receivedAudio();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      await step("phones that need none have video", { control: true }, async () => {
        const other = await carol.call(dave, { media: WITH_VIDEO });
        const atDave = await dave.nextInvite();
        await atDave.accept({ media: WITH_VIDEO });
        expect(await other.final()).to.have.status(200);
        for (const side of [other, atDave]) {
          expect(await side.session())
            .to.have.media("video")
            .live();
        }
        await Promise.all([other.hangUp(), dave.nextRequest("BYE")]);
      });
    },
  );
}
