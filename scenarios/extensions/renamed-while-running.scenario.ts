import { expect, scenario, type ProvisioningRuling } from "offhook";

/** Final responses by which a call manager may refuse a service URI (EXT-01…05). */
const REFUSALS = [403, 404, 405, 480, 488, 501, 603, 606];

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

for (const type of ["basic", "advanced"] as const) {
  const rules = type === "advanced" ? (["EXT-05", "EXT-14"] as const) : (["EXT-05"] as const);

  scenario(
    `a service URI renamed while the call manager runs is refused to a phone (${type}) by its new name`,
    {
      rules,
      needs: ["administration"],
      phones: { picker: { type }, ringing: { samePickupGroupAs: "picker" }, caller: {} },
    },
    async ({ phones: { picker, ringing, caller }, step, administration }) => {
      const profile = `${picker.device.name}-renamed`;
      accepted(await administration.addSipProfile(profile, {}));
      accepted(await administration.updatePhone(picker, { sipProfile: profile }));
      await Promise.all([picker, ringing, caller].map((phone) => phone.register()));
      const call = await caller.call(ringing);
      const incoming = await ringing.nextInvite();
      await incoming.ring();
      for (const callPickup of ["grab-it", "grab-that"]) {
        accepted(await administration.updateSipProfile(profile, { serviceUris: { callPickup } }));
        for (const uri of [callPickup, `${callPickup}-1234`]) {
          await step(`${uri} is refused`, { rule: rules }, async () => {
            expect(await (await picker.call(uri)).final()).to.be.refused(REFUSALS);
          });
        }
      }
      await step("the other phone rings on and can take the call", { rule: "EXT-05", control: true }, async () => {
        expect(incoming.ended, "the ringing call has ended").to.equal(false);
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        await Promise.all([call.hangUp(), ringing.nextRequest("BYE")]);
      });
      await step("a plain number is called as ever", { rule: "EXT-05", control: true }, async () => {
        const plain = await picker.call(caller);
        await (await caller.nextInvite()).reject(486);
        expect(await plain.final()).to.be.refused();
      });
    },
  );
}
