import { expect, scenario } from "offhook";

scenario(
  "phones whose settings were typed by hand, a Basic and an Advanced, register, call and are called",
  { rules: ["DEV-07"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step, target }) => {
    await step("proxy address, number, user and password are all they need to register", async () => {
      for (const phone of [alice, bob]) {
        const typed = {
          domain: target.domain,
          directoryNumber: phone.directoryNumber,
          username: phone.user?.id ?? "",
          password: phone.user?.password ?? "",
        };
        expect(await phone.register(typed)).to.be.registered();
      }
    });
    for (const [caller, callee] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await step(`${caller.name} calls ${callee.name}, and both get audio`, async () => {
        const call = await caller.call(callee);
        const incoming = await callee.nextInvite();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        for (const heard of await Promise.all([call.nextAudio(), incoming.nextAudio()])) {
          expect(heard).to.have.receivedAudio();
        }
        await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
      });
    }
  },
);
