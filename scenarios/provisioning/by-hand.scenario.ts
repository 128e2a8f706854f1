import { expect, scenario } from "offhook";

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a phone (${type}) whose settings were typed by hand registers, calls and is called`,
    { rules: ["DEV-07"], phones: { alice: { type }, bob: {} } },
    async ({ phones: { alice, bob }, step, target }) => {
      const typed = {
        domain: target.domain,
        directoryNumber: alice.directoryNumber,
        username: alice.user?.id ?? "",
        password: alice.user?.password ?? "",
      };
      await bob.register();
      await step("proxy address, number, user and password are all it needs to register", async () => {
        expect(await alice.register(typed)).to.be.registered();
      });
      await step("it is called, and audio comes", async () => {
        const call = await bob.call(alice);
        const incoming = await alice.nextInvite();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        expect(await incoming.nextAudio()).to.have.receivedAudio();
        await Promise.all([call.hangUp(), alice.nextRequest("BYE")]);
      });
      await step("it calls, and audio comes", async () => {
        const call = await alice.call(bob);
        await (await bob.nextInvite()).accept();
        expect(await call.final()).to.have.status(200);
        expect(await call.nextAudio()).to.have.receivedAudio();
        await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      });
    },
  );
}
