import { expect, scenario, type IncomingCall, type MediaSpec, type OutgoingCall, type Phone } from "offhook";

const AUDIO: readonly MediaSpec[] = ["audio"];
/** What the phone wants that does not add the video: it would take it. */
const WILLING: readonly MediaSpec[] = ["audio", "video"];
const SENT_ONE_WAY: readonly MediaSpec[] = ["audio", { kind: "video", direction: "sendonly" }];

type Side = OutgoingCall | IncomingCall;

/** How a phone asks for another session: by re-INVITE, or by UPDATE (RFC 3311) where the target takes one. */
type Way = "re-INVITE" | "UPDATE";

/** Asks for video, and expects the answer to refuse it in its slot. */
async function askInVain(asking: Side, way: Way, media: readonly MediaSpec[]): Promise<void> {
  const response = way === "UPDATE" ? await asking.update({ media }) : await asking.reinvite({ media });
  expect(response).to.have.status(way === "UPDATE" ? [200, 405, 488, 501] : [200, 488]);
  if (response.status !== 200) return;
  const { offer, answer } = await asking.session();
  expect(answer).to.answerTo(offer);
  expect(answer).to.have.media("video").rejected();
}

async function expectAudio(sides: readonly Side[]): Promise<void> {
  for (const side of sides) {
    expect(await side.session())
      .to.have.media("audio")
      .live()
      .direction("sendrecv");
  }
}

/** Both register, and are in a call of audio. */
async function connect(
  alice: Phone,
  bob: Phone,
  [offered, answered] = [AUDIO, WILLING],
): Promise<[OutgoingCall, IncomingCall]> {
  await Promise.all([alice.register(), bob.register()]);
  const call = await alice.call(bob, { media: offered });
  const incoming = await bob.nextInvite();
  await incoming.accept({ media: answered });
  expect(await call.final()).to.have.status(200);
  return [call, incoming];
}

for (const [caller, callee, asked] of [
  [
    "basic",
    "advanced",
    [
      ["callee", "re-INVITE", SENT_ONE_WAY],
      ["caller", "UPDATE", WILLING],
    ],
  ],
  [
    "advanced",
    "basic",
    [
      ["callee", "re-INVITE", WILLING],
      ["caller", "UPDATE", WILLING],
    ],
  ],
  [
    "basic",
    "basic",
    [
      ["caller", "UPDATE", WILLING],
      ["callee", "re-INVITE", WILLING],
    ],
  ],
] as const) {
  scenario(
    `video that is added to a call is refused, and the call goes on (${caller} calls ${callee})`,
    {
      rules: [caller, callee].includes("advanced") ? ["VID-08", "VID-09"] : ["VID-08"],
      phones: { alice: { type: caller }, bob: { type: callee } },
    },
    async ({ phones: { alice, bob }, step }) => {
      // Whoever asks second would take the video of the first.
      const [call, incoming] = await connect(
        alice,
        bob,
        asked[0][0] === "caller" ? [AUDIO, WILLING] : [WILLING, AUDIO],
      );
      for (const [who, way, media] of asked) {
        const type = who === "caller" ? caller : callee;
        const rule = type === "basic" ? "VID-08" : "VID-09";
        const [asking, far] = who === "caller" ? [call, bob] : [incoming, alice];
        await step(`the ${who} (${type}) asks by ${way}: it is answered, its video slot refused`, { rule }, () =>
          askInVain(asking, way, media),
        );
        await step("no live video reaches the other phone", { rule }, async () => {
          for (const seen of far.everySdp()) expect(seen).to.have.media("video").notLive();
          for (const side of [call, incoming]) {
            expect(await side.session())
              .to.have.media("video")
              .notLive();
          }
        });
        await step("the audio goes on", { rule, control: true }, async () => {
          expect(call.ended, "the call is over").to.equal(false);
          await expectAudio([call, incoming]);
        });
      }
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "video that a Basic phone adds to a hold, and to its end, is refused",
  { rules: ["VID-08"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    const [call, incoming] = await connect(alice, bob);
    await step("on hold", () => askInVain(call, "re-INVITE", [{ kind: "audio", direction: "sendonly" }, "video"]));
    await step("taken back", () => askInVain(call, "re-INVITE", WILLING));
    await step("no live video reaches the other phone", () => {
      for (const seen of bob.everySdp()) expect(seen).to.have.media("video").notLive();
    });
    await step("the audio goes on", { control: true }, () => expectAudio([call, incoming]));
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "Advanced phones add video to a call and take it away, and add it by UPDATE too",
  {
    rules: ["VID-07"],
    controls: ["VID-08", "VID-09"],
    phones: { alice: { type: "advanced" }, bob: { type: "advanced" } },
  },
  async ({ phones: { alice, bob }, step }) => {
    const [call, incoming] = await connect(alice, bob);
    const expectVideo = async (): Promise<void> => {
      for (const side of [call, incoming]) {
        expect(await side.session())
          .to.have.media("video")
          .live()
          .direction("sendrecv");
      }
    };
    for (const [adder, taker] of [
      [call, incoming],
      [incoming, call],
    ] as const) {
      const shown = { rule: ["VID-07", "VID-08", "VID-09"], control: true } as const;
      await step("with video added both see each other", shown, async () => {
        expect(await adder.reinvite({ media: WILLING })).to.have.status(200);
        await expectVideo();
      });
      await step("once the other takes it away both still hear each other", async () => {
        expect(await taker.reinvite({ media: ["audio", { kind: "video", port: 0 }] })).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .notLive();
        }
        await expectAudio([call, incoming]);
      });
    }
    const updated = { rule: ["VID-07", "VID-08"], control: true } as const;
    await step("added by UPDATE it passes, where the call manager takes one", updated, async () => {
      const response = await call.update({ media: WILLING });
      expect(response).to.have.status([200, 405, 501]);
      if (response.status === 200) await expectVideo();
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
