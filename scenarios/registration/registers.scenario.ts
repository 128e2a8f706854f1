import { expect, scenario } from "offhook";

scenario(
  "third-party phones, a Basic and an Advanced, register with digest user, password and directory number",
  { rules: ["REG-03", "REG-01"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    for (const phone of [alice, bob]) {
      const registration = await step(
        `${phone.name} is challenged for the username at once`,
        { rule: "REG-01" },
        async () => {
          const registration = await phone.register();
          expect(registration.responses[0]).to.have.status(401);
          expect(registration).to.be.challenged();
          return registration;
        },
      );
      await step(`with right user, password and number ${phone.name} is registered`, () => {
        expect(registration).to.be.registered();
        const { final, contacts } = registration;
        const told = [final.get("Expires"), ...contacts.map(({ parameters }) => parameters.get("expires"))];
        expect(Math.max(...told.map((seconds) => Number(seconds ?? 0))), "lifetime told, in seconds").to.be.greaterThan(
          0,
        );
        expect(phone.trace).to.show("> REGISTER", "< 401", "> REGISTER", "< 200");
      });
    }
    await step("both may call, and are reached by their numbers", async () => {
      for (const [caller, callee] of [
        [bob, alice],
        [alice, bob],
      ] as const) {
        const call = await caller.call(callee);
        const ended = call.final().then(() => undefined);
        const incoming = await Promise.race([callee.nextInvite(), ended]);
        expect(incoming !== undefined, `a call to ${callee.name} rings`).to.equal(true);
        await incoming?.reject(486);
        await ended;
      }
    });
  },
);

scenario(
  "a REGISTER without credentials is challenged by 401, and no binding is made",
  { rules: ["REG-01"], controls: ["REG-15"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await step("alice does not answer the challenge", async () => {
      const registration = await alice.register({ credentials: "none" });
      expect(registration.final).to.have.status(401);
      expect(registration).to.be.challenged();
    });
    await step("nobody reaches alice", async () => {
      await bob.register();
      const call = await bob.call(alice);
      expect(await call.final()).to.be.refused();
      await alice.noInvite();
    });
  },
);

scenario(
  "every REGISTER without credentials is challenged anew",
  { rules: ["REG-01"], observes: ["REG-02"], phones: { alice: {} } },
  async ({ phones: { alice }, step, observe }) => {
    await step("two of them get a challenge each", async () => {
      const first = await alice.register({ credentials: "none" });
      const second = await alice.register({ credentials: "none" });
      expect(first).to.be.challenged();
      expect(second).to.be.challenged();
      const { realm, nonce, algorithm, qop, opaque, stale } = first.challenge ?? {};
      const data = { realm, nonce, algorithm, qop, opaque, stale, fresh: nonce !== second.challenge?.nonce };
      observe("form of the challenge", { rule: "REG-02", data });
    });
  },
);

for (const transport of ["udp", "tcp"] as const) {
  scenario(
    `phones register by ${transport.toUpperCase()}`,
    {
      rules: ["REG-28"],
      controls: ["TLS-01"],
      phones: { basic: { type: "basic", transport }, advanced: { type: "advanced", transport } },
    },
    async ({ phones: { basic, advanced }, step }) => {
      for (const phone of [basic, advanced]) {
        await step(`the ${phone.name} one registers`, async () => {
          expect(phone.address.protocol).to.equal(transport);
          expect(await phone.register()).to.be.registered();
        });
        await step(`its refresh by the same transport is accepted too (${phone.name})`, async () => {
          expect(await phone.register()).to.be.registered();
        });
      }
    },
  );
}

scenario(
  "a phone that unregisters is gone, and can come back",
  { rules: ["REG-22"], controls: ["REG-03"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await step("both register, and bob reaches alice", { rule: "REG-22", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
      expect(await bob.register()).to.be.registered();
      const call = await bob.call(alice);
      const incoming = await alice.nextInvite();
      await incoming.reject(486);
      expect(await call.final()).to.be.refused();
    });
    await step("alice unregisters with Expires: 0", async () => {
      expect((await alice.unregister()).final).to.have.status(200);
    });
    await step("bob no longer reaches her, nor she him", async () => {
      expect(await (await bob.call(alice)).final()).to.be.refused();
      await alice.noInvite();
      expect(await (await alice.call(bob)).final()).to.be.refused([401, 403, 404, "5xx"]);
      await bob.noInvite();
    });
    await step("her next REGISTER is challenged and accepted", async () => {
      const registration = await alice.register();
      expect(registration.responses[0]).to.have.status(401);
      expect(registration).to.be.registered();
    });
    await step("as after a reboot, under another Call-ID, she unregisters too", async () => {
      expect((await alice.unregister({ callId: "new" })).final).to.have.status(200);
      expect(await (await bob.call(alice)).final()).to.be.refused();
      await alice.noInvite();
    });
  },
);

scenario(
  "Contact: * removes nothing",
  { rules: ["REG-23"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("REGISTER with Contact: * and Expires: 0 is refused", async () => {
      const registration = await alice.register({ contact: "*", expiresSeconds: 0 });
      expect(registration).to.be.refused();
      expect(registration.final.status, "status of the refusal").to.be.within(400, 499);
      expect(registration.final.status, "status of the refusal").not.to.be.oneOf([401, 407]);
    });
    await step("a call to alice still rings", { rule: "REG-23", control: true }, async () => {
      const call = await bob.call(alice);
      const incoming = await alice.nextInvite();
      await incoming.reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "of a phone with several lines only the registered ones ring",
  { rules: ["REG-25"], phones: { alice: { type: "advanced", lines: 2 }, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await bob.register();
    const [first, second] = alice.lines;
    if (!first || !second) throw new Error("the role has two lines");
    await step("alice registers her second line alone", async () => {
      expect(await alice.register({ line: second })).to.be.registered();
    });
    await step("the first does not ring", async () => {
      const call = await bob.call(first.directoryNumber);
      expect(await call.final()).to.be.refused();
      await alice.noInvite();
    });
    await step("the second does", { rule: "REG-25", control: true }, async () => {
      const call = await bob.call(second.directoryNumber);
      const incoming = await alice.nextInvite({ line: second });
      await incoming.reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);
