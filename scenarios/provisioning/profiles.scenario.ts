import { expect, scenario, type Phone, type ProvisioningRuling } from "offhook";

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

function refused({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is refused (${reason})`).to.equal("refused");
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `digest is enabled in a phone security profile of one's own, not in a standard one (${type})`,
    {
      rules: ["PRV-04"],
      needs: ["administration"],
      phones: { alice: { type, digest: false, ownStandardProfile: true } },
    },
    async ({ phones: { alice }, step, administration }) => {
      const { securityProfile: standard = "" } = (await administration.readPhone(alice)) ?? {};
      await step("in the standard profile of the phone it is refused", async () => {
        refused(await administration.setDigestAuthentication(standard, true));
        const { digestAuthentication } = (await administration.readSecurityProfile(standard)) ?? {};
        expect(digestAuthentication, "the check box").to.equal(false);
      });
      await step("the password is not verified, as before", async () => {
        expect(await alice.register({ password: "not-the-password" })).to.be.registered();
        await alice.unregister();
      });
      await step("in a new profile it is accepted, and acts", { rule: "PRV-04", control: true }, async () => {
        const own = `${alice.device.name}-digest`;
        accepted(await administration.addSecurityProfile(`${own}-at-once`, { digestAuthentication: true }));
        accepted(await administration.addSecurityProfile(own, { digestAuthentication: false }));
        accepted(await administration.setDigestAuthentication(own, true));
        accepted(await administration.updatePhone(alice, { securityProfile: own }));
        expect(await alice.register({ password: "not-the-password", callId: "new" })).to.be.refused([401, 403]);
        expect(await alice.register()).to.be.registered();
      });
    },
  );
}

scenario(
  'of a SIP profile only the section "SIP Profile Information" acts on a phone',
  { rules: ["PRV-05"], needs: ["administration"], phones: { alice: { type: "advanced" }, bob: {}, carol: {} } },
  async ({ phones: { alice, bob, carol }, step, administration, target, observe }) => {
    const profile = `${alice.device.name}-profile`;
    accepted(await administration.addSipProfile(profile, {}));
    accepted(await administration.updatePhone(alice, { sipProfile: profile }));
    await Promise.all([bob.register(), carol.register()]);
    const before = await appearance(alice, bob, carol, target.domain);
    await step("a change of what phones read by TFTP changes nothing on the wire", async () => {
      const phoneParameters = { registerExpiresSeconds: 61, maxRedirects: 0 };
      accepted(await administration.updateSipProfile(profile, { phoneParameters }));
      expect((await administration.readSipProfile(profile))?.phoneParameters).to.deep.equal(phoneParameters);
      expect(await appearance(alice, bob, carol, target.domain), "registration and call").to.deep.equal(before);
    });
    await step("early offer, of that section, does", { rule: "PRV-05", control: true }, async () => {
      accepted(await administration.updateSipProfile(profile, { earlyOffer: true, telephoneEventPayloadType: 97 }));
      const after = await appearance(alice, bob, carol, target.domain);
      expect(after.offered, "INVITE with an offer").to.equal(true);
      observe("INVITE with an offer before", { data: { offered: before.offered } });
    });
  },
);

/** What the phone sees of its profile: the lifetime it gets, how calls come, and whether its redirection is followed. */
async function appearance(phone: Phone, caller: Phone, other: Phone, domain: string) {
  const registration = await phone.register({ callId: "new" });
  expect(registration).to.be.registered();
  const call = await caller.call(phone);
  const incoming = await phone.nextInvite();
  await incoming.reject(302, { headers: { Contact: `<sip:${other.directoryNumber}@${domain}>` } });
  let followed = false;
  const moved = other.nextInvite().then(
    async (again) => {
      // The caller may know of the refusal before the phone that refuses knows that it was sent.
      followed = true;
      await again.reject(486);
    },
    () => undefined,
  );
  await Promise.race([moved, call.final()]);
  await call.final();
  return { expiresSeconds: registration.expiresSeconds, offered: incoming.offer !== undefined, followed };
}
