import { expect, scenario } from "offhook";

scenario(
  "no RTP flows for video that was refused, whoever calls, and the audio does",
  { rules: ["VID-01", "VID-04"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" } } },
  async ({ phones: { basic, advanced }, step }) => {
    await Promise.all([basic.register(), advanced.register()]);
    for (const [caller, callee, rule] of [
      [basic, advanced, "VID-01"],
      [advanced, basic, "VID-04"],
    ] as const) {
      const call = await caller.call(callee, { media: ["audio", "video"] });
      const incoming = await callee.nextInvite();
      await incoming.accept({ media: ["audio", "video"] });
      expect(await call.final()).to.have.status(200);
      await step(`${caller.name} calls ${callee.name}: each hears the other`, { rule, control: true }, async () => {
        const [heardByCaller, heardByCallee] = await Promise.all([call.nextAudio(), incoming.nextAudio()]);
        expect(heardByCaller).to.have.receivedAudio();
        expect(heardByCallee).to.have.receivedAudio();
      });
      await step(
        "nothing came to the port that the caller offered for video, nor to the other's",
        { rule },
        async () => {
          expect(await call.session())
            .to.have.media("video")
            .notLive();
          expect(call.media()).to.have.receivedNothing("video");
          expect(incoming.media()).to.have.receivedNothing("video");
        },
      );
      await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
    }
  },
);
