import { expect, scenario } from "offhook";

for (const [caller, callee, rule] of [
  ["basic", "advanced", "VID-01"],
  ["advanced", "basic", "VID-04"],
  ["basic", "basic", "VID-06"],
] as const) {
  scenario(
    `no RTP flows for video that was refused (${caller} calls ${callee}), and the audio does`,
    { rules: [rule], phones: { alice: { type: caller }, bob: { type: callee } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: ["audio", "video"] });
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: ["audio", "video"] });
      expect(await call.final()).to.have.status(200);
      await step("each hears the other", { control: true }, async () => {
        const [heardByAlice, heardByBob] = await Promise.all([call.nextAudio(), incoming.nextAudio()]);
        expect(heardByAlice).to.have.receivedAudio();
        expect(heardByBob).to.have.receivedAudio();
      });
      await step("nothing came to the port that alice offered for video, nor to bob's", async () => {
        expect(await call.session())
          .to.have.media("video")
          .notLive();
        expect(call.media()).to.have.receivedNothing("video");
        expect(incoming.media()).to.have.receivedNothing("video");
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}
