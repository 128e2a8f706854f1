import { expect, scenario, type Phone } from "offhook";

/** Event and lifetime of the subscriptions tried; without a lifetime the state is fetched once. */
const SUBSCRIPTIONS = [
  ["dialog", 300],
  ["dialog", 0],
  ["dialog;sla", 300],
  ["Dialog", 300],
] as const;

/** NOTIFYs of the dialog package that reached the phone. */
function dialogNotifies(phone: Phone): number {
  return phone.trace.entries.filter(
    ({ direction, message }) => direction === "received" && /^dialog\b/i.test(message?.get("Event") ?? ""),
  ).length;
}

scenario(
  "third-party phones cannot watch calls by a dialog subscription",
  { rules: ["EXT-06", "EXT-14"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" }, bob: {} } },
  async ({ phones: { basic, advanced, bob }, step, target }) => {
    await Promise.all([basic.register(), advanced.register(), bob.register()]);
    for (const [watcher, rule] of [
      [basic, ["EXT-06"]],
      [advanced, ["EXT-06", "EXT-14"]],
    ] as const) {
      // The last of them goes out in the compact form (RFC 6665 §8.2.1).
      watcher.wire.rewrite("SUBSCRIBE", (_, octets) =>
        octets.toString("latin1").replace("\r\nEvent: Dialog\r\n", "\r\no: Dialog\r\n"),
      );
      for (const watched of [bob, watcher]) {
        await step(`each SUBSCRIBE of ${watcher.name} to ${watched.name} is refused`, { rule }, async () => {
          for (const [event, expires] of SUBSCRIPTIONS) {
            const { final } = await watcher.request("SUBSCRIBE", {
              to: `sip:${watched.directoryNumber}@${target.domain}`,
              headers: { Event: event, Accept: "application/dialog-info+xml", Expires: String(expires) },
            });
            const what = `Event: ${event}, Expires: ${expires}`;
            expect(final, what).to.be.refused();
            expect(final.status, `status of ${what}`).not.to.be.oneOf([401, 407]);
          }
        });
      }
    }
    await step("a call of bob with one of them is told to neither", { rule: ["EXT-06", "EXT-14"] }, async () => {
      const call = await advanced.call(bob);
      await (await bob.nextInvite()).accept();
      expect(await call.final()).to.have.status(200);
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      for (const watcher of [basic, advanced]) {
        await watcher.noInvite();
        expect(dialogNotifies(watcher), "NOTIFYs with the state of calls").to.equal(0);
      }
    });
  },
);

scenario(
  "phones with digest off, and those that share a line, cannot watch dialogs either",
  { rules: ["EXT-06"], phones: { unproved: { digest: false }, sharing: {}, partner: { sameLineAs: "sharing" } } },
  async ({ phones: { unproved, sharing, partner }, step, target }) => {
    expect(partner.lines.some(({ directoryNumber }) => directoryNumber === sharing.directoryNumber)).to.equal(true);
    await Promise.all([unproved.register(), sharing.register()]);
    for (const phone of [unproved, sharing]) {
      await step(`${phone.name}'s SUBSCRIBE to ${sharing.name} is refused`, async () => {
        const { final } = await phone.request("SUBSCRIBE", {
          to: `sip:${sharing.directoryNumber}@${target.domain}`,
          headers: { Event: "dialog", Accept: "application/dialog-info+xml", Expires: "300" },
        });
        expect(final).to.be.refused();
        await phone.noInvite();
        expect(dialogNotifies(phone), "NOTIFYs with the state of calls").to.equal(0);
      });
    }
    await step("and one may call the other", { rule: "EXT-06", control: true }, async () => {
      const call = await unproved.call(sharing);
      await (await sharing.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "a Cisco phone may subscribe to dialogs",
  {
    rules: ["EXT-15"],
    controls: ["EXT-06", "EXT-15"],
    phones: { watcher: { type: "cisco", digest: false }, bob: {} },
  },
  async ({ phones: { watcher, bob }, step }) => {
    await Promise.all([watcher.register(), bob.register()]);
    await step("its SUBSCRIBE is granted, and a NOTIFY tells the state", async () => {
      const subscription = await watcher.subscribe("dialog", {
        to: bob,
        expiresSeconds: 0,
        headers: { Accept: "application/dialog-info+xml" },
      });
      expect(subscription).to.have.status([200, 202]);
      const notify = await subscription.nextNotify();
      expect(notify).to.have.header("Subscription-State");
    });
  },
);

scenario(
  "a Cisco phone may pick up a call by the Call Pickup URI",
  {
    rules: ["EXT-15"],
    controls: ["EXT-01", "EXT-15"],
    phones: { picker: { type: "cisco", digest: false }, ringing: { samePickupGroupAs: "picker" }, caller: {} },
  },
  async ({ phones: { picker, ringing, caller }, step, target }) => {
    await Promise.all([picker.register(), ringing.register(), caller.register()]);
    const call = await caller.call(ringing);
    const incoming = await ringing.nextInvite();
    await incoming.ring();
    await step("the call moves to the Cisco phone, the other stops ringing", async () => {
      const pickup = await picker.call(picker.device.sipProfile.serviceUris.callPickup);
      const final = await pickup.final();
      expect(final).to.have.status(target.embedded ? 200 : [200, 503]);
      if (final.status !== 200) {
        await incoming.reject(486);
        expect(await call.final()).to.be.refused();
        return;
      }
      expect(await call.final()).to.have.status(200);
      await incoming.cancelled();
      for (const side of [call, pickup]) {
        expect(await side.session())
          .to.have.media("audio")
          .live();
      }
      await Promise.all([call.hangUp(), pickup.nextRequest("BYE")]);
    });
  },
);
