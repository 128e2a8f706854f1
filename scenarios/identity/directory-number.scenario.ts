import { bracketed, expect, scenario } from "offhook";

scenario(
  "a number that is no line of the device does not register",
  { rules: ["REG-12"], phones: { alice: {} }, numbers: { vacant: { unassigned: true } } },
  async ({ phones: { alice }, numbers: { vacant }, step }) => {
    await step("good credentials with a foreign number are refused", async () => {
      expect(await alice.register({ directoryNumber: vacant })).to.be.refused([403, 404]);
    });
    await step("so are numbers that only look like the device's own", async () => {
      const own = alice.directoryNumber;
      for (const number of [`0${own}`, `${own}0`, own.slice(1), own.slice(0, -1)]) {
        expect(await alice.register({ directoryNumber: number }), number).to.be.refused([403, 404]);
      }
    });
    await step("so is a foreign number with the own one in the Contact", async () => {
      const { host, port } = alice.address;
      const contact = `<sip:${alice.directoryNumber}@${bracketed(host)}:${port}>`;
      expect(await alice.register({ directoryNumber: vacant, contact })).to.be.refused([403, 404]);
    });
    await step("the device's own number registers", { rule: "REG-12", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "the number of another device does not register here, and its binding stays",
  { rules: ["REG-13"], phones: { alice: {}, bob: {}, carol: {} } },
  async ({ phones: { alice, bob, carol }, step }) => {
    const taken = { directoryNumber: bob.directoryNumber };
    await step("alice tries to register bob's number with her own credentials while bob is away", async () => {
      expect(await alice.register(taken)).to.be.refused([403, 404]);
    });
    expect(await bob.register()).to.be.registered();
    await step("she tries again while bob is registered, and tries to end his registration", async () => {
      expect(await alice.register(taken)).to.be.refused([403, 404]);
      expect(await alice.unregister(taken)).to.be.refused([403, 404]);
    });
    await step("bob is reached as before, and alice is not", { rule: "REG-13", control: true }, async () => {
      await carol.register();
      const call = await carol.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
      await alice.noInvite();
    });
  },
);

scenario(
  "the number has to stand in both To and From, and to be a number",
  { rules: ["REG-14"], phones: { alice: {} }, numbers: { vacant: { unassigned: true } } },
  async ({ phones: { alice }, numbers: { vacant }, step, target }) => {
    await step("To and From that differ are refused", async () => {
      const registration = await alice.register({ from: `sip:${vacant}@${target.domain}` });
      expect(registration).to.be.refused([400, 403, 404]);
      const own = `sip:${alice.directoryNumber}@${target.domain}`;
      const other = await alice.register({ directoryNumber: vacant, from: own });
      expect(other, "a foreign number in To").to.be.refused([400, 403, 404]);
    });
    await step("a name in place of the number is refused, and so is the number behind a plus", async () => {
      for (const name of ["alice", `+${alice.directoryNumber}`]) {
        expect(await alice.register({ directoryNumber: name }), name).to.be.refused([400, 403, 404]);
      }
    });
    await step("the number in both registers", { rule: "REG-14", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);
