import { expect, scenario, type ProvisioningRuling } from "offhook";

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `"Require DTMF Reception" and "RFC2833 Disabled" of a new phone (${type}) are off, and can be set`,
    { rules: ["DTM-05"], needs: ["administration", "licences"], phones: {}, numbers: { vacant: { unassigned: true } } },
    async ({ numbers: { vacant }, step, administration }) => {
      const name = `SEP00000000${vacant}`;
      const boxes = async (): Promise<readonly (boolean | undefined)[]> => {
        const { requireDtmfReception, rfc2833Disabled } = (await administration.readPhone(name)) ?? {};
        return [requireDtmfReception, rfc2833Disabled];
      };
      accepted(await administration.addPhone({ name, type, lines: [{ directoryNumber: vacant }] }));
      await step("both are off", async () => {
        expect(await boxes(), "the two check boxes").to.deep.equal([false, false]);
      });
      await step("each is set by itself, and cleared", async () => {
        accepted(await administration.updatePhone(name, { requireDtmfReception: true }));
        expect(await boxes(), "the two check boxes").to.deep.equal([true, false]);
        accepted(await administration.updatePhone(name, { rfc2833Disabled: true, requireDtmfReception: false }));
        expect(await boxes(), "the two check boxes").to.deep.equal([false, true]);
      });
    },
  );
}
