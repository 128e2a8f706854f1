import { expect, scenario, type OutgoingCall, type Phone } from "offhook";

/** The answer to a call that must not ring at `phone`; where it does, that is what the report says, not the silence. */
async function finalWithoutRinging(call: OutgoingCall, phone: Phone): ReturnType<OutgoingCall["final"]> {
  const final = call.final();
  await final.catch(() => undefined);
  await phone.noInvite();
  return await final;
}

/** The same session described anew: whoever changes a description raises its version by one (RFC 3264 §8). */
function nextVersion(sdp: string): string {
  return sdp.replace(/^(o=\S+ \S+ )(\d+)/m, (_line, head: string, version: string) => `${head}${Number(version) + 1}`);
}

function withDirection(sdp: string, direction: string): string {
  return `${sdp.replace(/^a=(sendrecv|sendonly|recvonly|inactive)\r\n/gm, "")}a=${direction}\r\n`;
}

const HOLD_FORMS = {
  "c=0.0.0.0": { change: (sdp: string) => sdp.replace(/^c=IN IP[46] \S+/gm, "c=IN IP4 0.0.0.0"), stops: false },
  "a=sendonly": { change: (sdp: string) => withDirection(sdp, "sendonly"), stops: true },
  "a=inactive": { change: (sdp: string) => withDirection(sdp, "inactive"), stops: true },
} as const;

for (const [type, holder] of [
  ["basic", "caller"],
  ["advanced", "callee"],
] as const) {
  scenario(
    `a phone (${type}, ${holder}) holds its call by each form of hold and takes it back`,
    { rules: ["CAL-10"], phones: { alice: { type }, bob: {} } },
    async ({ phones: { alice, bob }, step, observe }) => {
      await Promise.all([alice.register(), bob.register()]);
      const [caller, callee] = holder === "caller" ? [alice, bob] : [bob, alice];
      const call = await caller.call(callee);
      const incoming = await callee.nextInvite();
      await incoming.accept();
      await call.final();
      const [holding, held] = holder === "caller" ? [call, incoming] : [incoming, call];
      await holding.session();
      let talking = alice.everySdp({ direction: "sent" }).at(-1)?.message.body.toString() ?? "";
      for (const [form, { change, stops }] of Object.entries(HOLD_FORMS)) {
        await step(`the call is held by ${form}, its audio stays agreed`, async () => {
          expect(await holding.reinvite({ sdp: change(nextVersion(talking)) })).to.have.status(200);
          const { offer, answer } = await holding.session();
          expect(answer).to.answerTo(offer);
          const audio = expect(answer).to.have.media("audio").live();
          if (stops) audio.direction("recvonly", "inactive");
          const heldAudio = (await held.session()).remote.media[0];
          observe("what the held phone was told", { data: heldAudio });
          expect(await holding.listen()).to.have.receivedNothing("audio");
        });
        talking = nextVersion(nextVersion(talking));
        await step(`taken back from ${form}, there is audio both ways`, { rule: "CAL-10", control: true }, async () => {
          expect(await holding.reinvite({ sdp: talking })).to.have.status(200);
          for (const side of [holding, held]) {
            expect(await side.session())
              .to.have.media("audio")
              .live()
              .direction("sendrecv");
          }
        });
      }
      await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
    },
  );
}

scenario(
  "the call manager answers no challenge of a phone",
  { rules: ["CAL-12"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    for (const [status, header] of [
      [401, "WWW-Authenticate"],
      [407, "Proxy-Authenticate"],
    ] as const) {
      await step(`a call that bob challenges by ${status} fails, and comes no second time`, async () => {
        const call = await alice.call(bob);
        const incoming = await bob.nextInvite();
        await incoming.reject(status, { headers: { [header]: 'Digest realm="phone", nonce="c0ffee", algorithm=MD5' } });
        expect(await finalWithoutRinging(call, bob)).to.be.refused();
        expect(bob.trace).to.neverShow("> 2xx INVITE");
      });
    }
    await step("a call that he does not challenge connects", { rule: "CAL-12", control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).accept();
      expect(await call.final()).to.have.status(200);
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    });
  },
);

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `an OPTIONS of a phone (${type}) is answered with what the call manager can do`,
    { rules: ["CAL-13"], phones: { alice: { type } } },
    async ({ phones: { alice }, step, target }) => {
      await alice.register();
      await step("200 with Allow", async () => {
        const options = await alice.request("OPTIONS", { to: `sip:${target.domain}` });
        expect(options).to.have.status(200);
        expect(options).to.have.header("Allow", /\bINVITE\b/);
      });
    },
  );
}

scenario(
  "486 of a phone goes back to the caller and does not start its forward when busy",
  { rules: ["CAL-14"], phones: { alice: {}, bob: { forwardsBusyTo: "carol" }, carol: {} } },
  async ({ phones: { alice, bob, carol }, step }) => {
    await Promise.all([alice.register(), bob.register(), carol.register()]);
    await step("alice gets bob's 486, and carol does not ring", async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await finalWithoutRinging(call, carol)).to.have.status(486);
    });
    await step("carol can be called", { rule: "CAL-14", control: true }, async () => {
      const call = await alice.call(carol);
      await (await carol.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "a phone that moves a call on by 302 is obeyed, a Basic and an Advanced",
  {
    rules: ["CAL-14"],
    phones: { alice: {}, bob: { type: "basic" }, carol: { type: "advanced" } },
    numbers: { vacant: { unassigned: true } },
  },
  async ({ phones: { alice, bob, carol }, numbers: { vacant }, step, target }) => {
    await Promise.all([alice.register(), bob.register(), carol.register()]);
    const [name = target.domain] = target.names;
    for (const [moving, other, host] of [
      [bob, carol, target.domain],
      [carol, bob, name],
    ] as const) {
      await step(`${moving.name}'s 302 lets ${other.name} ring and talk with alice`, async () => {
        const call = await alice.call(moving);
        const moved = await moving.nextInvite();
        await moved.reject(302, { headers: { Contact: `<sip:${other.directoryNumber}@${host}>` } });
        const incoming = await other.nextInvite();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("audio")
            .live()
            .direction("sendrecv");
        }
        await Promise.all([call.hangUp(), other.nextRequest("BYE")]);
      });
    }
    await step("moved on to a number of nobody the call fails, and bob rings no second time", async () => {
      const call = await alice.call(bob);
      const moved = await bob.nextInvite();
      await moved.reject(302, { headers: { Contact: `<sip:${vacant}@${target.domain}>` } });
      expect(await finalWithoutRinging(call, bob)).to.be.refused();
    });
  },
);
