import { expect, scenario } from "offhook";

scenario(
  "an Advanced phone calls an Advanced phone and both see each other",
  {
    rules: ["VID-07"],
    controls: ["VID-01", "VID-02", "VID-03", "VID-04", "VID-05", "VID-06", "VID-10"],
    phones: { alice: { type: "advanced" }, bob: { type: "advanced" } },
  },
  async ({ phones: { alice, bob }, step, observe }) => {
    await step("both phones register with digest", { control: true }, async () => {
      await Promise.all([alice.register(), bob.register()]);
      expect(alice.trace).to.show("> REGISTER", "< 401", "> REGISTER", "< 200");
    });
    const call = await alice.call(bob, { media: ["audio", "video"] });
    const incoming = await bob.nextInvite();
    await step("bob answers with video", async () => {
      await incoming.accept({ media: ["audio", "video"] });
      expect(await call.final()).to.have.status(200);
      expect(await call.session())
        .to.have.media("video")
        .live()
        .codec("H264")
        .direction("sendrecv");
      expect(await incoming.session())
        .to.have.media("video")
        .live()
        .codec("H264")
        .direction("sendrecv");
    });
    await step("audio goes along with it", async () => {
      expect(await call.session())
        .to.have.media("audio")
        .live()
        .direction("sendrecv");
    });
    await step("alice hangs up", async () => {
      const [bye] = await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      expect(bye).to.have.status(200);
    });
    observe("lines of the answer", {
      data: { media: (await call.session()).answer.media.map(({ kind, port }) => ({ kind, live: port !== 0 })) },
    });
  },
);

scenario(
  "Advanced phones have the video that they want with digest off, with an early offer and over TCP",
  {
    rules: ["VID-07"],
    phones: {
      alice: { type: "advanced", digest: false },
      bob: { type: "advanced", earlyOffer: true },
      carol: { type: "advanced", transport: "tcp" },
    },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    await Promise.all([alice, bob, carol].map((phone) => phone.register()));
    for (const callee of [bob, carol]) {
      await step(`video that alice and ${callee.name} want passes`, async () => {
        const call = await alice.call(callee, { media: ["audio", "video"] });
        const incoming = await callee.nextInvite();
        await incoming.accept({ media: ["audio", "video"] });
        expect(await call.final()).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .live();
        }
        await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
      });
    }
    await step("where bob wants audio only, the slot of the video is refused", async () => {
      const call = await alice.call(bob, { media: ["audio", "video"] });
      await (await bob.nextInvite()).accept({ media: ["audio"] });
      expect(await call.final()).to.have.status(200);
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
      expect(answer).to.have.media("video").rejected();
      expect(answer).to.have.media("audio").live();
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    });
  },
);
