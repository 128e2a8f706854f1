import { expect, scenario } from "offhook";

for (const [caller, callee] of [
  ["basic", "basic"],
  ["advanced", "basic"],
  ["basic", "advanced"],
  ["advanced", "advanced"],
] as const) {
  scenario(
    `a registered phone (${caller}) calls another (${callee}) and both hear each other`,
    { rules: ["CAL-01"], phones: { alice: { type: caller }, bob: { type: callee } } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await step("bob rings, and alice hears of it", async () => {
        await incoming.ring();
        expect(await call.provisional()).to.have.status([180, 181, 182, 183]);
      });
      await step("bob answers, and there is audio both ways", async () => {
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        expect(await call.session())
          .to.have.media("audio")
          .live()
          .direction("sendrecv");
        expect(await incoming.session())
          .to.have.media("audio")
          .live()
          .direction("sendrecv");
      });
      await step("alice hangs up, and bob is told", async () => {
        const [bye] = await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
        expect(bye).to.have.status(200);
      });
    },
  );
}

scenario(
  "the callee hangs up and the caller is told",
  { rules: ["CAL-01"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob);
    const incoming = await bob.nextInvite();
    await incoming.accept();
    await step("the call is up", async () => {
      expect(await call.final()).to.have.status(200);
    });
    await step("bob sends BYE, alice gets one", async () => {
      const [bye] = await Promise.all([incoming.hangUp(), alice.nextRequest("BYE")]);
      expect(bye).to.have.status(200);
    });
  },
);

scenario(
  "phones on TCP and on UDP call each other",
  { rules: ["CAL-01", "REG-28"], phones: { alice: { transport: "tcp" }, bob: { transport: "udp" } } },
  async ({ phones: { alice, bob }, step }) => {
    await step("one registers by TCP, one by UDP", { rule: "REG-28" }, async () => {
      expect(await alice.register()).to.be.registered();
      expect(await bob.register()).to.be.registered();
    });
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await step(`${from.name} calls ${to.name}`, async () => {
        const call = await from.call(to);
        await (await to.nextInvite()).accept();
        expect(await call.final()).to.have.status(200);
        expect(await call.session())
          .to.have.media("audio")
          .live();
        await Promise.all([call.hangUp(), to.nextRequest("BYE")]);
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

scenario(
  "a caller puts the call on hold and takes it back",
  { rules: ["CAL-01"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob);
    const incoming = await bob.nextInvite();
    await incoming.accept();
    await step("the call is up", async () => {
      expect(await call.final()).to.have.status(200);
    });
    await step("on hold no audio comes to alice", async () => {
      expect(await call.hold()).to.have.status(200);
      const { answer } = await call.session();
      expect(answer).to.have.media("audio").live().direction("recvonly", "inactive");
    });
    await step("after resuming there is audio both ways", async () => {
      expect(await call.resume()).to.have.status(200);
      expect(await call.session())
        .to.have.media("audio")
        .live()
        .direction("sendrecv");
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);
