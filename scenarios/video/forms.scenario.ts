import { expect, scenario, type IncomingCall, type OutgoingCall, type Phone } from "offhook";

const VIDEO_RELATED = ["video", "slides", "bfcp", "fecc"] as const;

/** Lines that are about video, each in a form of its own, by what is peculiar to it. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  "sent one way": ["m=video 42002 RTP/AVP 34", "a=rtpmap:34 H263/90000", "a=sendonly"],
  "of another profile": ["m=video 42004 RTP/AVPF 97", "a=rtpmap:97 VP8/90000", "a=rtcp-fb:97 nack"],
  "a second picture": ["m=video 42006 RTP/AVP 98", "a=rtpmap:98 H264/90000", "a=content:alt"],
  "slides to look at": ["m=video 42008 RTP/AVP 31", "a=rtpmap:31 H261/90000", "a=content:slides", "a=recvonly"],
  "at rest": ["m=video 42016 RTP/AVP 34", "a=rtpmap:34 H263/90000", "a=inactive"],
  "by its number alone": ["m=video 42018 RTP/AVP 31"],
  encrypted: [
    "m=video 42020 RTP/SAVP 34",
    "a=rtpmap:34 H263/90000",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
  ],
  "floor control over TCP": [
    "m=application 42010 TCP/BFCP *",
    "a=floorctrl:c-s",
    "a=setup:actpass",
    "a=connection:new",
  ],
  "floor control over TLS": ["m=application 42012 TCP/TLS/BFCP *", "a=floorctrl:c-s", "a=setup:actpass"],
  "camera control in small letters": ["m=application 42014 RTP/AVP 100", "a=rtpmap:100 h224/4800"],
};
const AUDIO = ["m=audio 42000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000"];

function described({ address: { host } }: Phone, media: readonly (readonly string[])[]): string {
  const family = host.includes(":") ? "IP6" : "IP4";
  const head = ["v=0", `o=- 4713 1 IN ${family} ${host}`, "s=-", `c=IN ${family} ${host}`, "t=0 0"];
  return `${[...head, ...media.flat()].join("\r\n")}\r\n`;
}

/** Video before and after the audio; and what serves video with no video beside it. */
const OFFERS = {
  "many forms of video": [FORMS["sent one way"] ?? [], AUDIO, ...Object.values(FORMS).slice(1)],
  "what serves video alone": [AUDIO, ...Object.values(FORMS).slice(-3)],
} as const;

function expectNoVideo(phones: readonly Phone[]): void {
  for (const seen of phones.flatMap((phone) => phone.everySdp())) {
    for (const kind of VIDEO_RELATED) expect(seen).to.have.media(kind).notLive();
  }
}

async function expectAudio(sides: readonly (OutgoingCall | IncomingCall)[]): Promise<void> {
  for (const side of sides) {
    expect(await side.session())
      .to.have.media("audio")
      .live()
      .direction("sendrecv");
  }
}

for (const [caller, callee, earlyOffer] of [
  ["basic", "advanced", true],
  ["basic", "advanced", false],
  ["advanced", "basic", true],
  ["advanced", "basic", false],
  ["basic", "basic", false],
] as const) {
  const own = caller === "basic" ? (["VID-01", "VID-10"] as const) : (["VID-04", "VID-10"] as const);
  scenario(
    `video is kept from a Basic phone and of it in whatever form (${caller} calls ${callee}, ${earlyOffer ? "early" : "delayed"} offer)`,
    { rules: [...own, "VID-02"], phones: { alice: { type: caller }, bob: { type: callee, earlyOffer } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      for (const [what, lines] of Object.entries(OFFERS)) {
        const call = await alice.call(bob, { sdp: described(alice, lines) });
        const incoming = await bob.nextInvite();
        await incoming.accept(incoming.offer ? {} : { sdp: described(bob, lines) });
        expect(await call.final()).to.have.status(200);
        await incoming.session();
        await step(`${what}: nothing of it is live anywhere`, { rule: own }, () => {
          expectNoVideo([alice, bob]);
        });
        await step(`${what}: each line is answered in its place`, { rule: "VID-02" }, async () => {
          const { offer, answer } = await call.session();
          expect(answer).to.answerTo(offer);
        });
        await step(`${what}: the audio connects`, { rule: own, control: true }, () => expectAudio([call, incoming]));
        await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      }
    },
  );
}

for (const [caller, callee, adder, transport] of [
  ["basic", "advanced", "caller", "udp"],
  ["basic", "advanced", "caller", "tcp"],
  ["basic", "advanced", "callee", "udp"],
  ["advanced", "basic", "caller", "udp"],
  ["advanced", "basic", "callee", "tcp"],
] as const) {
  const rule = (adder === "caller" ? caller : callee) === "basic" ? "VID-08" : "VID-09";
  scenario(
    `all that is about video is refused when it comes later (${caller} calls ${callee}, ${adder} asks, ${transport})`,
    {
      rules: [rule, "VID-10"],
      phones: { alice: { type: caller, transport }, bob: { type: callee, transport } },
    },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const willing = ["audio", ...VIDEO_RELATED] as const;
      const call = await alice.call(bob, adder === "caller" ? {} : { media: willing });
      const incoming = await bob.nextInvite();
      await incoming.accept(adder === "caller" ? { media: willing } : { media: ["audio"] });
      expect(await call.final()).to.have.status(200);
      const adding = adder === "caller" ? call : incoming;
      const rules = [rule, "VID-10"] as const;
      await step("by a re-INVITE that offers it, and by another one", { rule: rules }, async () => {
        for (let asked = 0; asked < 2; asked += 1) {
          const response = await adding.reinvite({ media: willing });
          expect(response).to.have.status([200, 488]);
          expectNoVideo([alice, bob]);
          if (response.status !== 200) return;
          const { offer, answer } = await adding.session();
          expect(answer).to.answerTo(offer);
        }
      });
      await step("the audio goes on", { rule: rules, control: true }, async () => {
        expect(call.ended, "the call is over").to.equal(false);
        await expectAudio([call, incoming]);
      });
      await step("by a re-INVITE without an offer nobody gets video either", { rule: rules }, async () => {
        expect(await adding.reinvite({ sdp: null, media: willing })).to.have.status([200, 488]);
        await Promise.all([alice.noInvite(), bob.noInvite()]);
        expectNoVideo([alice, bob]);
      });
      // Whoever can refuse what the other phone offers in its 200 only by ending the call may do so.
      if (!call.ended && !incoming.ended) await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

for (const transport of ["udp", "tcp"] as const) {
  scenario(
    `Advanced phones have video both ways, and by UPDATE too (${transport})`,
    {
      rules: ["VID-07"],
      controls: ["VID-08", "VID-09"],
      phones: { alice: { type: "advanced", transport }, bob: { type: "advanced", transport } },
    },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: ["audio", "video"] });
      expect(await call.final()).to.have.status(200);
      const seesBothWays = async (): Promise<void> => {
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .live()
            .direction("sendrecv");
        }
      };
      await step(
        "video that is added by UPDATE passes, where the call manager takes one",
        { control: true },
        async () => {
          const response = await call.update({ media: ["audio", "video"] });
          expect(response).to.have.status([200, 405, 501]);
          if (response.status === 200) await seesBothWays();
        },
      );
      await step("video that is added by re-INVITE passes", { control: true }, async () => {
        expect(await call.reinvite({ media: ["audio", "video"] })).to.have.status(200);
        await seesBothWays();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      await step("and so does video from the start", async () => {
        const seen = await alice.call(bob, { media: ["audio", "video"] });
        const atBob = await bob.nextInvite();
        await atBob.accept({ media: ["audio", "video"] });
        expect(await seen.final()).to.have.status(200);
        for (const side of [seen, atBob]) {
          expect(await side.session())
            .to.have.media("video")
            .live()
            .direction("sendrecv");
        }
        await Promise.all([seen.hangUp(), bob.nextRequest("BYE")]);
      });
    },
  );
}

scenario(
  "a Basic phone that carries a dead video line along makes audio calls, holds and resumes them",
  { rules: ["VID-15"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    for (const [where, media] of [
      ["first", [{ kind: "video", port: 0 }, "audio"]],
      ["last", ["audio", { kind: "video", port: 0 }]],
    ] as const) {
      const call = await alice.call(bob, { media });
      const incoming = await bob.nextInvite();
      await incoming.accept();
      await step(`the dead line stands ${where}: the call connects`, async () => {
        expect(await call.final()).to.have.status(200);
        const { offer, answer } = await call.session();
        expect(answer).to.answerTo(offer);
        expect(answer).to.have.media("audio").live();
      });
      await step("a hold and its end are no error either", async () => {
        expect(await call.hold()).to.have.status(200);
        expect(await call.resume()).to.have.status(200);
        expect(await call.session())
          .to.have.media("audio")
          .live()
          .direction("sendrecv");
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    }
  },
);

for (const [caller, callee] of [
  ["basic", "advanced"],
  ["advanced", "basic"],
] as const) {
  scenario(
    `a call changes over to fax (${caller} calls ${callee})`,
    { rules: ["VID-16"], phones: { alice: { type: caller }, bob: { type: callee } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: ["audio"] });
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: ["audio", "fax"] });
      expect(await call.final()).to.have.status(200);
      await step("the fax that a re-INVITE adds is live on both sides", async () => {
        expect(await call.reinvite({ media: ["audio", "fax"] })).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("fax")
            .live();
        }
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}
