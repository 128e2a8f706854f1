import { expect, scenario, type Phone } from "offhook";

const VIDEO_RELATED = ["video", "slides", "bfcp", "fecc"] as const;

/** An answer with live video, whatever was offered to `phone`, in the codecs that the caller would understand. */
function liveAnswer({ address: { host } }: Phone, caller: Phone): string {
  const [offer] = caller.everySdp({ direction: "sent" });
  const video = offer?.session.media.find(({ kind }) => kind === "video");
  if (!video) throw new Error("the caller has offered video");
  const codecs = video.attributes.filter(({ name }) => name === "rtpmap" || name === "fmtp");
  const lines = [
    "v=0",
    `o=- 7 1 IN IP4 ${host}`,
    "s=-",
    `c=IN IP4 ${host}`,
    "t=0 0",
    "m=audio 41000 RTP/AVP 0",
    "a=rtpmap:0 PCMU/8000",
    `m=video 41002 RTP/AVP ${video.formats.join(" ")}`,
    ...codecs.map(({ name, value = "" }) => `a=${name}:${value}`),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

scenario(
  "a Basic phone that is called receives nothing live that is about video in any SDP",
  { rules: ["VID-04", "VID-03", "VID-10"], phones: { alice: { type: "advanced" }, bob: { type: "basic" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const media = ["audio", ...VIDEO_RELATED] as const;
    const call = await alice.call(bob, { media });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media });
    expect(await call.final()).to.have.status(200);
    await step("nothing that reaches bob has live video", async () => {
      await incoming.session();
      for (const seen of bob.everySdp()) expect(seen).to.have.media("video").notLive();
    });
    await step("the video that bob himself offers is refused in its slot", { rule: "VID-03" }, async () => {
      const session = await incoming.session();
      if (session.localRole === "offerer") expect(session.answer).to.have.media("video").rejected();
      else expect(session).to.have.media("video").notLive();
    });
    await step("alice gets no video either: her slot is refused, her audio lives", async () => {
      for (const seen of alice.everySdp()) expect(seen).to.have.media("video").notLive();
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
      expect(answer).to.have.media("video").rejected();
      expect(answer).to.have.media("audio").live();
    });
    await step("slides, floor control and camera control are live nowhere either", { rule: "VID-10" }, () => {
      for (const seen of [...alice.everySdp(), ...bob.everySdp()]) {
        for (const kind of VIDEO_RELATED) expect(seen).to.have.media(kind).notLive();
      }
    });
    await step("there is audio both ways", { control: true }, async () => {
      expect(await incoming.session())
        .to.have.media("audio")
        .live()
        .direction("sendrecv");
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "the video that a called Basic phone offers is refused to it, and does not reach the caller",
  { rules: ["VID-03"], phones: { alice: { type: "advanced" }, bob: { type: "basic" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    for (const [who, offered, answered] of [
      ["both want it, first of all", ["video", "audio"], ["video", "audio"]],
      ["only bob brings it up", ["audio"], ["audio", "video"]],
    ] as const) {
      const call = await alice.call(bob, { media: offered });
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: answered });
      expect(await call.final()).to.have.status(200);
      await step(`${who}: bob's slot is refused in the answer to him, his audio is taken`, async () => {
        const session = await incoming.session();
        if (session.localRole === "offerer") {
          expect(session.answer).to.answerTo(session.offer);
          expect(session.answer).to.have.media("video").rejected();
          expect(session.answer).to.have.media("audio").live();
        } else expect(session).to.have.media("video").notLive();
      });
      await step("alice gets none of it", async () => {
        for (const seen of alice.everySdp()) expect(seen).to.have.media("video").notLive();
        expect(await call.session())
          .to.have.media("audio")
          .live();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    }
  },
);

scenario(
  "live video in an answer, provisional or final, does not reach the caller",
  {
    rules: ["VID-04", "VID-05"],
    phones: { advanced: { type: "advanced", earlyOffer: true }, basic: { type: "basic", earlyOffer: true } },
  },
  async ({ phones: { advanced, basic }, step, observe }) => {
    await Promise.all([advanced.register(), basic.register()]);
    for (const [caller, callee, where] of [
      [basic, advanced, "183 and 200"],
      [advanced, basic, "183 and 200"],
      [advanced, basic, "200"],
    ] as const) {
      const call = await caller.call(callee, { media: ["audio", "video"] });
      const incoming = await callee.nextInvite();
      const early = incoming.offer !== undefined;
      observe("where the offer to the called phone stood", { data: { early } });
      if (early && where !== "200") await incoming.ring(183, { sdp: liveAnswer(callee, caller) });
      await incoming.accept(early ? { sdp: liveAnswer(callee, caller) } : { media: ["audio", "video"] });
      await step(
        `${callee.name} answers it in ${where}: nothing is live in any SDP`,
        {
          rule: ["VID-04", "VID-05"],
        },
        async () => {
          expect(await call.final()).to.have.status(200);
          await call.session();
          for (const seen of [...caller.everySdp(), ...callee.everySdp()]) {
            expect(seen).to.have.media("video").notLive();
          }
        },
      );
      await step("the audio connects", { control: true }, async () => {
        expect(await call.session())
          .to.have.media("audio")
          .live();
      });
      await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
    }
  },
);
