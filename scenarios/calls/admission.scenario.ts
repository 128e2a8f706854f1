import { expect, scenario } from "offhook";

scenario(
  "with digest on an INVITE is challenged, ACK and CANCEL never are",
  { rules: ["CAL-02"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const mark = alice.mark();
    const call = await alice.call(bob);
    await step("the INVITE is challenged by 401, and taken with credentials", async () => {
      await (await bob.nextInvite()).accept();
      expect(await call.final()).to.have.status(200);
      expect(alice.trace.since(mark)).to.show("> INVITE", "< 401", "> ACK", "> INVITE", "< 200", "> ACK");
      expect(call.responses[0]).to.have.header("WWW-Authenticate");
    });
    await step("so are requests in the call", async () => {
      const before = alice.mark();
      for (const method of ["INFO", "UPDATE"]) {
        await call.request(method);
        expect(alice.trace.since(before)).to.show(`> ${method}`, "< 401");
      }
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      expect(alice.trace.since(before)).to.show("> BYE", "< 401", "> BYE", "< 200");
    });
    await step("a CANCEL is answered by 200 at once", async () => {
      const second = await alice.call(bob);
      const incoming = await bob.nextInvite();
      expect(second.responses[0], "what answers the next INVITE").to.have.status(401);
      await incoming.ring();
      await second.provisional();
      const before = alice.mark();
      expect(await second.cancel()).to.have.status(487);
      expect(alice.trace.since(before)).to.show("> CANCEL", "< 200");
      expect(alice.trace.since(before)).to.neverShow("< 401 CANCEL", "< 407 CANCEL");
      await incoming.cancelled();
    });
  },
);

for (const [type, transport] of [
  ["basic", "udp"],
  ["advanced", "tcp"],
] as const) {
  scenario(
    `a phone (${type}, ${transport}) with digest on proves itself for each thing that it asks for`,
    { rules: ["CAL-02", "CAL-03", "CAL-04"], phones: { alice: { type, transport }, bob: {} } },
    async ({ phones: { alice, bob }, step, target }) => {
      await bob.register();
      await step("unregistered, it cannot call", { rule: "CAL-04" }, async () => {
        expect(await (await alice.call(bob)).final()).to.be.refused([401, 403, 404, "5xx"]);
        await bob.noInvite();
      });
      await alice.register();
      await step("an INVITE with a wrong password is refused", async () => {
        expect(await (await alice.call(bob, { password: "not-the-password" })).final()).to.be.refused([401, 403, 407]);
        await bob.noInvite();
      });
      await step("so is one with the right digest of another user", { rule: "CAL-03" }, async () => {
        const { id: username = "", password = "" } = bob.user ?? {};
        const final = await (await alice.call(bob, { username, password })).final();
        expect(final).to.be.refused([401, 403, 404, 407]);
        await bob.noInvite();
      });
      const mark = alice.mark();
      const call = await step(
        "with its own right one it calls",
        { rule: ["CAL-02", "CAL-03", "CAL-04"], control: true },
        async () => {
          const connected = await alice.call(bob);
          await (await bob.nextInvite()).accept();
          expect(await connected.final()).to.have.status(200);
          return connected;
        },
      );
      await step("the INVITE was challenged, SUBSCRIBE, and REFER in the call, are so too", async () => {
        expect(alice.trace.since(mark)).to.show("> INVITE", "< 401", "> INVITE", "< 200");
        await alice.request("SUBSCRIBE", {
          to: `sip:${alice.directoryNumber}@${target.domain}`,
          headers: { Event: "message-summary", Expires: "0" },
        });
        expect(alice.trace.since(mark)).to.show("> SUBSCRIBE", "< 401");
        await call.request("REFER", { headers: { "Refer-To": "<tel:0>" } });
        expect(alice.trace.since(mark)).to.show("> REFER", "< 401");
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}

scenario(
  "with digest off an INVITE goes through unchallenged",
  { rules: ["CAL-02"], controls: ["CAL-02"], phones: { alice: { digest: false }, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const mark = alice.mark();
    const call = await alice.call(bob);
    await (await bob.nextInvite()).accept();
    await step("the call connects without a challenge", async () => {
      expect(await call.final()).to.have.status(200);
      expect(alice.trace.since(mark)).to.neverShow("< 401", "< 407");
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "a number that nobody has is answered 404",
  { rules: ["CAL-06"], phones: { alice: {}, bob: {} }, numbers: { vacant: { unassigned: true } } },
  async ({ phones: { alice, bob }, numbers: { vacant }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("the call ends with 404", async () => {
      const final = await (await alice.call(vacant)).final();
      expect(final).to.have.status(404);
      observe("Reason of the 404", { rule: "CAL-06", data: { reason: final.get("Reason") } });
    });
    await step("so does one to a number with a digit too many", async () => {
      expect(await (await alice.call(`${bob.directoryNumber}9`)).final()).to.be.refused([404, 484]);
      await bob.noInvite();
    });
    await step("a number that somebody has rings", { rule: "CAL-06", control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "the call manager's INVITE carries no offer, and its ACK the answer",
  { rules: ["CAL-07"], phones: { alice: {}, bob: { type: "basic" }, carol: { type: "advanced", transport: "tcp" } } },
  async ({ phones: { alice, bob, carol }, step }) => {
    await Promise.all([alice, bob, carol].map((phone) => phone.register()));
    for (const callee of [bob, carol]) {
      const call = await alice.call(callee);
      const incoming = await callee.nextInvite();
      await step(`${callee.name} is asked to offer`, () => {
        expect(incoming.offer, "offer in the INVITE").to.equal(undefined);
      });
      await step(`${callee.name} offers in the 200, the ACK answers`, async () => {
        await incoming.accept();
        const session = await incoming.session();
        expect(session.localRole).to.equal("offerer");
        expect(session.answer).to.answerTo(session.offer);
        expect(session).to.have.media("audio").live();
      });
      await call.final();
      await Promise.all([call.hangUp(), callee.nextRequest("BYE")]);
    }
  },
);

for (const [why, role] of [
  ["with early offer", { earlyOffer: true }],
  ["behind a media termination point", { mtpRequired: true }],
] as const) {
  scenario(
    `to a phone ${why} the call manager offers audio`,
    { rules: ["CAL-07"], controls: ["CAL-07"], phones: { alice: {}, bob: role } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await step("the INVITE carries an audio offer", { rule: "CAL-07", control: true }, async () => {
        expect(incoming.offer).to.have.media("audio").live();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        expect(await call.session())
          .to.have.media("audio")
          .live();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );
}
