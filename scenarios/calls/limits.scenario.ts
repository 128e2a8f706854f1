import { expect, scenario, type IncomingCall, type OutgoingCall, type Phone } from "offhook";

/** Calls `callee` and lets her answer. */
async function connect(caller: Phone, callee: Phone): Promise<OutgoingCall> {
  const call = await caller.call(callee);
  await (await callee.nextInvite()).accept();
  expect(await call.final()).to.have.status(200);
  return call;
}

/** The answer to a call that must not ring at `phone`; where it does, that is what the report says, not the silence. */
async function finalWithoutRinging(call: OutgoingCall, phone: Phone): ReturnType<OutgoingCall["final"]> {
  const final = call.final();
  await final.catch(() => undefined);
  await phone.noInvite();
  return await final;
}

/** Busy is 486 or 600, or 480 that says so by its cause; the phone that is called does not ring. */
async function isBusy(call: OutgoingCall, callee: Phone): Promise<void> {
  const final = await finalWithoutRinging(call, callee);
  expect(final).to.be.refused([480, 486, 600]);
  if (final.status === 480) expect(final).to.have.header("Reason", /cause=17\b/);
}

async function hangUp(call: OutgoingCall | IncomingCall, peer: Phone): Promise<void> {
  await Promise.all([call.hangUp(), peer.nextRequest("BYE")]);
}

/** `callee` is busy: the call rings and connects at the phone that she forwards to, not at hers. */
async function ringsWhereItForwards(caller: Phone, callee: Phone, target: Phone): Promise<void> {
  const call = await caller.call(callee);
  const forwarded = await target.nextInvite();
  expect(forwarded.invite).to.have.header("Diversion", /reason="?user-busy\b/i);
  await forwarded.accept();
  expect(await call.final()).to.have.status(200);
  await callee.noInvite();
  await hangUp(call, target);
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `the third call to a number of a phone (${type}) finds it busy`,
    { rules: ["CAP-04"], phones: { alice: { type }, bob: {}, carol: {}, dave: {} } },
    async ({ phones: { alice, bob, carol, dave }, step, observe }) => {
      await Promise.all([alice, bob, carol, dave].map((phone) => phone.register()));
      const calls = await step("two calls ring and connect", { rule: "CAP-04", control: true }, async () => [
        await connect(bob, alice),
        await connect(carol, alice),
      ]);
      await step("the third gets the busy answer, and alice's phone no INVITE", async () => {
        const third = await dave.call(alice);
        await isBusy(third, alice);
        observe("Reason of the refusal", { data: { reason: (await third.final()).get("Reason") } });
      });
      for (const call of calls) await hangUp(call, alice);
    },
  );

  scenario(
    `calls that ring, and calls by the phone (${type}) itself, count for its busy trigger`,
    { rules: ["CAP-04", "CAP-06"], phones: { alice: { type }, bob: {}, carol: {}, dave: {} } },
    async ({ phones: { alice, bob, carol, dave }, step }) => {
      await Promise.all([alice, bob, carol, dave].map((phone) => phone.register()));
      const own = await step("alice calls bob", { rule: "CAP-06", control: true }, () => connect(alice, bob));
      const second = await carol.call(alice);
      const ringing = await alice.nextInvite();
      await ringing.ring();
      await step("with one call up and one ringing she is busy", async () => {
        await isBusy(await dave.call(alice), alice);
      });
      await ringing.reject(486);
      expect(await second.final()).to.be.refused();
      await hangUp(own, bob);
    },
  );

  scenario(
    `a phone (${type}) with two calls on its line cannot place a third`,
    { rules: ["CAP-06"], phones: { alice: { type }, bob: {}, carol: {}, dave: {} } },
    async ({ phones: { alice, bob, carol, dave }, step }) => {
      await Promise.all([alice, bob, carol, dave].map((phone) => phone.register()));
      const placed = await connect(alice, bob);
      const taken = await connect(carol, alice);
      await step("the third call, placed by alice, is refused, and dave does not ring", async () => {
        const final = await finalWithoutRinging(await alice.call(dave), dave);
        expect(final).to.be.refused(["4xx", "5xx"]);
        expect(final.status, "status of the refusal").not.to.be.oneOf([401, 407]);
      });
      await step("once a call has ended the next is placed", { rule: "CAP-06", control: true }, async () => {
        await hangUp(taken, alice);
        const next = await connect(alice, dave);
        await hangUp(next, dave);
      });
      await hangUp(placed, bob);
    },
  );

  scenario(
    `a call of a phone (${type}) that is over counts no longer, however it ended`,
    { rules: ["CAP-07"], phones: { alice: { type }, carol: {} } },
    async ({ phones: { alice, carol }, step }) => {
      await Promise.all([alice, carol].map((phone) => phone.register()));
      // One call stays at both, so that of either one that counts on leaves no room for the next.
      const stays = await connect(carol, alice);
      const ends = {
        "by BYE of the caller": async () => {
          await hangUp(await connect(carol, alice), alice);
        },
        "by BYE of the phone": async () => {
          const call = await carol.call(alice);
          const incoming = await alice.nextInvite();
          await incoming.accept();
          expect(await call.final()).to.have.status(200);
          await hangUp(incoming, carol);
        },
        "by CANCEL": async () => {
          const call = await carol.call(alice);
          const incoming = await alice.nextInvite();
          await incoming.ring();
          await call.provisional();
          expect(await call.cancel()).to.have.status(487);
          await incoming.cancelled();
        },
        "when its INVITE is good no longer": async () => {
          const call = await carol.call(alice, { headers: { Expires: "1" } });
          const incoming = await alice.nextInvite();
          await incoming.ring();
          await call.provisional();
          // Whoever lets it ring on (RFC 3261 §13.3.1 is no rule of the table) is told to stop.
          const limit = alice.nextRequest("OPTIONS", { timeoutMs: 1_500 }).catch(() => undefined);
          const ended = await Promise.race([incoming.cancelled().then(() => true), limit.then(() => false)]);
          if (!ended) await call.cancel();
          expect(await call.final()).to.be.refused();
        },
        "by a refusal of the phone": async () => {
          const call = await carol.call(alice);
          await (await alice.nextInvite()).reject(486);
          expect(await call.final()).to.be.refused();
        },
        "by a CANCEL of the phone": async () => {
          const call = await alice.call(carol);
          const incoming = await carol.nextInvite();
          await incoming.ring();
          await call.provisional();
          expect(await call.cancel()).to.have.status(487);
          await incoming.cancelled();
        },
        "by a refusal of the phone that alice called": async () => {
          const call = await alice.call(carol);
          await (await carol.nextInvite()).reject(486);
          expect(await call.final()).to.be.refused();
        },
      };
      // Where one of them counts on, the next finds the line busy.
      for (const [way, end] of Object.entries(ends)) await step(`a second call ends ${way}`, end);
      await step("a second call still rings and connects", async () => {
        await hangUp(await connect(carol, alice), alice);
      });
      await hangUp(stays, alice);
    },
  );
}

scenario(
  "each line of a phone is busy by its own calls, and free again when they are over",
  {
    rules: ["CAP-04", "CAP-07"],
    phones: { alice: { type: "advanced", lines: 2 }, bob: { type: "advanced", lines: 2 }, carol: {} },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    const [first, second] = alice.lines;
    if (!first || !second) throw new Error("the role has two lines");
    for (const phone of [alice, bob]) for (const line of phone.lines) await phone.register({ line });
    await carol.register();
    const connectTo = async (line: typeof first, by: number): Promise<OutgoingCall> => {
      const call = await bob.call(line.directoryNumber, { line: by });
      await (await alice.nextInvite({ line })).accept();
      expect(await call.final()).to.have.status(200);
      return call;
    };
    const all = { rule: ["CAP-04", "CAP-07"], control: true } as const;
    const calls = await step("two calls connect on her second line, one on her first", all, async () => [
      await connectTo(second, 0),
      await connectTo(second, 0),
      await connectTo(first, 1),
    ]);
    await step("a third to the second line finds it busy", async () => {
      await isBusy(await carol.call(second.directoryNumber), alice);
    });
    await step("a second to the first line connects", { rule: "CAP-04", control: true }, async () => {
      const call = await carol.call(first.directoryNumber);
      await (await alice.nextInvite({ line: first })).accept();
      expect(await call.final()).to.have.status(200);
      await hangUp(call, alice);
    });
    for (const call of calls) await hangUp(call, alice);
    await step("with all of them over the second line takes two again", { rule: "CAP-07" }, async () => {
      const again = [await connectTo(second, 0), await connectTo(second, 0)];
      for (const call of again) await hangUp(call, alice);
    });
  },
);

scenario(
  "a line that two phones share is busy where both its calls are, too",
  { rules: ["CAP-04"], phones: { alice: {}, partner: { sameLineAs: "alice" }, bob: {}, carol: {} } },
  async ({ phones: { alice, partner, bob, carol }, step }) => {
    expect(partner.lines.some(({ directoryNumber }) => directoryNumber === alice.directoryNumber)).to.equal(true);
    await Promise.all([alice, bob, carol].map((phone) => phone.register()));
    const calls = await step("two calls connect at the one phone that is there", { control: true }, async () => [
      await connect(bob, alice),
      await connect(carol, alice),
    ]);
    await step("the third gets the busy answer, and alice's phone no INVITE", async () => {
      await isBusy(await bob.call(alice), alice);
    });
    for (const call of calls) await hangUp(call, alice);
  },
);

scenario(
  "with a forward when busy the third call goes there",
  {
    rules: ["CAP-05"],
    controls: ["CAL-14"],
    phones: { alice: { forwardsBusyTo: "target" }, target: {}, bob: {}, carol: {} },
  },
  async ({ phones: { alice, target, bob, carol }, step }) => {
    await Promise.all([alice, target, bob, carol].map((phone) => phone.register()));
    const calls = await step("two calls ring at alice and connect", { rule: "CAP-05", control: true }, async () => [
      await connect(bob, alice),
      await connect(carol, alice),
    ]);
    await step("the third rings at the number that alice forwards to", async () => {
      await ringsWhereItForwards(carol, alice, target);
    });
    for (const call of calls) await hangUp(call, alice);
  },
);

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a forward when busy that the administrator sets on a phone (${type}) takes its third call`,
    {
      rules: ["CAP-05"],
      needs: ["administration"],
      phones: { alice: { type }, target: {}, bob: {}, carol: {} },
    },
    async ({ phones: { alice, target, bob, carol }, step, administration }) => {
      await Promise.all([alice, target, bob, carol].map((phone) => phone.register()));
      const calls = [await connect(bob, alice), await connect(carol, alice)];
      await step("without it the third finds her busy", { rule: "CAP-05", control: true }, async () => {
        await isBusy(await carol.call(alice), alice);
        await target.noInvite();
      });
      await step("with it the third rings at the number that she forwards to", async () => {
        const forwards = { busy: target.directoryNumber };
        const { outcome, reason } = await administration.updateLine(alice, alice.directoryNumber, { forwards });
        expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
        await ringsWhereItForwards(carol, alice, target);
      });
      for (const call of calls) await hangUp(call, alice);
    },
  );
}

scenario(
  "an Advanced phone has sixteen calls on its eight lines, and not seventeen",
  {
    rules: ["CAP-08"],
    phones: { alice: { type: "advanced", lines: 8 }, bob: { type: "advanced", lines: 8 }, carol: {} },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    await Promise.all([...alice.lines.keys()].map((line) => alice.register({ line })));
    await Promise.all([...bob.lines.keys()].map((line) => bob.register({ line })));
    await carol.register();
    const calls = await step("two calls ring and connect on each line", async () => {
      const twoOn = async (index: number, number: string): Promise<OutgoingCall[]> => {
        const connected: OutgoingCall[] = [];
        for (let count = 0; count < 2; count++) {
          const call = await bob.call(number, { line: index });
          await (await alice.nextInvite({ line: index })).accept();
          expect(await call.final()).to.have.status(200);
          connected.push(call);
        }
        return connected;
      };
      const lines = alice.lines.map(({ directoryNumber }, index) => twoOn(index, directoryNumber));
      const connected = (await Promise.all(lines)).flat();
      expect(connected, "calls up at once").to.have.lengthOf(16);
      return connected;
    });
    await step("a seventeenth call to her is refused, and does not ring", async () => {
      await isBusy(await carol.call(alice), alice);
    });
    await step("a seventeenth call by her is refused too", async () => {
      const final = await finalWithoutRinging(await alice.call(carol), carol);
      expect(final).to.be.refused(["4xx", "5xx", "6xx"]);
      expect(final.status, "status of the refusal").not.to.be.oneOf([401, 407]);
    });
    await Promise.all(calls.map((call) => call.hangUp()));
    await step("with those over she is reached again", { rule: "CAP-08", control: true }, async () => {
      await hangUp(await connect(carol, alice), alice);
    });
  },
);
