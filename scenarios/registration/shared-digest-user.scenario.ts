import { expect, scenario } from "offhook";

/** What a call manager may answer to a phone whose digest user stands on another phone too (REG-10). */
const REFUSALS = [403, 404, 409, "5xx"] as const;

const PAIRS = {
  "two phones": { type: "advanced" },
  "two phones over TCP": { transport: "tcp" },
  "two phones with digest off": { digest: false },
} as const;

for (const [pair, role] of Object.entries(PAIRS)) {
  scenario(
    `${pair} that share a digest user fail to register, both of them`,
    {
      rules: ["REG-10"],
      phones: { first: role, second: { ...role, sameDigestUserAs: "first" } },
    },
    async ({ phones: { first, second }, step }) => {
      await step("the first is refused although its credentials are right", async () => {
        expect(first.user?.id).to.equal(second.user?.id);
        expect(await first.register()).to.be.refused(REFUSALS);
      });
      await step("the second is refused as well", async () => {
        expect(await second.register()).to.be.refused(REFUSALS);
      });
      await step("now that the second has tried the first is refused all the same", async () => {
        expect(await first.register({ callId: "new" })).to.be.refused(REFUSALS);
      });
    },
  );
}

scenario(
  "three phones that share a digest user fail to register",
  {
    rules: ["REG-10"],
    phones: { first: {}, second: { sameDigestUserAs: "first" }, third: { sameDigestUserAs: "first" } },
  },
  async ({ phones: { first, second, third }, step }) => {
    await step("none of the three gets in", async () => {
      for (const phone of [first, second, third]) expect(await phone.register()).to.be.refused(REFUSALS);
    });
  },
);

scenario(
  "phones that share a digest user are refused also when they try at the same moment",
  { rules: ["REG-10"], phones: { first: {}, second: { sameDigestUserAs: "first" } } },
  async ({ phones: { first, second }, step }) => {
    await step("both REGISTERs are under way together", async () => {
      const registrations = await Promise.all([first.register(), second.register()]);
      for (const registration of registrations) expect(registration).to.be.refused(REFUSALS);
    });
  },
);

scenario(
  "a phone with a digest user of its own registers beside phones that share one",
  {
    rules: ["REG-10"],
    controls: ["REG-10"],
    phones: { first: {}, second: { sameDigestUserAs: "first" }, alone: {}, other: {} },
  },
  async ({ phones: { first, second, alone, other }, step }) => {
    await step("two phones with users of their own register", { rule: "REG-10", control: true }, async () => {
      expect(alone.user?.id).not.to.equal(other.user?.id);
      expect(await alone.register()).to.be.registered();
      expect(await other.register()).to.be.registered();
    });
    await step("the tries of those that share do not touch them", async () => {
      await Promise.all([first.register(), second.register()]);
      expect(await alone.register(), "refresh").to.be.registered();
      const call = await other.call(alone);
      await (await alone.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
    await step("nobody reaches those that share", async () => {
      for (const phone of [first, second]) {
        expect(await (await other.call(phone)).final()).to.be.refused();
        await phone.noInvite();
      }
    });
  },
);
