import { expect, scenario } from "offhook";

for (const [caller, callee, earlyOffer] of [
  ["basic", "advanced", false],
  ["advanced", "basic", true],
] as const) {
  scenario(
    `the audio of a call flows both ways (${caller} calls ${callee}, ${earlyOffer ? "early" : "delayed"} offer)`,
    { rules: ["CAL-01"], phones: { alice: { type: caller }, bob: { type: callee, earlyOffer } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await incoming.accept();
      expect(await call.final()).to.have.status(200);
      await step("each hears the other", async () => {
        const [heardByAlice, heardByBob] = await Promise.all([call.nextAudio(), incoming.nextAudio()]);
        expect(heardByAlice).to.have.receivedAudio(3);
        expect(heardByBob).to.have.receivedAudio(3);
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "a call on hold is silent for the one who holds it, and speaks again when taken back",
  { rules: ["CAL-10", "CAL-01"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob);
    const incoming = await bob.nextInvite();
    await incoming.accept();
    await step("before, each hears the other", { rule: ["CAL-10", "CAL-01"], control: true }, async () => {
      const [heardByAlice, heardByBob] = await Promise.all([call.nextAudio(), incoming.nextAudio()]);
      expect(heardByAlice).to.have.receivedAudio();
      expect(heardByBob).to.have.receivedAudio();
    });
    await step("on hold, nothing comes to alice", async () => {
      expect(await call.hold()).to.have.status(200);
      expect(await call.listen()).to.have.receivedNothing("audio");
    });
    await step("taken back, each hears the other again", { rule: ["CAL-10", "CAL-01"] }, async () => {
      expect(await call.resume()).to.have.status(200);
      const [heardByAlice, heardByBob] = await Promise.all([call.nextAudio(), incoming.nextAudio()]);
      expect(heardByAlice).to.have.receivedAudio();
      expect(heardByBob).to.have.receivedAudio();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
