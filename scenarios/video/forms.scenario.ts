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

for (const earlyOffer of [true, false]) {
  scenario(
    `video is kept from a Basic phone and of it in whatever form (${earlyOffer ? "early" : "delayed"} offer)`,
    {
      rules: ["VID-01", "VID-04", "VID-10"],
      phones: { basic: { type: "basic", earlyOffer }, advanced: { type: "advanced", earlyOffer } },
    },
    async ({ phones: { basic, advanced }, step }) => {
      await Promise.all([basic.register(), advanced.register()]);
      const alone = earlyOffer ? ([advanced, basic] as const) : ([basic, advanced] as const);
      for (const [[caller, callee], what] of [
        [[basic, advanced], "many forms of video"],
        [[advanced, basic], "many forms of video"],
        [alone, "what serves video alone"],
      ] as const) {
        const rule = caller === basic ? (["VID-01", "VID-10"] as const) : (["VID-04", "VID-10"] as const);
        const call = await caller.call(callee, { sdp: described(caller, OFFERS[what]) });
        const incoming = await callee.nextInvite();
        await incoming.accept(incoming.offer ? {} : { sdp: described(callee, OFFERS[what]) });
        expect(await call.final()).to.have.status(200);
        await incoming.session();
        await step(`${what}, ${caller.name} calls: nothing of it is live anywhere`, { rule }, () => {
          expectNoVideo([caller, callee]);
        });
        await step("each line is answered in its place", { rule: "VID-10" }, async () => {
          const { offer, answer } = await call.session();
          expect(answer).to.answerTo(offer);
        });
        await step("the audio connects", { rule, control: true }, () => expectAudio([call, incoming]));
        await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
      }
    },
  );
}

for (const [caller, callee, transport] of [
  ["basic", "advanced", "tcp"],
  ["advanced", "basic", "udp"],
] as const) {
  scenario(
    `all that is about video is refused when it comes later (${caller} calls ${callee}, ${transport})`,
    {
      rules: ["VID-08", "VID-09", "VID-10"],
      phones: { alice: { type: caller, transport }, bob: { type: callee, transport } },
    },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const willing = ["audio", ...VIDEO_RELATED] as const;
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: willing });
      expect(await call.final()).to.have.status(200);
      const asking = [
        [call, caller === "basic" ? (["VID-08", "VID-10"] as const) : (["VID-09", "VID-10"] as const)],
        [incoming, callee === "basic" ? (["VID-08", "VID-10"] as const) : (["VID-09", "VID-10"] as const)],
      ] as const;
      for (const [side, rule] of asking) {
        const who = side === call ? `the ${caller} caller` : `the ${callee} callee`;
        await step(`by a re-INVITE of ${who} that offers it, and by another one`, { rule }, async () => {
          for (let asked = 0; asked < 2; asked += 1) {
            const response = await side.reinvite({ media: willing });
            expect(response).to.have.status([200, 488]);
            expectNoVideo([alice, bob]);
            if (response.status !== 200) return;
            const { offer, answer } = await side.session();
            expect(answer).to.answerTo(offer);
          }
        });
        await step("the audio goes on", { rule, control: true }, async () => {
          expect(call.ended, "the call is over").to.equal(false);
          await expectAudio([call, incoming]);
        });
      }
      for (const [side, rule] of asking) {
        // Whoever can refuse what the other phone offers in its 200 only by ending the call may do so.
        if (call.ended || incoming.ended) return;
        await step("by a re-INVITE without an offer nobody gets video either", { rule }, async () => {
          expect(await side.reinvite({ sdp: null, media: willing })).to.have.status([200, 488]);
          await Promise.all([alice.noInvite(), bob.noInvite()]);
          expectNoVideo([alice, bob]);
        });
      }
      if (!call.ended && !incoming.ended) await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "a Basic phone that carries a dead video line along makes audio calls, holds and resumes them",
  { rules: ["VID-15"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    for (const [where, media] of [
      ["last", ["audio", { kind: "video", port: 0 }]],
      ["first", [{ kind: "video", port: 0 }, "audio"]],
    ] as const) {
      const call = await alice.call(bob, { media });
      const incoming = await bob.nextInvite();
      await incoming.accept();
      await step(`the dead line stands ${where}: the call connects, the line stays refused`, async () => {
        expect(await call.final()).to.have.status(200);
        const { offer, answer } = await call.session();
        expect(answer).to.answerTo(offer);
        expect(answer).to.have.media("video").rejected();
        expect(answer).to.have.media("audio").live();
      });
      if (where === "first") {
        await step("a hold and its end are no error either", async () => {
          expect(await call.hold()).to.have.status(200);
          expect(await call.resume()).to.have.status(200);
          expect(await call.session())
            .to.have.media("audio")
            .live()
            .direction("sendrecv");
        });
      }
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    }
  },
);

scenario(
  "a call changes over to fax",
  { rules: ["VID-16"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob, { media: ["audio"] });
    const incoming = await bob.nextInvite();
    await incoming.accept({ media: ["audio", "fax"] });
    expect(await call.final()).to.have.status(200);
    for (const [title, side, media] of [
      ["the fax that a Basic phone adds is live on both sides", call, ["audio", "fax"]],
      ["so is fax alone, by an Advanced phone", incoming, [{ kind: "audio", port: 0 }, "fax"]],
    ] as const) {
      await step(title, async () => {
        expect(await side.reinvite({ media })).to.have.status(200);
        for (const each of [call, incoming]) {
          expect(await each.session())
            .to.have.media("fax")
            .live();
        }
      });
    }
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
