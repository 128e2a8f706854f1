import { expect, scenario } from "offhook";

for (const [callee, earlyOffer] of [
  ["advanced", false],
  ["advanced", true],
  ["basic", false],
  ["basic", true],
] as const) {
  scenario(
    `video that a Basic phone offers does not reach the other phone (${callee}${earlyOffer ? ", early offer" : ""})`,
    {
      rules: callee === "basic" ? ["VID-06", "VID-02"] : ["VID-01", "VID-02"],
      phones: { alice: { type: "basic" }, bob: { type: callee, earlyOffer } },
    },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: ["audio", "video"] });
      const incoming = await bob.nextInvite();
      await incoming.accept(earlyOffer ? {} : { media: ["audio", "video"] });
      await call.final();
      await step("bob never sees live video", async () => {
        await incoming.session();
        for (const seen of bob.everySdp()) expect(seen).to.have.media("video").notLive();
      });
      await step("alice's answer keeps each line of her offer, the video refused", { rule: "VID-02" }, async () => {
        const { offer, answer } = await call.session();
        expect(answer).to.answerTo(offer);
        expect(answer).to.have.media("video").rejected();
        expect(answer).to.have.media("audio").live();
      });
      await step("the audio of the call connects", { control: true }, async () => {
        expect(await call.session())
          .to.have.media("audio")
          .live()
          .direction("sendrecv");
        expect(await incoming.session())
          .to.have.media("audio")
          .live()
          .direction("sendrecv");
      });
      await step("nor does alice", async () => {
        for (const seen of alice.everySdp()) expect(seen).to.have.media("video").notLive();
        expect(await call.session())
          .to.have.media("video")
          .notLive();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

for (const callee of ["advanced", "basic"] as const) {
  scenario(
    `the answer to a Basic phone that offers video first has its lines in their places (calls ${callee})`,
    { rules: ["VID-02"], phones: { alice: { type: "basic" }, bob: { type: callee } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: ["video", "audio"] });
      await (await bob.nextInvite()).accept({ media: ["audio", "video"] });
      await step("two lines offered, two answered: the first refused, the second live", async () => {
        expect(await call.final()).to.have.status(200);
        const { offer, answer } = await call.session();
        expect(answer).to.answerTo(offer);
        expect(answer).to.have.media("video").rejected();
        expect(answer).to.have.media("audio").live();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "slides, floor control and camera control that a Basic phone offers count as video",
  { rules: ["VID-10", "VID-02"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const media = ["audio", "video", "slides", "bfcp", "fecc"] as const;
    const call = await alice.call(bob, { media });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media });
    await call.final();
    await step("bob never sees one of them live", async () => {
      await incoming.session();
      for (const seen of bob.everySdp()) {
        for (const kind of ["video", "slides", "bfcp", "fecc"] as const) expect(seen).to.have.media(kind).notLive();
      }
    });
    await step("alice's answer refuses each in its slot", async () => {
      const { answer } = await call.session();
      // A slot that is refused need not tell any more what it was for.
      expect(answer.media.map(({ port }) => port).slice(1), "ports behind the audio's").to.deep.equal([0, 0, 0, 0]);
      expect(answer).to.have.media("audio").live();
    });
    await step("five lines offered, five answered, in the same order", { rule: "VID-02" }, async () => {
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "a Basic phone that offers video with port 0 makes an audio call",
  { rules: ["VID-15"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob, { media: ["audio", { kind: "video", port: 0 }] });
    const incoming = await bob.nextInvite();
    await incoming.accept();
    await step("the call connects with audio, the video slot stays refused", async () => {
      expect(await call.final()).to.have.status(200);
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
      expect(answer).to.have.media("video").rejected();
      expect(answer).to.have.media("audio").live();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
