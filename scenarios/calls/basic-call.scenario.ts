import { expect, scenario } from "offhook";

scenario(
  "a Basic phone by UDP and an Advanced one by TCP call each other and hear each other",
  {
    rules: ["CAL-01", "REG-28"],
    phones: { alice: { type: "basic", transport: "udp" }, bob: { type: "advanced", transport: "tcp" } },
  },
  async ({ phones: { alice, bob }, step }) => {
    await step("one registers by TCP, one by UDP", { rule: "REG-28" }, async () => {
      expect(await alice.register()).to.be.registered();
      expect(await bob.register()).to.be.registered();
    });
    for (const [caller, callee, ends] of [
      [alice, bob, "caller"],
      [bob, alice, "callee"],
    ] as const) {
      const call = await caller.call(callee);
      const incoming = await callee.nextInvite();
      await step(`${callee.name} rings, and ${caller.name} hears of it`, async () => {
        await incoming.ring();
        expect(await call.provisional()).to.have.status([180, 181, 182, 183]);
      });
      await step(`${callee.name} answers, and there is audio both ways`, async () => {
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        // Where the next request of the call goes (RFC 3261 §12.1.1).
        expect(await call.final()).to.have.header("Contact");
        for (const side of [call, incoming]) {
          expect(await side.session())
            .to.have.media("audio")
            .live()
            .direction("sendrecv");
        }
      });
      await step(`the ${ends} hangs up, and the other is told`, async () => {
        const [ending, told] = ends === "caller" ? [call, callee] : [incoming, caller];
        const [bye] = await Promise.all([ending.hangUp(), told.nextRequest("BYE")]);
        expect(bye).to.have.status(200);
      });
    }
  },
);

scenario(
  "a caller who changes his mind cancels, and the other phone stops ringing",
  { rules: ["CAL-01"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob);
    const incoming = await bob.nextInvite();
    await incoming.ring();
    await call.provisional();
    await step("alice's INVITE ends with 487", async () => {
      expect(await call.cancel()).to.have.status(487);
    });
    await step("bob gets a CANCEL", async () => {
      await incoming.cancelled();
      expect(bob.trace).to.show("< INVITE", "> 180", "< CANCEL");
    });
  },
);
