import { expect, scenario } from "offhook";

/** Final responses by which a call manager may refuse a service URI (EXT-01…05). */
const REFUSALS = [403, 404, 405, 480, 488, 501, 603, 606];

const TYPES = ["basic", "advanced"] as const;

for (const type of TYPES) {
  const also = type === "advanced" ? (["EXT-14"] as const) : [];

  scenario(
    `a third-party phone (${type}) cannot pick up a call by the Call Pickup URI`,
    {
      rules: ["EXT-01", ...also],
      phones: {
        picker: { type },
        ringing: { samePickupGroupAs: "picker" },
        caller: {},
      },
    },
    async ({ phones: { picker, ringing, caller }, step }) => {
      await Promise.all([picker.register(), ringing.register(), caller.register()]);
      const call = await caller.call(ringing);
      const incoming = await ringing.nextInvite();
      await incoming.ring();
      await step("the pickup is refused", { rule: ["EXT-01", ...also] }, async () => {
        const pickup = await picker.call("x-cisco-serviceuri-pickup");
        expect(await pickup.final()).to.be.refused(REFUSALS);
      });
      await step("the other phone rings on and can take the call", { rule: "EXT-01", control: true }, async () => {
        await ringing.noInvite();
        expect(incoming.ended, "the ringing call has ended").to.equal(false);
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        await Promise.all([call.hangUp(), ringing.nextRequest("BYE")]);
      });
    },
  );

  scenario(
    `a third-party phone (${type}) cannot use the pickup URIs for other groups`,
    {
      rules: ["EXT-02", ...also],
      phones: { picker: { type }, ringing: { samePickupGroupAs: "picker" }, caller: {} },
    },
    async ({ phones: { picker, ringing, caller }, step }) => {
      await Promise.all([picker.register(), ringing.register(), caller.register()]);
      const group = ringing.lines[0]?.pickupGroup ?? "1234";
      const call = await caller.call(ringing);
      const incoming = await ringing.nextInvite();
      await incoming.ring();
      for (const uri of ["opickup", "gpickup", "gpickup-1234", `gpickup-${group}`]) {
        await step(`${uri} is refused`, { rule: ["EXT-02", ...also] }, async () => {
          const pickup = await picker.call(`x-cisco-serviceuri-${uri}`);
          expect(await pickup.final()).to.be.refused(REFUSALS);
        });
      }
      await step("the other phone rings on and can take the call", { rule: "EXT-02", control: true }, async () => {
        await ringing.noInvite();
        expect(incoming.ended, "the ringing call has ended").to.equal(false);
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        await Promise.all([call.hangUp(), ringing.nextRequest("BYE")]);
      });
    },
  );

  scenario(
    `a third-party phone (${type}) cannot open a Meet-Me conference`,
    { rules: ["EXT-03", ...also], phones: { alice: { type }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      await step("the Meet-Me URI is refused", { rule: ["EXT-03", ...also] }, async () => {
        const meetMe = await alice.call("x-cisco-serviceuri-meetme-3601");
        expect(await meetMe.final()).to.be.refused(REFUSALS);
      });
      await step("there is no conference to join", { rule: "EXT-03" }, async () => {
        expect(await (await bob.call("3601")).final()).to.be.refused();
      });
      await step("a plain number is called as ever", { rule: "EXT-03", control: true }, async () => {
        const call = await alice.call(bob);
        await (await bob.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      });
    },
  );

  scenario(
    `a third-party phone (${type}) cannot forward its calls or dial by an abbreviation`,
    { rules: ["EXT-04", ...also], phones: { alice: { type }, bob: {}, carol: {} } },
    async ({ phones: { alice, bob, carol }, step }) => {
      await Promise.all([alice.register(), bob.register(), carol.register()]);
      for (const service of [`cfwdall-${bob.directoryNumber}`, "cfwdall", "abbrdial-01"]) {
        await step(`${service.replace(/\d{3,}/, "NNNN")} is refused`, { rule: ["EXT-04", ...also] }, async () => {
          const forward = await alice.call(`x-cisco-serviceuri-${service}`);
          expect(await forward.final()).to.be.refused(REFUSALS);
        });
      }
      await step("in whatever case it is written", { rule: ["EXT-04", ...also] }, async () => {
        for (const spelt of ["X-CISCO-SERVICEURI-CFWDALL", "x-Cisco-ServiceURI-cfwdAll"]) {
          const forward = await alice.call(`${spelt}-${bob.directoryNumber}`);
          expect(await forward.final()).to.be.refused(REFUSALS);
        }
      });
      await step("a call to the phone still rings there", { rule: "EXT-04" }, async () => {
        const call = await carol.call(alice);
        const incoming = await alice.nextInvite();
        expect(incoming.invite.method).to.equal("INVITE");
        await incoming.reject(486);
        expect(await call.final()).to.be.refused();
        await bob.noInvite();
      });
    },
  );

  scenario(
    `a third-party phone (${type}) is refused a renamed service URI too`,
    { rules: ["EXT-05", ...also], phones: { alice: { type, renamedServiceUri: "callPickup" }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const { callPickup, callForward } = alice.device.sipProfile.serviceUris;
      await step("the configured name is refused", { rule: ["EXT-05", ...also] }, async () => {
        expect(callPickup).not.to.equal("x-cisco-serviceuri-pickup");
        expect(await (await alice.call(callPickup)).final()).to.be.refused(REFUSALS);
      });
      await step("so is the name that it had", { rule: ["EXT-05", ...also] }, async () => {
        expect(await (await alice.call("x-cisco-serviceuri-pickup")).final()).to.be.refused(REFUSALS);
      });
      await step(
        "so is a call forward by its configured name, and nothing is forwarded",
        { rule: "EXT-05" },
        async () => {
          const forward = await alice.call(`${callForward}-${bob.directoryNumber}`);
          expect(await forward.final()).to.be.refused(REFUSALS);
          const call = await bob.call(alice);
          await (await alice.nextInvite()).reject(486);
          expect(await call.final()).to.be.refused();
        },
      );
      await step("a number is called as ever", { rule: "EXT-05", control: true }, async () => {
        const call = await alice.call(bob);
        await (await bob.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      });
    },
  );

  scenario(
    `a phone (${type}) that authenticates well is refused a service URI, not challenged for ever`,
    { rules: ["EXT-13", ...also], phones: { alice: { type } } },
    async ({ phones: { alice }, step }) => {
      expect(await alice.register()).to.be.registered();
      await step("the answer to good credentials is a refusal", { rule: ["EXT-13", ...also] }, async () => {
        const call = await alice.call("x-cisco-serviceuri-pickup");
        const final = await call.final();
        expect(final).to.be.refused();
        expect(final.status, "status of the final response").not.to.be.oneOf([401, 407]);
      });
    },
  );
}

scenario(
  "a forward that the administrator set works",
  {
    rules: ["EXT-04"],
    controls: ["EXT-04"],
    phones: { alice: { forwardsAllTo: "bob" }, bob: {}, carol: {} },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    await Promise.all([alice.register(), bob.register(), carol.register()]);
    /** Whether a call to alice passes her by; it is not taken. */
    const passesAlice = async (): Promise<boolean> => {
      const mark = alice.mark();
      const call = await carol.call(alice);
      const first = await Promise.race([bob.nextInvite(), alice.nextInvite()]);
      await first.reject(486);
      expect(await call.final()).to.be.refused();
      return !alice.trace
        .since(mark)
        .entries.some(
          ({ direction, message }) =>
            direction === "received" && message?.kind === "request" && message.cseq.method === "INVITE",
        );
    };
    await step("a call to alice rings at bob", { rule: "EXT-04", control: true }, async () => {
      expect(await passesAlice(), "the call goes to bob").to.equal(true);
      await alice.noInvite();
    });
    await step("the URI that would take the forward away is refused", async () => {
      expect(await (await alice.call("x-cisco-serviceuri-cfwdall")).final()).to.be.refused(REFUSALS);
    });
    await step("and does not take it away", async () => {
      expect(await passesAlice(), "the call goes to bob").to.equal(true);
    });
  },
);
