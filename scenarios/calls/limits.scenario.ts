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

/** The phone rings when it is called; it does not take the call. */
async function rings(caller: Phone, callee: Phone): Promise<void> {
  const call = await caller.call(callee);
  await (await callee.nextInvite()).reject(486);
  expect(await call.final()).to.be.refused();
}

async function cancels(caller: Phone, callee: Phone): Promise<void> {
  const call = await caller.call(callee);
  const incoming = await callee.nextInvite();
  await incoming.ring();
  await call.provisional();
  expect(await call.cancel()).to.have.status(487);
  await incoming.cancelled();
}

/** A line with two calls, by default the phone's first, places a third; the answer is no challenge, and nobody rings. */
async function cannotPlace(caller: Phone, callee: Phone, line = caller.lines[0]): Promise<void> {
  const final = await finalWithoutRinging(await caller.call(callee, line && { line }), callee);
  expect(final).to.be.refused(["4xx", "5xx"]);
  expect(final.status, "status of the refusal").not.to.be.oneOf([401, 407]);
}

// Calls between two phones count for both, so that a Basic and an Advanced one are at their limits by the same two calls.

for (const [placing, taking] of [
  ["basic", "advanced"],
  ["advanced", "basic"],
] as const) {
  scenario(
    `a phone (${taking}) that took two calls is busy, and one (${placing}) that placed two cannot place a third`,
    { rules: ["CAP-04", "CAP-06"], phones: { alice: { type: placing }, bob: { type: taking }, carol: {} } },
    async ({ phones: { alice, bob, carol }, step, observe }) => {
      await Promise.all([alice, bob, carol].map((phone) => phone.register()));
      const both = { rule: ["CAP-04", "CAP-06"], control: true } as const;
      const [first, second] = await step("two calls of alice ring at bob and connect", both, async () => [
        await connect(alice, bob),
        await connect(alice, bob),
      ]);
      await step("a third to bob gets the busy answer, and his phone no INVITE", async () => {
        const third = await carol.call(bob);
        await isBusy(third, bob);
        observe("Reason of the refusal", { data: { reason: (await third.final()).get("Reason") } });
      });
      await step("a third by alice is refused, and carol does not ring", { rule: "CAP-06" }, () =>
        cannotPlace(alice, carol),
      );
      await hangUp(first, bob);
      await step("once a call has ended the next is placed", { rule: "CAP-06", control: true }, () =>
        rings(alice, carol),
      );
      await hangUp(second, bob);
    },
  );
}

scenario(
  "calls that a phone placed and calls that ring at it count together, for a Basic and for an Advanced",
  {
    rules: ["CAP-04", "CAP-06"],
    phones: { alice: { type: "basic" }, bob: { type: "advanced" }, carol: {} },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    await Promise.all([alice, bob, carol].map((phone) => phone.register()));
    const placed = await step("alice calls bob", { rule: "CAP-06", control: true }, () => connect(alice, bob));
    const taken = await bob.call(alice);
    const ringing = await alice.nextInvite();
    await ringing.ring();
    await step("with that call up and one ringing alice is busy", { rule: ["CAP-04", "CAP-06"] }, async () => {
      await isBusy(await carol.call(alice), alice);
    });
    await ringing.accept();
    expect(await taken.final()).to.have.status(200);
    await step("with a call each way neither can place a third", { rule: "CAP-06" }, async () => {
      await cannotPlace(alice, carol);
      await cannotPlace(bob, carol);
    });
    await hangUp(placed, bob);
    const next = await alice.call(bob);
    const ringingNext = await bob.nextInvite();
    await ringingNext.ring();
    await step("with one call up and one ringing bob is busy", { rule: ["CAP-04", "CAP-06"] }, async () => {
      await isBusy(await carol.call(bob), bob);
    });
    await ringingNext.reject(486);
    expect(await next.final()).to.be.refused();
    await hangUp(taken, alice);
  },
);

scenario(
  "a call that is over counts no longer, however it ended, for a Basic and for an Advanced",
  { rules: ["CAP-07"], phones: { alice: { type: "basic" }, bob: { type: "advanced" } } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice, bob].map((phone) => phone.register()));
    // One call stays at both, so that of either one that counts on leaves no room for the next.
    const stays = await connect(bob, alice);
    const ends = {
      "by BYE of its caller": async () => {
        await hangUp(await connect(alice, bob), bob);
      },
      "by BYE of the phone that took it": async () => {
        const call = await bob.call(alice);
        const incoming = await alice.nextInvite();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        await hangUp(incoming, bob);
      },
      "by CANCEL of alice": () => cancels(alice, bob),
      "by CANCEL of bob": () => cancels(bob, alice),
      "when its INVITE is good no longer": async () => {
        const call = await bob.call(alice, { headers: { Expires: "1" } });
        const incoming = await alice.nextInvite();
        await incoming.ring();
        // Whoever lets it ring on (RFC 3261 §13.3.1 is no rule of the table) is told to stop.
        const limit = alice.nextRequest("OPTIONS", { timeoutMs: 1_500 }).catch(() => undefined);
        const ended = await Promise.race([incoming.cancelled().then(() => true), limit.then(() => false)]);
        if (!ended) await call.cancel();
        expect(await call.final()).to.be.refused();
      },
      "by a refusal of bob": () => rings(alice, bob),
      "by a refusal of alice": () => rings(bob, alice),
    };
    // Where one of them counts on, the next finds the line busy.
    for (const [way, end] of Object.entries(ends)) await step(`a second call ends ${way}`, end);
    await step("a second call still rings", () => rings(alice, bob));
    await hangUp(stays, alice);
  },
);

scenario(
  "each line of a phone is busy by its own calls, and free again when one is over",
  {
    rules: ["CAP-04", "CAP-06", "CAP-07"],
    phones: { alice: { type: "advanced", lines: 2 }, bob: {}, carol: {} },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    const [first, second] = alice.lines;
    if (!first || !second) throw new Error("the role has two lines");
    for (const line of alice.lines) await alice.register({ line });
    await Promise.all([bob.register(), carol.register()]);
    const connectTo = async (line: typeof first, caller: Phone): Promise<OutgoingCall> => {
      const call = await caller.call(line.directoryNumber);
      await (await alice.nextInvite({ line })).accept();
      expect(await call.final()).to.have.status(200);
      return call;
    };
    const ringsAt = async (line: typeof first): Promise<void> => {
      const call = await carol.call(line.directoryNumber);
      await (await alice.nextInvite({ line })).reject(486);
      expect(await call.final()).to.be.refused();
    };
    const all = { rule: ["CAP-04", "CAP-06", "CAP-07"], control: true } as const;
    const calls = await step("two calls connect on her second line, one on her first", all, async () => [
      await connectTo(second, bob),
      await connectTo(second, carol),
      await connectTo(first, bob),
    ]);
    await step("a third to the second line finds it busy", async () => {
      await isBusy(await carol.call(second.directoryNumber), alice);
    });
    await step("and a third by the second line is refused", { rule: "CAP-06" }, () =>
      cannotPlace(alice, carol, second),
    );
    await step("a second to the first line rings", { rule: "CAP-04", control: true }, () => ringsAt(first));
    const [over, ...others] = calls;
    if (over) await hangUp(over, alice);
    await step("with one of its calls over the second line rings again", { rule: "CAP-07" }, () => ringsAt(second));
    for (const call of others) await hangUp(call, alice);
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
      await connect(bob, alice),
    ]);
    await step("the third gets the busy answer, and alice's phone no INVITE", async () => {
      await isBusy(await carol.call(alice), alice);
    });
    for (const call of calls) await hangUp(call, alice);
  },
);

scenario(
  "with a forward when busy the third call goes there",
  {
    rules: ["CAP-05"],
    controls: ["CAL-14"],
    phones: { alice: { forwardsBusyTo: "target" }, target: {}, bob: {} },
  },
  async ({ phones: { alice, target, bob }, step }) => {
    await Promise.all([alice, target, bob].map((phone) => phone.register()));
    const two = { rule: "CAP-05", control: true } as const;
    const [placed, taken] = await step("alice has two calls, one of them rang at her", two, async () => [
      await connect(alice, target),
      await connect(bob, alice),
    ]);
    await step("the third rings at the number that alice forwards to", async () => {
      await ringsWhereItForwards(bob, alice, target);
    });
    await hangUp(placed, target);
    await hangUp(taken, alice);
  },
);

scenario(
  "a forward when busy that the administrator sets takes the third call, on a Basic and on an Advanced",
  {
    rules: ["CAP-05"],
    needs: ["administration"],
    phones: { alice: { type: "basic" }, bob: { type: "advanced" }, target: {}, carol: {} },
  },
  async ({ phones: { alice, bob, target, carol }, step, administration }) => {
    await Promise.all([alice, bob, target, carol].map((phone) => phone.register()));
    const calls = [await connect(alice, bob), await connect(alice, bob)];
    for (const phone of [alice, bob]) {
      await step(`without it the third finds ${phone.name} busy`, { rule: "CAP-05", control: true }, async () => {
        await isBusy(await carol.call(phone), phone);
        await target.noInvite();
      });
      await step(`with it the third to ${phone.name} rings at the number to forward to`, async () => {
        const forwards = { busy: target.directoryNumber };
        const { outcome, reason } = await administration.updateLine(phone, phone.directoryNumber, { forwards });
        expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
        await ringsWhereItForwards(carol, phone, target);
      });
    }
    for (const call of calls) await hangUp(call, bob);
  },
);

scenario(
  "an Advanced phone has sixteen calls on its eight lines, and not seventeen",
  { rules: ["CAP-08", "REG-25"], phones: { alice: { type: "advanced", lines: 8 }, carol: {} } },
  async ({ phones: { alice, carol }, step }) => {
    await step("each of its lines registers, by the same user and Contact address", { rule: "REG-25" }, async () => {
      for (const line of alice.lines) expect(await alice.register({ line })).to.be.registered();
    });
    await carol.register();
    // Both ends are hers, and each counts: a line has the call that it placed and the one that it took.
    const calls = await step("a call connects from each line to the next", { rule: ["CAP-08", "REG-25"] }, async () => {
      const connected: OutgoingCall[] = [];
      for (const [index, line] of alice.lines.entries()) {
        const next = alice.lines[(index + 1) % alice.lines.length] ?? line;
        const call = await alice.call(next.directoryNumber, { line });
        await (await alice.nextInvite({ line: next })).accept();
        expect(await call.final()).to.have.status(200);
        connected.push(call);
      }
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
    await step("with those over she is reached again", { rule: "CAP-08", control: true }, () => rings(carol, alice));
  },
);
