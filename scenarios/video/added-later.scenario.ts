import { expect, scenario, type IncomingCall, type MediaSpec, type OutgoingCall } from "offhook";

const AUDIO: readonly MediaSpec[] = ["audio"];
/** What the phone wants that does not add the video: it would take it. */
const WILLING: readonly MediaSpec[] = ["audio", "video"];

/** How a phone asks for another session: by re-INVITE, or by UPDATE (RFC 3311) where the target takes one. */
type Way = "re-INVITE" | "UPDATE";

function addVideo(call: OutgoingCall | IncomingCall, way: Way): ReturnType<OutgoingCall["reinvite"]> {
  return way === "UPDATE" ? call.update({ media: WILLING }) : call.reinvite({ media: WILLING });
}

for (const other of ["advanced", "basic"] as const) {
  for (const [adder, way] of [
    ["caller", "re-INVITE"],
    ["callee", "re-INVITE"],
    [other === "basic" ? "caller" : "callee", "UPDATE"],
  ] as const) {
    scenario(
      `video that a Basic phone (${adder}) adds by ${way} to a call with another (${other}) is refused, and the call goes on`,
      {
        rules: ["VID-08"],
        phones: {
          alice: { type: adder === "caller" ? "basic" : other },
          bob: { type: adder === "caller" ? other : "basic" },
        },
      },
      async ({ phones: { alice, bob }, step }) => {
        await Promise.all([alice.register(), bob.register()]);
        const call = await alice.call(bob, { media: adder === "caller" ? AUDIO : WILLING });
        const incoming = await bob.nextInvite();
        await incoming.accept({ media: adder === "caller" ? WILLING : AUDIO });
        expect(await call.final()).to.have.status(200);
        const [adding, far] = adder === "caller" ? [call, bob] : [incoming, alice];
        await step("it is answered, its video slot refused", async () => {
          const response = await addVideo(adding, way);
          expect(response).to.have.status(way === "UPDATE" ? [200, 405, 488, 501] : [200, 488]);
          if (response.status !== 200) return;
          const { offer, answer } = await adding.session();
          expect(answer).to.answerTo(offer);
          expect(answer).to.have.media("video").rejected();
        });
        await step("no live video reaches the other phone", async () => {
          for (const seen of far.everySdp()) expect(seen).to.have.media("video").notLive();
          for (const side of [call, incoming]) {
            expect(await side.session())
              .to.have.media("video")
              .notLive();
          }
        });
        await step("the audio goes on", { control: true }, async () => {
          expect(call.ended, "the call is over").to.equal(false);
          for (const side of [call, incoming]) {
            expect(await side.session())
              .to.have.media("audio")
              .live()
              .direction("sendrecv");
          }
        });
        await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      },
    );
  }
}

for (const [adder, way] of [
  ["caller", "re-INVITE"],
  ["callee", "re-INVITE"],
  ["caller", "UPDATE"],
] as const) {
  scenario(
    `video that an Advanced phone (${adder}) adds by ${way} to a call with a Basic one does not reach it`,
    {
      rules: ["VID-09"],
      phones: {
        alice: { type: adder === "caller" ? "advanced" : "basic" },
        bob: { type: adder === "caller" ? "basic" : "advanced" },
      },
    },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: adder === "caller" ? AUDIO : WILLING });
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: adder === "caller" ? WILLING : AUDIO });
      expect(await call.final()).to.have.status(200);
      const [adding, basic] = adder === "caller" ? [call, bob] : [incoming, alice];
      await step("the Advanced phone is answered with its video slot refused", async () => {
        const response = await addVideo(adding, way);
        expect(response).to.have.status(way === "UPDATE" ? [200, 405, 488, 501] : [200, 488]);
        if (response.status !== 200) return;
        const { offer, answer } = await adding.session();
        expect(answer).to.answerTo(offer);
        expect(answer).to.have.media("video").rejected();
      });
      await step("the Basic phone never sees live video", () => {
        for (const seen of basic.everySdp()) expect(seen).to.have.media("video").notLive();
      });
      await step("the audio is kept", { control: true }, async () => {
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("audio")
            .live()
            .direction("sendrecv");
        }
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

const SHOWN = ["VID-07", "VID-08", "VID-09"] as const;

for (const adder of ["caller", "callee"] as const) {
  scenario(
    `an Advanced phone (${adder}) adds video to a call with another Advanced one and takes it away`,
    {
      rules: ["VID-07"],
      controls: ["VID-08", "VID-09"],
      phones: { alice: { type: "advanced" }, bob: { type: "advanced" } },
    },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob, { media: adder === "caller" ? AUDIO : WILLING });
      const incoming = await bob.nextInvite();
      await incoming.accept({ media: adder === "caller" ? WILLING : AUDIO });
      expect(await call.final()).to.have.status(200);
      const adding = adder === "caller" ? call : incoming;
      await step("with video added both see each other", { rule: SHOWN, control: true }, async () => {
        expect(await adding.reinvite({ media: WILLING })).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .live();
        }
      });
      await step("without it both still hear each other", async () => {
        expect(await adding.reinvite({ media: ["audio", { kind: "video", port: 0 }] })).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("video")
            .notLive();
          expect(await side.session())
            .to.have.media("audio")
            .live()
            .direction("sendrecv");
        }
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}
