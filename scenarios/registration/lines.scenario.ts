import { bracketed, expect, scenario } from "offhook";

scenario(
  "a Basic and an Advanced phone that share a line are told their own Contact each, and both ring",
  {
    rules: ["REG-24"],
    phones: { alice: { type: "basic" }, bob: { type: "advanced", sameLineAs: "alice" }, carol: {} },
  },
  async ({ phones: { alice, bob, carol }, step }) => {
    const line = alice.lines[0]?.directoryNumber ?? "";
    const shared = bob.lines.findIndex(({ directoryNumber }) => directoryNumber === line);
    await carol.register();
    await step("each 200 lists one Contact, that of the phone which registers", async () => {
      expect(await alice.register()).to.be.registered();
      expect(await bob.register({ line: shared })).to.be.registered();
      const refreshed = [await alice.register(), await bob.register({ line: shared })];
      for (const again of refreshed) expect(again).to.be.registered();
      for (const { contacts } of [...refreshed, await bob.register({ line: shared, contact: null })]) {
        const listed = contacts.map(({ uriText }) => uriText).join(" and ");
        expect(listed, "Contacts listed").not.to.contain(" and ");
      }
    });
    await step("a call to the line rings at both", { rule: "REG-24", control: true }, async () => {
      const call = await carol.call(line);
      const [atAlice, atBob] = await Promise.all([alice.nextInvite(), bob.nextInvite({ line: shared })]);
      await atAlice.accept();
      expect(await call.final()).to.have.status(200);
      await atBob.cancelled();
      await Promise.all([call.hangUp(), alice.nextRequest("BYE")]);
    });
  },
);

scenario(
  "a phone that gives up one of its lines keeps the others",
  { rules: ["REG-25"], phones: { alice: { type: "advanced", lines: 3 }, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await bob.register();
    const [first, second, third] = alice.lines;
    if (!first || !second || !third) throw new Error("the role has three lines");
    await step("three lines register with one user and one Contact address", async () => {
      const addresses = new Set<string>();
      for (const line of [first, second, third]) {
        const registration = await alice.register({ line });
        expect(registration).to.be.registered();
        for (const { uriText } of registration.contacts) addresses.add(uriText.replace(/^.*@|;.*$/g, ""));
      }
      expect(addresses.size, "Contact addresses of the phone").to.equal(1);
    });
    await step("alice gives up her second line, and it rings no more", async () => {
      expect((await alice.unregister({ line: second })).final).to.have.status(200);
      expect(await (await bob.call(second.directoryNumber)).final()).to.be.refused();
      await alice.noInvite();
    });
    await step("the others still ring", { rule: "REG-25", control: true }, async () => {
      for (const line of [first, third]) {
        const call = await bob.call(line.directoryNumber);
        await (await alice.nextInvite({ line })).reject(486);
        expect(await call.final()).to.be.refused();
      }
    });
  },
);

for (const [what, role] of [
  ["basic, tcp", { type: "basic", transport: "tcp" }],
  ["advanced, two lines", { type: "advanced", lines: 2 }],
] as const) {
  scenario(
    `a phone (${what}) that has registered is told whether messages wait`,
    { rules: ["REG-27"], controls: ["EXT-17"], phones: { alice: role } },
    async ({ phones: { alice }, step }) => {
      for (const line of alice.lines) {
        expect(await alice.register({ line })).to.be.registered();
        await step(`an unsolicited NOTIFY tells the state of the mailbox of ${line.directoryNumber}`, async () => {
          const notify = await alice.nextRequest("NOTIFY");
          expect(notify).to.have.header("Event", /^message-summary\b/i);
          expect(notify).to.have.header("Subscription-State", /^active\b/i);
          expect(notify.body.toString(), "body of the NOTIFY").to.match(/^Messages-Waiting:\s*(yes|no)\s*$/im);
        });
      }
      await step("the phone answers it with 200", { rule: "REG-27", control: true }, async () => {
        await alice.request("OPTIONS", { to: `sip:${alice.directoryNumber}@${bracketed(alice.address.host)}` });
        expect(alice.trace).to.show("< NOTIFY", "> 200 NOTIFY");
      });
    },
  );
}

scenario(
  "a subscription to messages waiting is granted or called a bad event",
  { rules: ["EXT-17", "REG-27"], observes: ["EXT-16"], phones: { alice: {} } },
  async ({ phones: { alice }, step, target, observe }) => {
    expect(await alice.register()).to.be.registered();
    await step("SUBSCRIBE Event: message-summary is answered by 489 or 200", async () => {
      const subscription = await alice.request("SUBSCRIBE", {
        to: `sip:${alice.directoryNumber}@${target.domain}`,
        headers: { Event: "message-summary", Accept: "application/simple-message-summary", Expires: "0" },
      });
      expect(subscription).to.have.status([200, 202, 489]);
    });
    const presence = await alice.request("SUBSCRIBE", {
      to: `sip:${alice.directoryNumber}@${target.domain}`,
      headers: { Event: "presence", Accept: "application/pidf+xml", Expires: "0" },
    });
    observe("answer to a subscription to presence", { rule: "EXT-16", data: { status: presence.final.status } });
    await step("messages waiting are told all the same", { rule: "REG-27" }, async () => {
      expect(await alice.nextRequest("NOTIFY")).to.have.header("Event", /^message-summary\b/i);
    });
  },
);
