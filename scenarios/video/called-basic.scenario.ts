import { expect, scenario, type Phone } from "offhook";

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
  "a Basic phone that is called receives no live video in any SDP",
  { rules: ["VID-04", "VID-03"], phones: { alice: { type: "advanced" }, bob: { type: "basic" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob, { media: ["audio", "video"] });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media: ["audio", "video"] });
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
    const call = await alice.call(bob, { media: ["video", "audio"] });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media: ["video", "audio"] });
    expect(await call.final()).to.have.status(200);
    await step("bob's slot is refused in the answer to him, his audio is taken", async () => {
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
  },
);

for (const [caller, callee] of [
  ["basic", "advanced"],
  ["advanced", "basic"],
] as const) {
  scenario(
    `live video in a provisional answer does not reach the caller (${caller} calls ${callee})`,
    {
      rules: ["VID-04", "VID-05"],
      phones: { alice: { type: caller }, bob: { type: callee, earlyOffer: true } },
    },
    async ({ phones: { alice, bob }, step, observe }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: ["audio", "video"] });
      const incoming = await bob.nextInvite();
      const early = incoming.offer !== undefined;
      observe("where the offer to the called phone stood", { data: { early } });
      if (early) await incoming.ring(183, { sdp: liveAnswer(bob, alice) });
      await incoming.accept(early ? { sdp: liveAnswer(bob, alice) } : { media: ["audio", "video"] });
      await step("nothing of it is live in any SDP to alice", { rule: ["VID-04", "VID-05"] }, async () => {
        expect(await call.final()).to.have.status(200);
        await call.session();
        for (const seen of alice.everySdp()) expect(seen).to.have.media("video").notLive();
      });
      await step("the audio connects", { control: true }, async () => {
        expect(await call.session())
          .to.have.media("audio")
          .live();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "video that only the called Basic phone brings up is refused",
  { rules: ["VID-03"], phones: { alice: { type: "advanced" }, bob: { type: "basic" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob, { media: ["audio"] });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media: ["audio", "video"] });
    expect(await call.final()).to.have.status(200);
    await step("bob's session has no live video", async () => {
      expect(await incoming.session())
        .to.have.media("video")
        .notLive();
    });
    await step("no video reaches alice", async () => {
      for (const seen of alice.everySdp()) expect(seen).to.have.media("video").notLive();
      expect(await call.session())
        .to.have.media("audio")
        .live();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "a Basic phone that answers with video, though none was offered to it, brings none to the caller",
  { rules: ["VID-05"], phones: { alice: { type: "advanced" }, bob: { type: "basic", earlyOffer: true } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob, { media: ["audio", "video"] });
    const incoming = await bob.nextInvite();
    await incoming.accept({ sdp: liveAnswer(bob, alice) });
    await step("the offer to bob had no live video", async () => {
      for (const seen of bob.everySdp()) expect(seen).to.have.media("video").notLive();
      expect(await call.final()).to.have.status(200);
    });
    await step("nothing live of it reaches alice", async () => {
      await call.session();
      for (const seen of alice.everySdp()) expect(seen).to.have.media("video").notLive();
      expect(await call.session())
        .to.have.media("audio")
        .live();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "slides, floor control and camera control do not reach a Basic phone",
  { rules: ["VID-10"], phones: { alice: { type: "advanced" }, bob: { type: "basic" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const media = ["audio", "video", "slides", "bfcp", "fecc"] as const;
    const call = await alice.call(bob, { media });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media });
    expect(await call.final()).to.have.status(200);
    await step("neither phone sees one of them live", async () => {
      await incoming.session();
      for (const seen of [...alice.everySdp(), ...bob.everySdp()]) {
        for (const kind of ["video", "slides", "bfcp", "fecc"] as const) expect(seen).to.have.media(kind).notLive();
      }
    });
    await step("alice's answer keeps her five lines", async () => {
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "whether bandwidth told to a Basic phone counts the video that it does not get is observed",
  { rules: ["VID-02"], observes: ["VID-12"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    const described = (host: string): string =>
      [
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
    const call = await alice.call(bob, { sdp: described(alice.address.host) });
    await (await bob.nextInvite()).accept({ sdp: described(bob.address.host) });
    await step("the call connects, its video slot refused", async () => {
      expect(await call.final()).to.have.status(200);
      const { offer, answer } = await call.session();
      expect(answer).to.answerTo(offer);
      expect(answer).to.have.media("video").rejected();
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
  },
);
