import { expect, scenario, type Phone } from "offhook";

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
      await step("neither phone ever sees live video", async () => {
        await incoming.session();
        for (const seen of [...alice.everySdp(), ...bob.everySdp()]) expect(seen).to.have.media("video").notLive();
        expect(await call.session())
          .to.have.media("video")
          .notLive();
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
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

/** An offer of audio and video that tells the bandwidth of each, and of both. */
function offerWithBandwidth({ address: { host } }: Phone): string {
  return [
    "v=0",
    `o=- 9 1 IN IP4 ${host}`,
    "s=-",
    `c=IN IP4 ${host}`,
    "b=AS:2064",
    "b=TIAS:2064000",
    "t=0 0",
    "m=audio 42000 RTP/AVP 0",
    "b=TIAS:64000",
    "a=rtpmap:0 PCMU/8000",
    "m=video 42002 RTP/AVP 97",
    "b=TIAS:2000000",
    "a=rtpmap:97 H264/90000",
    "a=fmtp:97 profile-level-id=42801F",
    "",
  ].join("\r\n");
}

scenario(
  "the answer to a Basic phone that offers video first, or tells its bandwidth, has its lines in their places",
  { rules: ["VID-02"], observes: ["VID-12"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    for (const [what, offered, answered] of [
      ["video first", { media: ["video", "audio"] }, { media: ["audio", "video"] }],
      ["bandwidth", { sdp: offerWithBandwidth(alice) }, { sdp: offerWithBandwidth(bob) }],
    ] as const) {
      const call = await alice.call(bob, offered);
      await (await bob.nextInvite()).accept(answered);
      await step(`${what}: two lines offered, two answered, the video refused and the audio live`, async () => {
        expect(await call.final()).to.have.status(200);
        const { offer, answer } = await call.session();
        expect(answer).to.answerTo(offer);
        expect(answer).to.have.media("video").rejected();
        expect(answer).to.have.media("audio").live();
      });
      const { answer } = await call.session();
      observe("b= lines of the answer", {
        rule: "VID-12",
        data: {
          session: answer.bandwidths,
          media: answer.media.map(({ kind, port, bandwidths }) => ({ kind, port, bandwidths })),
        },
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    }
  },
);

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
    await step("five lines offered, five answered, in the same order", { rule: "VID-02" }, async () => {
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
    });
    await step("alice's answer refuses each in its slot", async () => {
      const { answer } = await call.session();
      // A slot that is refused need not tell any more what it was for.
      expect(answer.media.map(({ port }) => port).slice(1), "ports behind the audio's").to.deep.equal([0, 0, 0, 0]);
      expect(answer).to.have.media("audio").live();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
