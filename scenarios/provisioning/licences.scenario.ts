import { expect, scenario, type ProvisioningRuling } from "offhook";

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

function refused({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is refused (${reason})`).to.equal("refused");
}

scenario(
  "a phone is added as long as there are licence units for it: three for a Basic, six for an Advanced",
  {
    rules: ["PRV-03"],
    needs: ["administration", "licences"],
    phones: {},
    numbers: { first: { unassigned: true }, second: { unassigned: true }, third: { unassigned: true } },
  },
  async ({ numbers: { first, second, third }, step, administration }) => {
    const { used } = await administration.readLicences();
    const add = (number: string, type: "basic" | "advanced"): Promise<ProvisioningRuling> =>
      administration.addPhone({ name: `SEP00000000${number}`, type, lines: [{ directoryNumber: number }] });
    const remove = (number: string): Promise<ProvisioningRuling> => administration.removePhone(`SEP00000000${number}`);

    accepted(await administration.setLicenceUnits(used + 8));
    await step("of eight units, two Basic phones take six", { rule: "PRV-03", control: true }, async () => {
      accepted(await add(first, "basic"));
      accepted(await add(second, "basic"));
      expect((await administration.readLicences()).used, "units in use").to.equal(used + 6);
    });
    await step("for a third two are not enough", async () => {
      refused(await add(third, "basic"));
      expect(await administration.readPhone(`SEP00000000${third}`)).to.equal(undefined);
    });
    await step("nor are five for an Advanced", async () => {
      accepted(await remove(second));
      expect((await administration.readLicences()).used, "units in use").to.equal(used + 3);
      refused(await add(third, "advanced"));
    });
    await step("with one more unit the Advanced is added", { rule: "PRV-03", control: true }, async () => {
      accepted(await administration.setLicenceUnits(used + 9));
      accepted(await add(third, "advanced"));
      expect((await administration.readLicences()).used, "units in use").to.equal(used + 9);
    });
    await step("and then no Basic any more, until the Advanced is removed", async () => {
      refused(await add(second, "basic"));
      accepted(await remove(third));
      accepted(await add(second, "basic"));
    });
  },
);
