import { expect, scenario } from "offhook";

// A call manager shows nothing of this rule on the wire. What can be judged is what the lab says is provisioned there, here
// of one wireless phone; `offhook lab check` looks at all of them.

scenario(
  "a wireless phone is provisioned as Advanced, and works as one",
  { rules: ["PRV-07"], phones: { wireless: { wireless: true }, bob: {} } },
  async ({ phones: { wireless, bob }, step }) => {
    await step("its type is Advanced", () => {
      const { name, type } = wireless.device;
      expect(type, `type of wireless device ${name}`).to.equal("advanced");
    });
    await step("it registers and is called", { rule: "PRV-07", control: true }, async () => {
      await bob.register();
      expect(await wireless.register()).to.be.registered();
      const call = await bob.call(wireless);
      await (await wireless.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);
