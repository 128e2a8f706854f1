import { bracketed, expect, scenario, type TargetFacts } from "offhook";

/** What a phone may have as its proxy address: the call manager's address and every name of it, in capitals too. */
function addressesOf({ host, domain, names }: TargetFacts): readonly string[] {
  return [...new Set([bracketed(host), domain, ...names, ...names.map((name) => name.toUpperCase())])];
}

scenario(
  "a Basic phone may have the call manager's address or its name as proxy, to register",
  { rules: ["PRV-08"], phones: { alice: { type: "basic" }, bob: {} } },
  async ({ phones: { alice, bob }, step, target }) => {
    await bob.register();
    await step("it registers under each, and is reached", async () => {
      for (const domain of addressesOf(target)) {
        const registration = await alice.register({ domain, callId: "new" });
        expect(registration, `registration at ${domain}`).to.be.registered();
      }
      const call = await bob.call(alice);
      await (await alice.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "an Advanced phone may have the call manager's address or its name as proxy, to call",
  { rules: ["PRV-08"], phones: { alice: { type: "advanced" }, bob: {} } },
  async ({ phones: { alice, bob }, step, target }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("it calls numbers at each", async () => {
      for (const domain of addressesOf(target)) {
        const call = await alice.call(`sip:${bob.directoryNumber}@${domain}`);
        await (await bob.nextInvite()).reject(486);
        expect(await call.final(), `a call to a number at ${domain}`).to.be.refused();
      }
    });
  },
);

scenario(
  "a phone with another proxy address is not served",
  { rules: ["PRV-08"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step, target }) => {
    const elsewhere = "elsewhere.invalid";
    await bob.register();
    await step("its REGISTER for another host is refused, and it is not reached", async () => {
      for (const domain of [elsewhere, ...target.names.slice(0, 1).map((name) => `elsewhere.${name}`)]) {
        expect(await alice.register({ domain }), `registration at ${domain}`).to.be.refused();
      }
      expect(await (await bob.call(alice)).final()).to.be.refused();
      await alice.noInvite();
    });
    await step("with the right one it registers and is reached", { rule: "PRV-08", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
      const call = await bob.call(alice);
      await (await alice.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
    await step("its call to a number at another host does not ring here", async () => {
      expect(await (await alice.call(`sip:${bob.directoryNumber}@${elsewhere}`)).final()).to.be.refused();
      await bob.noInvite();
    });
  },
);
