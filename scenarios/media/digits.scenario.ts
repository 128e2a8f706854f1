import { expect, scenario, type MediaReport, type Phone, type IncomingCall, type OutgoingCall } from "offhook";

/** A call from one phone to another, answered. */
async function connect(caller: Phone, callee: Phone): Promise<[OutgoingCall, IncomingCall]> {
  await Promise.all([caller.register(), callee.register()]);
  const call = await caller.call(callee);
  const incoming = await callee.nextInvite();
  await incoming.accept();
  expect(await call.final()).to.have.status(200);
  return [call, incoming];
}

/** What `listener` heard when `speaker` has pressed the keys and the last of them arrived. */
async function press(
  digits: string,
  speaker: OutgoingCall | IncomingCall,
  listener: typeof speaker,
): Promise<MediaReport> {
  await speaker.sendDigits(digits, { digitMs: 60 });
  for (let heard = 0; heard < digits.length; heard += 1) await listener.nextDigit();
  return listener.media();
}

for (const earlyOffer of [false, true]) {
  const offer = earlyOffer ? "early" : "delayed";
  scenario(
    `telephone-event stays in the answer when both phones have it, and digits go through (${offer} offer)`,
    { rules: ["DTM-02"], phones: { alice: {}, bob: { earlyOffer } } },
    async ({ phones: { alice, bob }, step }) => {
      const [call, incoming] = await connect(alice, bob);
      await step("alice's answer has telephone-event under the number that she offered, digits 0-15", async () => {
        const { answer } = await call.session();
        expect(answer).to.have.media("audio").codec("telephone-event");
        const [audio] = answer.media;
        const lines = audio?.attributes.map(({ name, value }) => `${name}:${value ?? ""}`) ?? [];
        expect(lines).to.include("rtpmap:101 telephone-event/8000");
        expect(lines).to.include("fmtp:101 0-15");
      });
      await step("bob has it too, in whichever description answers", async () => {
        const session = await incoming.session();
        expect(session.answer).to.have.media("audio").codec("telephone-event");
      });
      await step("bob hears the keys that alice presses", async () => {
        expect(await press("159#", call, incoming)).to.have.digits("159#");
      });
      await step("alice hears the keys that bob presses, the same one twice too", async () => {
        expect(await press("0*00", incoming, call)).to.have.digits("0*00");
      });
      if (!earlyOffer) {
        await step("both have it after a hold as well", async () => {
          expect(await call.hold()).to.have.status(200);
          expect(await call.resume()).to.have.status(200);
          for (const side of [call, incoming]) {
            expect((await side.session()).answer)
              .to.have.media("audio")
              .codec("telephone-event");
          }
        });
      }
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );

  scenario(
    `digits go through between phones that number telephone-event differently (${offer} offer)`,
    { rules: ["DTM-02"], phones: { alice: {}, bob: { telephoneEventPayloadType: 96, earlyOffer } } },
    async ({ phones: { alice, bob }, step }) => {
      const [call, incoming] = await connect(alice, bob);
      await step("telephone-event is in the answer", async () => {
        const { answer } = await call.session();
        expect(answer).to.have.media("audio").codec("telephone-event");
      });
      await step("bob, who listens for 96, hears the keys that alice presses", async () => {
        expect(await press("12", call, incoming)).to.have.digits("12");
      });
      await step("alice, who listens for 101, hears the keys that bob presses", async () => {
        expect(await press("34", incoming, call)).to.have.digits("34");
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "digits reach a phone that requires DTMF reception as signals",
  { rules: ["DTM-01", "DTM-02"], phones: { alice: {}, bob: { requireDtmfReception: true } } },
  async ({ phones: { alice, bob }, step }) => {
    const [call, incoming] = await connect(alice, bob);
    await step("bob gets the digits that alice sends by RTP, in RTP or in a message", async () => {
      expect(await press("9011", call, incoming)).to.have.digits("9011");
    });
    await step("telephone-event is agreed with bob, as both have it", { rule: "DTM-02" }, async () => {
      expect((await incoming.session()).answer)
        .to.have.media("audio")
        .codec("telephone-event");
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "a phone that does not require DTMF reception gets its calls all the same",
  { rules: ["DTM-01"], controls: ["DTM-01"], phones: { alice: {}, bob: { requireDtmfReception: false } } },
  async ({ phones: { alice, bob }, step }) => {
    await step("the call connects, with audio", { control: true }, async () => {
      const [call, incoming] = await connect(alice, bob);
      expect(await incoming.nextAudio()).to.have.receivedAudio();
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    });
  },
);
