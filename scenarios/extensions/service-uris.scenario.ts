import { expect, scenario, type IncomingCall, type OutgoingCall, type Phone } from "offhook";

/** Final responses by which a call manager may refuse a service URI (EXT-01…05). */
const REFUSALS = [403, 404, 405, 480, 488, 501, 603, 606];

const TYPES = ["basic", "advanced"] as const;

/** The control of a pickup that was refused: it did nothing to the call. */
async function takesCall({
  ringing,
  incoming,
  call,
}: {
  readonly ringing: Phone;
  readonly incoming: IncomingCall;
  readonly call: OutgoingCall;
}): Promise<void> {
  await ringing.noInvite();
  expect(incoming.ended, "the ringing call has ended").to.equal(false);
  await incoming.accept();
  expect(await call.final()).to.have.status(200);
  await Promise.all([call.hangUp(), ringing.nextRequest("BYE")]);
}

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
      await step("the other phone rings on and can take the call", { rule: "EXT-01", control: true }, () =>
        takesCall({ ringing, incoming, call }),
      );
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
      for (const uri of ["opickup", "opickup-1234", "gpickup", "gpickup-1234", `gpickup-${group}`]) {
        await step(`${uri} is refused`, { rule: ["EXT-02", ...also] }, async () => {
          const pickup = await picker.call(`x-cisco-serviceuri-${uri}`);
          expect(await pickup.final()).to.be.refused(REFUSALS);
        });
      }
      await step("the other phone rings on and can take the call", { rule: "EXT-02", control: true }, () =>
        takesCall({ ringing, incoming, call }),
      );
    },
  );

  scenario(
    `a third-party phone (${type}) cannot open a Meet-Me conference`,
    { rules: ["EXT-03", ...also], phones: { alice: { type }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      await step("the Meet-Me URI is refused", { rule: ["EXT-03", ...also] }, async () => {
        for (const uri of ["meetme-3601", "meetme"]) {
          expect(await (await alice.call(`x-cisco-serviceuri-${uri}`)).final(), uri).to.be.refused(REFUSALS);
        }
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
      for (const service of [`cfwdall-${bob.directoryNumber}`, "cfwdall", "abbrdial-01", "abbrdial"]) {
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
    async ({ phones: { alice }, step, target }) => {
      expect(await alice.register()).to.be.registered();
      await step("the answer to good credentials is a refusal", { rule: ["EXT-13", ...also] }, async () => {
        // A pickup where nothing rings fails for everybody; a forward is set for whom it is not refused.
        for (const service of ["pickup", "cfwdall-1009"]) {
          const final = await (await alice.call(`x-cisco-serviceuri-${service}`)).final();
          expect(final).to.be.refused();
          expect(final.status, "status of the final response").not.to.be.oneOf([401, 407]);
        }
        const subscription = await alice.request("SUBSCRIBE", {
          to: `sip:${alice.directoryNumber}@${target.domain}`,
          headers: { Event: "dialog", Accept: "application/dialog-info+xml", Expires: "300" },
        });
        expect(subscription).to.be.refused();
        expect(subscription.final.status, "status of a subscription").not.to.be.oneOf([401, 407]);
      });
    },
  );

  scenario(
    `a third-party phone (${type}) is refused a service URI in whatever form it is written`,
    {
      rules: ["EXT-01", ...also],
      phones: {
        picker: { type },
        ringing: { samePickupGroupAs: "picker" },
        unproved: { type, digest: false },
        streamed: { type, transport: "tcp" },
        caller: {},
      },
    },
    async ({ phones: { picker, ringing, unproved, streamed, caller }, step, target }) => {
      await Promise.all([picker, ringing, unproved, streamed, caller].map((phone) => phone.register()));
      const call = await caller.call(ringing);
      const incoming = await ringing.nextInvite();
      await incoming.ring();
      const uri = "x-cisco-serviceuri-pickup";
      const forms = [
        `sip:${uri}@${target.domain};user=phone`,
        `sip:${uri}@${target.domain}:${target.port}`,
        `sip:x-cisco-serviceuri-blfpickup-${ringing.directoryNumber}@${target.domain}`,
        `sip:x-cisco-serviceuri%2Dpickup@${target.domain}`,
        ...["X-CISCO-SERVICEURI-PICKUP", "x-Cisco-ServiceURI-Pickup"].map((user) => `sip:${user}@${target.domain}`),
        ...target.names.map((name) => `sip:${uri}@${name}`),
      ];
      for (const form of forms) {
        await step(`${form} is refused`, { rule: ["EXT-01", ...also] }, async () => {
          expect(await (await picker.call(form)).final()).to.be.refused(REFUSALS);
        });
      }
      await step("so it is whatever To says", { rule: ["EXT-01", ...also] }, async () => {
        const headers = { To: `<sip:${ringing.directoryNumber}@${target.domain}>` };
        expect(await (await picker.call(uri, { headers })).final()).to.be.refused(REFUSALS);
      });
      await step("so it is by phones with digest off, and over TCP", { rule: ["EXT-01", ...also] }, async () => {
        for (const phone of [unproved, streamed]) {
          expect(await (await phone.call(uri)).final(), phone.name).to.be.refused(REFUSALS);
        }
      });
      await step("the other phone rings on and can take the call", { rule: "EXT-01", control: true }, () =>
        takesCall({ ringing, incoming, call }),
      );
    },
  );

  scenario(
    `a third-party phone (${type}) is refused each service URI by its configured name`,
    {
      rules: ["EXT-05", ...also],
      phones: {
        opickup: { type, renamedServiceUri: "callPickupGroupOther" },
        gpickup: { type, renamedServiceUri: "callPickupGroup" },
        meetMe: { type, renamedServiceUri: "meetMe" },
        forward: { type, renamedServiceUri: "callForward" },
        abbreviated: { type, renamedServiceUri: "abbreviatedDial" },
      },
    },
    async ({ phones: { opickup, gpickup, meetMe, forward, abbreviated }, step }) => {
      const renamed = [
        [opickup, "callPickupGroupOther"],
        [gpickup, "callPickupGroup"],
        [meetMe, "meetMe"],
        [forward, "callForward"],
        [abbreviated, "abbreviatedDial"],
      ] as const;
      for (const [phone, service] of renamed) {
        await phone.register();
        const name = phone.device.sipProfile.serviceUris[service];
        await step(`${name} is refused`, { rule: ["EXT-05", ...also] }, async () => {
          expect(name).not.to.match(/^x-cisco/);
          for (const uri of [name, `${name}-1234`]) {
            expect(await (await phone.call(uri)).final(), uri).to.be.refused(REFUSALS);
          }
        });
      }
      await step("a number is called as ever", { rule: "EXT-05", control: true }, async () => {
        const call = await forward.call(meetMe);
        await (await meetMe.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
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
