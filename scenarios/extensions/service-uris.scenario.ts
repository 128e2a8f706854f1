import { expect, scenario, type IncomingCall, type OutgoingCall, type Phone } from "offhook";

/** Final responses by which a call manager may refuse a service URI (EXT-01…05). */
const REFUSALS = [403, 404, 405, 480, 488, 501, 603, 606];

async function expectRefused(phone: Phone, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    expect(await (await phone.call(target)).final(), target).to.be.refused(REFUSALS);
  }
}

async function expectRings(callee: Phone, caller: Phone): Promise<void> {
  const call = await caller.call(callee);
  await (await callee.nextInvite()).reject(486);
  expect(await call.final()).to.be.refused();
}

/** A call that rings, and may be picked up. */
interface RingingCall {
  readonly ringing: Phone;
  readonly incoming: IncomingCall;
  readonly call: OutgoingCall;
}

async function ring(ringing: Phone, caller: Phone): Promise<RingingCall> {
  const call = await caller.call(ringing);
  const incoming = await ringing.nextInvite();
  await incoming.ring();
  return { ringing, incoming, call };
}

/** The control of a pickup that was refused: it did nothing to the call. */
async function takesCall({ ringing, incoming, call }: RingingCall): Promise<void> {
  await ringing.noInvite();
  expect(incoming.ended, "the ringing call has ended").to.equal(false);
  await incoming.accept();
  expect(await call.final()).to.have.status(200);
  await Promise.all([call.hangUp(), ringing.nextRequest("BYE")]);
}

/** A Basic and an Advanced phone in the pickup group of a third, which is called. */
const PICKUP_GROUP = {
  basic: { type: "basic" },
  advanced: { type: "advanced", samePickupGroupAs: "basic" },
  ringing: { samePickupGroupAs: "basic" },
  caller: {},
} as const;

scenario(
  "third-party phones cannot pick up a call by the Call Pickup URI",
  { rules: ["EXT-01", "EXT-14"], phones: PICKUP_GROUP },
  async ({ phones: { basic, advanced, ringing, caller }, step }) => {
    await Promise.all([basic, advanced, ringing, caller].map((phone) => phone.register()));
    const ringingCall = await ring(ringing, caller);
    await step("the pickup is refused to a Basic phone", () => expectRefused(basic, ["x-cisco-serviceuri-pickup"]));
    await step("and to an Advanced one", { rule: ["EXT-01", "EXT-14"] }, () =>
      expectRefused(advanced, ["x-cisco-serviceuri-pickup"]),
    );
    await step("the other phone rings on and can take the call", { rule: "EXT-01", control: true }, () =>
      takesCall(ringingCall),
    );
  },
);

scenario(
  "third-party phones cannot use the pickup URIs for other groups",
  { rules: ["EXT-02", "EXT-14"], phones: PICKUP_GROUP },
  async ({ phones: { basic, advanced, ringing, caller }, step }) => {
    await Promise.all([basic, advanced, ringing, caller].map((phone) => phone.register()));
    const ringingCall = await ring(ringing, caller);
    const own = `x-cisco-serviceuri-gpickup-${ringing.lines[0]?.pickupGroup ?? "1234"}`;
    await step("each is refused to a Basic phone", () =>
      expectRefused(basic, ["x-cisco-serviceuri-opickup", "x-cisco-serviceuri-gpickup", own]),
    );
    await step("and to an Advanced one", { rule: ["EXT-02", "EXT-14"] }, () =>
      expectRefused(advanced, ["x-cisco-serviceuri-opickup-1234", "x-cisco-serviceuri-gpickup-1234", own]),
    );
    await step("the other phone rings on and can take the call", { rule: "EXT-02", control: true }, () =>
      takesCall(ringingCall),
    );
  },
);

scenario(
  "third-party phones cannot open a Meet-Me conference",
  { rules: ["EXT-03", "EXT-14"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" } } },
  async ({ phones: { basic, advanced }, step }) => {
    await Promise.all([basic.register(), advanced.register()]);
    await step("the Meet-Me URI is refused to a Basic phone", () =>
      expectRefused(basic, ["x-cisco-serviceuri-meetme-3601", "x-cisco-serviceuri-meetme"]),
    );
    await step("and to an Advanced one, with an offer and without", { rule: ["EXT-03", "EXT-14"] }, async () => {
      await expectRefused(advanced, ["x-cisco-serviceuri-meetme-3602"]);
      const withoutOffer = await advanced.call("x-cisco-serviceuri-meetme-3602", { sdp: null });
      expect(await withoutOffer.final()).to.be.refused(REFUSALS);
    });
    await step("there is no conference to join", async () => {
      expect(await (await advanced.call("3601")).final()).to.be.refused();
      expect(await (await basic.call("3602")).final()).to.be.refused();
    });
    await step("a plain number is called as ever", { control: true }, () => expectRings(basic, advanced));
  },
);

scenario(
  "third-party phones cannot forward their calls or dial by an abbreviation",
  {
    rules: ["EXT-04", "EXT-14"],
    phones: { basic: { type: "basic" }, advanced: { type: "advanced" }, carol: {} },
  },
  async ({ phones: { basic, advanced, carol }, step, target }) => {
    await Promise.all([basic.register(), advanced.register(), carol.register()]);
    const forward = `cfwdall-${carol.directoryNumber}`;
    await step("each is refused to a Basic phone", async () => {
      const services = [forward, "cfwdall", "abbrdial-01", "abbrdial"];
      await expectRefused(
        basic,
        services.map((service) => `x-cisco-serviceuri-${service}`),
      );
    });
    await step("and to an Advanced one, in whatever case", { rule: ["EXT-04", "EXT-14"] }, async () => {
      await expectRefused(advanced, [
        "x-cisco-serviceuri-abbrdial-01",
        `x-cisco-serviceuri-${forward}`,
        `X-CISCO-SERVICEURI-CFWDALL-${carol.directoryNumber}`,
        "x-Cisco-ServiceURI-cfwdAll-915551234567",
      ]);
    });
    await step("a call to the phones still rings there", async () => {
      await expectRings(basic, advanced);
      await expectRings(advanced, basic);
    });
    await step("so it does after a REFER to the URI, however it is answered", async () => {
      await basic.request("REFER", {
        to: `sip:${basic.directoryNumber}@${target.domain}`,
        headers: { "Refer-To": `<sip:x-cisco-serviceuri-${forward}@${target.domain}>` },
      });
      await expectRings(basic, advanced);
      await carol.noInvite();
    });
  },
);

scenario(
  "an Advanced phone is refused service URIs on its second line as well",
  { rules: ["EXT-01", "EXT-04", "EXT-14"], phones: { alice: { type: "advanced", lines: 2 } } },
  async ({ phones: { alice }, step }) => {
    await alice.register({ line: 1 });
    for (const [rule, service] of [
      [["EXT-01", "EXT-14"], "pickup"],
      [["EXT-04", "EXT-14"], "cfwdall-1009"],
    ] as const) {
      await step(`${service} is refused`, { rule }, async () => {
        const call = await alice.call(`x-cisco-serviceuri-${service}`, { line: 1 });
        expect(await call.final()).to.be.refused(REFUSALS);
      });
    }
  },
);

scenario(
  "third-party phones are refused a renamed service URI too",
  {
    rules: ["EXT-05", "EXT-14"],
    phones: {
      basic: { type: "basic", renamedServiceUri: "callPickup" },
      advanced: { type: "advanced", renamedServiceUri: "callPickup" },
    },
  },
  async ({ phones: { basic, advanced }, step }) => {
    await Promise.all([basic.register(), advanced.register()]);
    const { callPickup, callForward } = basic.device.sipProfile.serviceUris;
    expect(callPickup).not.to.equal("x-cisco-serviceuri-pickup");
    await step("the configured name, and the one that it had, are refused to a Basic phone", () =>
      expectRefused(basic, [callPickup, "x-cisco-serviceuri-pickup"]),
    );
    await step("and to an Advanced one", { rule: ["EXT-05", "EXT-14"] }, () =>
      expectRefused(advanced, [advanced.device.sipProfile.serviceUris.callPickup, "x-cisco-serviceuri-pickup"]),
    );
    await step("so is the configured name in capitals, service or nobody's number", async () => {
      expect(await (await basic.call(callPickup.toUpperCase())).final()).to.be.refused();
    });
    await step("so is a call forward by its configured name", () =>
      expectRefused(basic, [`${callForward}-${advanced.directoryNumber}`]),
    );
    await step("a number is called as ever, and nothing is forwarded", { control: true }, () =>
      expectRings(basic, advanced),
    );
  },
);

scenario(
  "phones that authenticate well are refused a service URI, not challenged for ever",
  {
    rules: ["EXT-13", "EXT-14"],
    phones: { basic: { type: "basic" }, advanced: { type: "advanced" } },
  },
  async ({ phones: { basic, advanced }, step, target }) => {
    // A pickup where nothing rings fails for everybody; a forward is set for whom it is not refused.
    for (const [phone, rule, services] of [
      [basic, ["EXT-13"], ["pickup"]],
      [advanced, ["EXT-13", "EXT-14"], ["pickup", `cfwdall-${basic.directoryNumber}`]],
    ] as const) {
      expect(await phone.register()).to.be.registered();
      await step(`the answer to good credentials of ${phone.name} is a refusal`, { rule }, async () => {
        for (const service of services) {
          const final = await (await phone.call(`x-cisco-serviceuri-${service}`)).final();
          expect(final).to.be.refused();
          expect(final.status, "status of the final response").not.to.be.oneOf([401, 407]);
        }
        const subscription = await phone.request("SUBSCRIBE", {
          to: `sip:${phone.directoryNumber}@${target.domain}`,
          headers: { Event: "dialog", Accept: "application/dialog-info+xml", Expires: "300" },
        });
        expect(subscription).to.be.refused();
        expect(subscription.final.status, "status of a subscription").not.to.be.oneOf([401, 407]);
      });
    }
  },
);

scenario(
  "a third-party phone is refused a service URI in whatever form it is written",
  {
    rules: ["EXT-01"],
    phones: {
      picker: { type: "basic" },
      ringing: { samePickupGroupAs: "picker" },
      unproved: { type: "advanced", digest: false },
      caller: { transport: "tcp" },
    },
  },
  async ({ phones: { picker, ringing, unproved, caller }, step, target }) => {
    await Promise.all([picker, ringing, unproved, caller].map((phone) => phone.register()));
    const ringingCall = await ring(ringing, caller);
    const uri = "x-cisco-serviceuri-pickup";
    await step("each form is refused", () =>
      expectRefused(picker, [
        `sip:${uri}@${target.domain};user=phone`,
        `sip:${uri}@${target.domain}:${target.port}`,
        `sip:x-cisco-serviceuri-blfpickup-${ringing.directoryNumber}@${target.domain}`,
        `sip:x-cisco-serviceuri%2Dpickup@${target.domain}`,
        ...["X-CISCO-SERVICEURI-PICKUP", "x-Cisco-ServiceURI-Pickup"].map((user) => `sip:${user}@${target.domain}`),
        ...target.names.map((name) => `sip:${uri}@${name}`),
      ]),
    );
    await step("so it is whatever To says", async () => {
      const headers = { To: `<sip:${ringing.directoryNumber}@${target.domain}>` };
      expect(await (await picker.call(uri, { headers })).final()).to.be.refused(REFUSALS);
    });
    await step("so it is by a phone with digest off, and over TCP", async () => {
      await expectRefused(unproved, [uri]);
      await expectRefused(caller, [uri]);
    });
    await step("the other phone rings on and can take the call", { control: true }, () => takesCall(ringingCall));
  },
);

scenario(
  "third-party phones are refused each service URI by its configured name",
  {
    rules: ["EXT-05", "EXT-14"],
    phones: {
      opickup: { type: "basic", renamedServiceUri: "callPickupGroupOther" },
      gpickup: { type: "advanced", renamedServiceUri: "callPickupGroup" },
      meetMe: { type: "basic", renamedServiceUri: "meetMe" },
      forward: { type: "advanced", renamedServiceUri: "callForward" },
      abbreviated: { type: "basic", renamedServiceUri: "abbreviatedDial" },
    },
  },
  async ({ phones: { opickup, gpickup, meetMe, forward, abbreviated }, step }) => {
    for (const [phone, service, rule] of [
      [opickup, "callPickupGroupOther", ["EXT-05"]],
      [gpickup, "callPickupGroup", ["EXT-05", "EXT-14"]],
      [meetMe, "meetMe", ["EXT-05"]],
      [forward, "callForward", ["EXT-05", "EXT-14"]],
      [abbreviated, "abbreviatedDial", ["EXT-05"]],
    ] as const) {
      await phone.register();
      const name = phone.device.sipProfile.serviceUris[service];
      await step(`${name} is refused`, { rule }, async () => {
        expect(name).not.to.match(/^x-cisco/);
        await expectRefused(phone, [name, `${name}-1234`]);
      });
    }
    await step("a number is called as ever", { control: true }, () => expectRings(meetMe, forward));
  },
);

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
      await expectRefused(alice, ["x-cisco-serviceuri-cfwdall"]);
    });
    await step("and does not take it away", async () => {
      expect(await passesAlice(), "the call goes to bob").to.equal(true);
    });
  },
);
