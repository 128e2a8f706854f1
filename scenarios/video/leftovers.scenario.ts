import { expect, scenario, type IncomingCall, type OutgoingCall, type Phone, type SdpSeen } from "offhook";

type Media = SdpSeen["session"]["media"][number];

/** An offer of audio and video in one bundle, with feedback and parameters of the video. */
function bundledOffer({ address: { host } }: Phone, version = 1): string {
  const lines = [
    "v=0",
    `o=- 4711 ${version} IN IP4 ${host}`,
    "s=-",
    `c=IN IP4 ${host}`,
    "t=0 0",
    "a=group:BUNDLE voice picture",
    "a=group:LS voice picture",
    "m=audio 41000 RTP/AVP 0",
    "a=mid:voice",
    "a=rtpmap:0 PCMU/8000",
    "m=video 41002 RTP/AVP 97",
    "a=mid:picture",
    "a=rtpmap:97 H264/90000",
    "a=fmtp:97 profile-level-id=42801F",
    "a=rtcp-fb:97 nack pli",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** An offer of audio that could become video by capability negotiation (RFC 5939, RFC 6871). */
function capableOffer({ address: { host } }: Phone): string {
  const lines = [
    "v=0",
    `o=- 4712 1 IN IP4 ${host}`,
    "s=-",
    `c=IN IP4 ${host}`,
    "t=0 0",
    "a=csup:med-v0",
    "m=audio 41000 RTP/AVP 0",
    "a=rtpmap:0 PCMU/8000",
    "a=tcap:1 RTP/AVP RTP/AVPF",
    "a=rmcap:1 H264/90000",
    "a=mfcap:1 profile-level-id=42801F",
    "a=pcfg:1 m=1 t=2 pt=1:97",
    "a=lcfg:2 mt=video t=1 m=1 pt=1:97",
    "a=acfg:2 mt=video",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function valuesOf({ attributes }: Pick<Media, "attributes">, name: string): string[] {
  return attributes.filter((attribute) => attribute.name === name).map(({ value = "" }) => value);
}

function expectNoLeftovers({ session }: SdpSeen): void {
  const live = session.media.filter(({ port }) => port !== 0).flatMap((media) => valuesOf(media, "mid"));
  for (const group of valuesOf(session, "group")) {
    for (const mid of group.split(" ").slice(1)) expect(mid, `member of a=group:${group}`).to.be.oneOf(live);
  }
  for (const media of session.media) {
    const configures = media.kind === "video" ? ["rtcp-fb", "fmtp"] : [];
    for (const name of configures) expect(valuesOf(media, name), `a=${name} of the removed video`).to.deep.equal([]);
    if (media.kind === "audio") expect(valuesOf(media, "rtpmap").join(), "codecs of the audio").not.to.match(/H26/i);
  }
}

function expectNoHiddenVideo({ session }: SdpSeen): void {
  expect(session).to.have.media("video").notLive();
  for (const description of [session, ...session.media]) {
    for (const name of ["lcfg", "acfg"]) {
      expect(valuesOf(description, name).join(), `a=${name}`).not.to.match(/\bmt=\S*video/i);
    }
    expect(valuesOf(description, "rmcap").join(), "a=rmcap").not.to.match(/H26/i);
  }
}

/** A call in which each phone says what `sdpOf` makes for it; it stays up. */
async function connect(
  caller: Phone,
  callee: Phone,
  sdpOf: (phone: Phone) => string,
): Promise<[OutgoingCall, IncomingCall]> {
  const call = await caller.call(callee, { sdp: sdpOf(caller) });
  const incoming = await callee.nextInvite();
  await incoming.accept(incoming.offer ? {} : { sdp: sdpOf(callee) });
  expect(await call.final()).to.have.status(200);
  await incoming.session();
  return [call, incoming];
}

/** A Basic phone offers; whom it calls is asked to answer, or to offer himself. */
for (const earlyOffer of [true, false]) {
  scenario(
    `nothing is left of video that a Basic phone offers, nor is any hidden (${earlyOffer ? "early" : "delayed"} offer)`,
    { rules: ["VID-13", "VID-14"], phones: { alice: { type: "basic" }, bob: { type: "advanced", earlyOffer } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      for (const [rule, sdpOf, expectNone] of [
        ["VID-13", bundledOffer, expectNoLeftovers],
        ["VID-14", capableOffer, expectNoHiddenVideo],
      ] as const) {
        const what = rule === "VID-13" ? "groups or parameters of the removed video" : "a configuration with video";
        const [call, incoming] = await connect(alice, bob, sdpOf);
        await step(`no phone is told of ${what}`, { rule }, () => {
          for (const seen of [...alice.everySdp(), ...bob.everySdp()]) expectNone(seen);
        });
        if (rule === "VID-13" && !earlyOffer) {
          await step("nor by a re-INVITE", { rule }, async () => {
            expect(await call.reinvite({ sdp: bundledOffer(alice, 2) })).to.have.status([200, 488]);
            for (const seen of [...alice.everySdp(), ...bob.everySdp()]) expectNone(seen);
          });
        }
        await step("the audio connects", { rule, control: true }, async () => {
          for (const side of [call, incoming]) {
            expect(await side.session())
              .to.have.media("audio")
              .live();
          }
        });
        await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      }
    },
  );
}

for (const earlyOffer of [true, false]) {
  scenario(
    `fax and keypad digits survive where the video goes (${earlyOffer ? "early" : "delayed"} offer)`,
    {
      rules: ["VID-16"],
      phones: { basic: { type: "basic", earlyOffer }, advanced: { type: "advanced", earlyOffer } },
    },
    async ({ phones: { basic, advanced }, step }) => {
      await Promise.all([basic.register(), advanced.register()]);
      const media = ["audio", "video", "fax"] as const;
      for (const [caller, callee] of [
        [basic, advanced],
        [advanced, basic],
      ] as const) {
        const call = await caller.call(callee, { media });
        const incoming = await callee.nextInvite();
        await incoming.accept({ media });
        expect(await call.final()).to.have.status(200);
        await step(`${caller.name} calls: fax and telephone-event are agreed on both sides`, async () => {
          for (const side of [call, incoming]) {
            const session = await side.session();
            expect(session).to.have.media("fax").live();
            expect(session).to.have.media("audio").live().codec("telephone-event");
          }
        });
        await step("the video is not", { control: true }, async () => {
          for (const side of [call, incoming]) {
            expect(await side.session())
              .to.have.media("video")
              .notLive();
          }
        });
        await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
      }
    },
  );
}
