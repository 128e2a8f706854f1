import { expect, scenario, type ProvisioningRuling } from "offhook";

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

function refused({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is refused (${reason})`).to.equal("refused");
}

scenario(
  "a Basic phone takes one line",
  {
    rules: ["PRV-01"],
    needs: ["administration"],
    phones: { alice: { type: "basic" } },
    numbers: { second: { unassigned: true } },
  },
  async ({ phones: { alice }, numbers: { second }, step, administration }) => {
    // So that not the number of calls speaks against a further line.
    accepted(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 1, busyTrigger: 1 }));
    await step("a second is refused", async () => {
      refused(await administration.associateLine(alice, { directoryNumber: second, maxCalls: 1, busyTrigger: 1 }));
      expect((await administration.readPhone(alice))?.lines.length, "lines").to.equal(1);
    });
    await step("and so is a REGISTER for its number", async () => {
      expect(await alice.register({ directoryNumber: second })).to.be.refused([403, 404]);
    });
    await step("the one line registers", { rule: "PRV-01", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
    await step("in its place, the second is taken, and registers", { rule: "PRV-01", control: true }, async () => {
      accepted(await administration.disassociateLine(alice, alice.directoryNumber));
      accepted(await administration.associateLine(alice, { directoryNumber: second, maxCalls: 1, busyTrigger: 1 }));
      expect(await alice.register({ directoryNumber: second })).to.be.registered();
    });
  },
);

scenario(
  "an Advanced phone takes eight lines",
  {
    rules: ["PRV-02"],
    needs: ["administration"],
    phones: { alice: { type: "advanced", lines: 8 } },
    numbers: { ninth: { unassigned: true } },
  },
  async ({ phones: { alice }, numbers: { ninth }, step, administration }) => {
    // So that not the number of calls speaks against a further line.
    accepted(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 1, busyTrigger: 1 }));
    await step("a ninth is refused", async () => {
      refused(await administration.associateLine(alice, { directoryNumber: ninth, maxCalls: 1, busyTrigger: 1 }));
      expect((await administration.readPhone(alice))?.lines.length, "lines").to.equal(8);
    });
    await step("and so is a REGISTER for its number", async () => {
      expect(await alice.register({ directoryNumber: ninth })).to.be.refused([403, 404]);
    });
    await step("all eight register", { rule: "PRV-02", control: true }, async () => {
      for (const line of alice.lines.keys()) expect(await alice.register({ line })).to.be.registered();
    });
    await step(
      "in place of the eighth, the ninth is taken, and registers",
      { rule: "PRV-02", control: true },
      async () => {
        accepted(await administration.disassociateLine(alice, alice.lines[7]?.directoryNumber ?? ""));
        accepted(await administration.associateLine(alice, { directoryNumber: ninth, maxCalls: 1, busyTrigger: 1 }));
        expect(await alice.register({ directoryNumber: ninth })).to.be.registered();
      },
    );
  },
);

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a number changed on the call manager alone is lost to the phone (${type}), changed on both it works`,
    {
      rules: ["PRV-06"],
      needs: ["administration"],
      phones: { alice: { type }, bob: {} },
      numbers: { renumbered: { unassigned: true } },
    },
    async ({ phones: { alice, bob }, numbers: { renumbered }, step, administration }) => {
      const before = alice.directoryNumber;
      await Promise.all([alice.register(), bob.register()]);
      accepted(await administration.updateLine(alice, before, { directoryNumber: renumbered }));
      await step("under the old number nobody reaches it", async () => {
        expect(await (await bob.call(before)).final()).to.be.refused();
        await alice.noInvite();
      });
      await step("nor under the new one, of which the phone does not know yet", async () => {
        expect(await (await bob.call(renumbered)).final()).to.be.refused();
        await alice.noInvite();
      });
      await step("and it registers no longer with it", async () => {
        expect(await alice.register({ callId: "new" })).to.be.refused([403, 404]);
      });
      await step(
        "with the new one on the phone too, it registers and is reached",
        { rule: "PRV-06", control: true },
        async () => {
          expect(await alice.register({ directoryNumber: renumbered })).to.be.registered();
          const call = await bob.call(renumbered);
          await (await alice.nextInvite()).reject(486);
          expect(await call.final()).to.be.refused();
        },
      );
      await step("but not under the old one", async () => {
        expect(await (await bob.call(before)).final()).to.be.refused();
        await alice.noInvite();
      });
    },
  );
}
