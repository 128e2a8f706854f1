import { expect, scenario, type Phone, type ProvisioningRuling } from "offhook";

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

/** What a call manager may answer to a phone whose digest user stands on another phone too (REG-10). */
const SHARED_USER_REFUSALS = [403, 404, 409, "5xx"] as const;

/** The phone rings when it is called, so it is registered; it does not take the call. */
async function rings(caller: Phone, callee: Phone): Promise<void> {
  const call = await caller.call(callee);
  await (await callee.nextInvite()).reject(486);
  expect(await call.final()).to.be.refused();
}

for (const [type, on] of [
  ["basic", false],
  ["advanced", true],
] as const) {
  const [word, other] = on ? ["on", "off"] : ["off", "on"];
  scenario(
    `the digest check box is turned ${other} while a phone (${type}) is registered`,
    { rules: ["REG-16"], needs: ["administration"], phones: { alice: { type } } },
    async ({ phones: { alice }, step, administration }) => {
      const profile = `${alice.device.name}-toggled`;
      accepted(await administration.addSecurityProfile(profile, { digestAuthentication: !on }));
      accepted(await administration.updatePhone(alice, { securityProfile: profile }));
      accepted(await administration.setDigestAuthentication(profile, on));
      await step(`${word}: a wrong password is ${on ? "refused" : "accepted"}`, async () => {
        const registration = await alice.register({ password: "not-the-password", callId: "new" });
        if (on) expect(registration).to.be.refused([401, 403]);
        else expect(registration).to.be.registered();
      });
      await step(`${word}: a wrong user is refused`, { rule: "REG-16", control: true }, async () => {
        expect(await alice.register({ username: "nobody-of-this-name", callId: "new" })).to.be.refused();
      });
      await step(`${word}: the right password is accepted`, { rule: "REG-16", control: true }, async () => {
        expect(await alice.register({ callId: "new" })).to.be.registered();
      });
      await step(`turned ${other}, the box counts for the phone that is registered as well`, async () => {
        accepted(await administration.setDigestAuthentication(profile, !on));
        const registration = await alice.register({ password: "not-the-password", callId: "new" });
        if (on) expect(registration).to.be.registered();
        else expect(registration).to.be.refused([401, 403]);
      });
    },
  );
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a phone (${type}) without digest credentials registers once they are set`,
    { rules: ["REG-17"], needs: ["administration"], phones: { alice: { type, credentials: false } } },
    async ({ phones: { alice }, step, administration }) => {
      const user = alice.user?.id ?? "";
      await step("without credentials it is refused", async () => {
        expect(await alice.register({ password: "set-by-the-administrator" })).to.be.refused([401, 403, 404]);
      });
      await step("with them it registers", { rule: "REG-17", control: true }, async () => {
        accepted(await administration.setCredentials(user, "set-by-the-administrator"));
        expect(await alice.register({ password: "set-by-the-administrator" })).to.be.registered();
        await alice.unregister({ password: "set-by-the-administrator" });
      });
      await step("without them again it is refused again", async () => {
        accepted(await administration.setCredentials(user, null));
        const registration = await alice.register({ password: "set-by-the-administrator", callId: "new" });
        expect(registration).to.be.refused([401, 403, 404]);
      });
    },
  );
}

scenario(
  "an end user identifies a phone from the moment he is its Digest User",
  {
    rules: ["REG-08", "REG-09"],
    needs: ["administration"],
    phones: { alice: {} },
    users: { stranger: { digestUserOf: "none" } },
  },
  async ({ phones: { alice }, users: { stranger }, step, administration }) => {
    const { id: username, password = "" } = stranger;
    await step("as Digest User of no phone he is refused", async () => {
      expect(await alice.register({ username, password })).to.be.refused([403, 404]);
    });
    await step("associated with the phone, and not its Digest User, too", { rule: "REG-09" }, async () => {
      accepted(await administration.updatePhone(alice, { associatedUser: username }));
      expect(await alice.register({ username, password })).to.be.refused([403, 404]);
    });
    await step("as Digest User he registers it", { rule: ["REG-08", "REG-09"], control: true }, async () => {
      accepted(await administration.updatePhone(alice, { digestUser: username }));
      expect(await alice.register({ username, password })).to.be.registered();
      await alice.unregister({ username, password });
    });
    await step("not associated any more, he registers it all the same", { rule: "REG-09" }, async () => {
      accepted(await administration.updatePhone(alice, { associatedUser: null }));
      expect(await alice.register({ username, password, callId: "new" })).to.be.registered();
      await alice.unregister({ username, password });
    });
    await step("and the user of before is one of no phone now", async () => {
      expect(await alice.register({ callId: "new" })).to.be.refused([403, 404]);
    });
  },
);

scenario(
  "phones that share a digest user register once the second has one of its own",
  {
    rules: ["REG-10"],
    controls: ["REG-10"],
    needs: ["administration"],
    phones: { first: {}, second: { sameDigestUserAs: "first" }, unrelated: {} },
    users: { own: { digestUserOf: "none" } },
  },
  async ({ phones: { first, second, unrelated }, users: { own }, step, administration }) => {
    const credentials = { username: own.id, password: own.password ?? "" };
    await unrelated.register();
    await step("while they share him, neither registers", async () => {
      for (const phone of [first, second]) expect(await phone.register()).to.be.refused(SHARED_USER_REFUSALS);
    });
    await step("with a user of its own for the second, both do", { rule: "REG-10", control: true }, async () => {
      accepted(await administration.updatePhone(second, { digestUser: own.id }));
      expect(await first.register()).to.be.registered();
      expect(await second.register(credentials)).to.be.registered();
      await rings(unrelated, first);
      await rings(unrelated, second);
    });
    await step("an unrelated phone has noticed nothing", { rule: "REG-10", control: true }, async () => {
      expect(await unrelated.register(), "refresh").to.be.registered();
    });
  },
);

scenario(
  "a phone shares its digest user from the moment another one gets him",
  {
    rules: ["REG-10"],
    observes: ["REG-11"],
    needs: ["administration"],
    phones: { first: { type: "basic" }, second: { type: "advanced" }, unrelated: {} },
  },
  async ({ phones: { first, second, unrelated }, step, administration, observe }) => {
    const { id: username = "", password = "" } = first.user ?? {};
    await Promise.all([first.register(), unrelated.register()]);
    accepted(await administration.updatePhone(second, { digestUser: username }));
    await step("the phone that was registered before is refreshed or refused", { rule: "REG-11" }, async () => {
      const { final } = await first.register();
      observe("refresh of the phone registered before", { rule: "REG-11", data: { status: final.status } });
      const again = await first.register({ callId: "new" });
      observe("its REGISTER after a restart", { rule: "REG-11", data: { status: again.final.status } });
      await first.unregister();
    });
    await step("from scratch neither of them registers", async () => {
      expect(await second.register({ username, password })).to.be.refused(SHARED_USER_REFUSALS);
      expect(await first.register({ callId: "new" })).to.be.refused(SHARED_USER_REFUSALS);
    });
    await step("an unrelated phone is refreshed", { rule: "REG-10", control: true }, async () => {
      expect(await unrelated.register()).to.be.registered();
    });
  },
);
