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

for (const [form, { change, stops }] of Object.entries(HOLD_FORMS)) {
  for (const holder of ["caller", "callee"] as const) {
    scenario(
      `the ${holder} holds a call by ${form} and takes it back`,
      { rules: ["CAL-10"], phones: { alice: {}, bob: {} } },
      async ({ phones: { alice, bob }, step, observe }) => {
        await Promise.all([alice.register(), bob.register()]);
        const call = await alice.call(bob);
        const incoming = await bob.nextInvite();
        await incoming.accept();
        await call.final();
        const [holding, held, phone] = holder === "caller" ? [call, incoming, alice] : [incoming, call, bob];
        await holding.session();
        const talking = phone.everySdp({ direction: "sent" }).at(-1)?.message.body.toString() ?? "";
        await step("the call is held, its audio stays agreed", async () => {
          expect(await holding.reinvite({ sdp: change(nextVersion(talking)) })).to.have.status(200);
          const { offer, answer } = await holding.session();
          expect(answer).to.answerTo(offer);
          const audio = expect(answer).to.have.media("audio").live();
          if (stops) audio.direction("recvonly", "inactive");
          const heldAudio = (await held.session()).remote.media[0];
          observe("what the held phone was told", { data: heldAudio });
          expect(await holding.listen()).to.have.receivedNothing("audio");
        });
        await step("taken back, there is audio both ways", { rule: "CAL-10", control: true }, async () => {
          expect(await holding.reinvite({ sdp: nextVersion(nextVersion(talking)) })).to.have.status(200);
          for (const side of [holding, held]) {
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

scenario(
  "with another user's credentials a phone cannot call, not even right ones",
  { rules: ["CAL-03"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("alice's INVITE with bob's user and password is refused, and he does not ring", async () => {
      const { id = "", password = "" } = bob.user ?? {};
      const call = await alice.call(bob, { username: id, password });
      expect(await finalWithoutRinging(call, bob)).to.be.refused([401, 403, 404, 407]);
    });
    await step("with her own the call rings", { rule: "CAL-03", control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

for (const [status, header] of [
  [401, "WWW-Authenticate"],
  [407, "Proxy-Authenticate"],
] as const) {
  scenario(
    `the call manager answers no challenge (${status}) of a phone`,
    { rules: ["CAL-12"], phones: { alice: {}, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      await step("the call that bob challenges fails, and comes no second time", async () => {
        const call = await alice.call(bob);
        const incoming = await bob.nextInvite();
        await incoming.reject(status, { headers: { [header]: 'Digest realm="phone", nonce="c0ffee", algorithm=MD5' } });
        expect(await finalWithoutRinging(call, bob)).to.be.refused();
        expect(bob.trace).to.neverShow("> 2xx INVITE");
      });
      await step("a call that he does not challenge connects", { rule: "CAL-12", control: true }, async () => {
        const call = await alice.call(bob);
        await (await bob.nextInvite()).accept();
        expect(await call.final()).to.have.status(200);
        await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      });
    },
  );
}

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

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a phone (${type}) that moves a call on by 302 is obeyed`,
    { rules: ["CAL-14"], phones: { alice: {}, bob: { type }, carol: {} } },
    async ({ phones: { alice, bob, carol }, step, target }) => {
      await Promise.all([alice.register(), bob.register(), carol.register()]);
      await step("bob's 302 lets carol ring, and she talks with alice", async () => {
        const call = await alice.call(bob);
        const moved = await bob.nextInvite();
        await moved.reject(302, { headers: { Contact: `<sip:${carol.directoryNumber}@${target.domain}>` } });
        const incoming = await carol.nextInvite();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("audio")
            .live()
            .direction("sendrecv");
        }
        await Promise.all([call.hangUp(), carol.nextRequest("BYE")]);
      });
    },
  );
}

scenario(
  "a phone that moves a call on to a number of nobody does not loop it",
  { rules: ["CAL-14"], phones: { alice: {}, bob: {} }, numbers: { vacant: { unassigned: true } } },
  async ({ phones: { alice, bob }, numbers: { vacant }, step, target }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("the call fails, and bob rings no second time", async () => {
      const call = await alice.call(bob);
      const moved = await bob.nextInvite();
      await moved.reject(302, { headers: { Contact: `<sip:${vacant}@${target.domain}>` } });
      expect(await finalWithoutRinging(call, bob)).to.be.refused();
    });
  },
);
