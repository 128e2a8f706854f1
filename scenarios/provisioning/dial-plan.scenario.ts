import { expect, scenario } from "offhook";

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a caller whose search space lacks the partition of a number (${type}) does not reach it`,
    {
      rules: ["PRV-10"],
      phones: { caller: { type }, hidden: { type, unreachableFrom: "caller" }, visible: { reachableFrom: "caller" } },
    },
    async ({ phones: { caller, hidden, visible }, step }) => {
      await Promise.all([caller, hidden, visible].map((phone) => phone.register()));
      await step("the call is refused, and the hidden phone does not ring", async () => {
        expect(await (await caller.call(hidden)).final()).to.be.refused([403, 404]);
        await hidden.noInvite();
      });
      const call = await step(
        "a number of a partition in the search space connects",
        { rule: "PRV-10", control: true },
        async () => {
          const call = await caller.call(visible);
          await (await visible.nextInvite()).accept();
          expect(await call.final()).to.have.status(200);
          return call;
        },
      );
      await step("nor does the caller get it to ring by a transfer", async () => {
        await call.transfer(hidden);
        await hidden.noInvite();
      });
      if (!call.ended) await call.hangUp();
      await visible.nextRequest("BYE");
    },
  );
}

scenario(
  "a number that stands in two partitions is the one of the caller's search space",
  {
    rules: ["PRV-10"],
    phones: {
      near: { reachableFrom: "caller", unreachableFrom: "stranger" },
      far: { sameNumberAs: "near", unreachableFrom: "caller", reachableFrom: "stranger" },
      caller: {},
      stranger: {},
    },
  },
  async ({ phones: { near, far, caller, stranger }, step }) => {
    await Promise.all([near, far, caller, stranger].map((phone) => phone.register()));
    for (const [from, rings, rests] of [
      [caller, near, far],
      [stranger, far, near],
    ] as const) {
      await step(`${from.name} reaches ${rings.name}, ${rests.name} does not ring`, async () => {
        const call = await from.call(rings);
        const incoming = await rings.nextInvite();
        await rests.noInvite();
        await incoming.reject(486);
        expect(await call.final()).to.be.refused();
      });
    }
  },
);

scenario(
  "phones without a SIP profile of their own work, a Basic and an Advanced",
  {
    rules: ["PRV-09"],
    phones: {
      alice: { type: "basic", standardSipProfile: true },
      bob: { type: "advanced", standardSipProfile: true },
    },
  },
  async ({ phones: { alice, bob }, step }) => {
    await step("they register", async () => {
      for (const phone of [alice, bob]) expect(await phone.register()).to.be.registered();
    });
    await step("they call each other", async () => {
      for (const [from, to] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        const call = await from.call(to);
        await (await to.nextInvite()).accept();
        expect(await call.final()).to.have.status(200);
        expect(await call.session())
          .to.have.media("audio")
          .live();
        await Promise.all([call.hangUp(), to.nextRequest("BYE")]);
      }
    });
  },
);
