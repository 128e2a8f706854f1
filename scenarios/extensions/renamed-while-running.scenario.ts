import { expect, scenario, type Phone, type ProvisioningRuling } from "offhook";

/** Final responses by which a call manager may refuse a service URI (EXT-01…05). */
const REFUSALS = [403, 404, 405, 480, 488, 501, 603, 606];

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

async function expectRefused(phone: Phone, target: string): Promise<void> {
  expect(await (await phone.call(target)).final(), target).to.be.refused(REFUSALS);
}

scenario(
  "a service URI renamed while the call manager runs is refused to third-party phones by its new name",
  {
    rules: ["EXT-05", "EXT-14"],
    needs: ["administration"],
    phones: {
      basic: { type: "basic" },
      advanced: { type: "advanced", samePickupGroupAs: "basic" },
      ringing: { samePickupGroupAs: "basic" },
      caller: {},
    },
  },
  async ({ phones: { basic, advanced, ringing, caller }, step, administration }) => {
    const profile = `${basic.device.name}-renamed`;
    accepted(await administration.addSipProfile(profile, {}));
    for (const phone of [basic, advanced]) accepted(await administration.updatePhone(phone, { sipProfile: profile }));
    await Promise.all([basic, advanced, ringing, caller].map((phone) => phone.register()));
    const call = await caller.call(ringing);
    const incoming = await ringing.nextInvite();
    await incoming.ring();
    for (const callPickup of ["grab-it", "grab-that"]) {
      accepted(await administration.updateSipProfile(profile, { serviceUris: { callPickup } }));
      await step(`${callPickup} is refused to a Basic phone`, () => expectRefused(basic, callPickup));
      await step("and to an Advanced one", { rule: ["EXT-05", "EXT-14"] }, () => expectRefused(advanced, callPickup));
    }
    await step("so it is with a number behind it", () => expectRefused(basic, "grab-that-1234"));
    await step("the other phone rings on and can take the call", { control: true }, async () => {
      expect(incoming.ended, "the ringing call has ended").to.equal(false);
      await incoming.accept();
      expect(await call.final()).to.have.status(200);
      await Promise.all([call.hangUp(), ringing.nextRequest("BYE")]);
    });
    await step("a plain number is called as ever", { control: true }, async () => {
      const plain = await basic.call(advanced);
      await (await advanced.nextInvite()).reject(486);
      expect(await plain.final()).to.be.refused();
    });
  },
);
