import { bracketed, expect, scenario, type Phone } from "offhook";

/** Contact of `phone` for `number`, claiming to be `device` as Cisco's phones say who they are. */
function contactAs(device: Phone, phone: Phone, number: string): string {
  const { mac = "", name } = device.device;
  const { host, port } = phone.address;
  return [
    `<sip:${number}@${bracketed(host)}:${port}>`,
    `+sip.instance="<urn:uuid:00000000-0000-0000-0000-${mac.toLowerCase()}>"`,
    `+u.sip!devicename.ccm.cisco.com="${name}"`,
    `+u.sip!model.ccm.cisco.com="30018"`,
  ].join(";");
}

/** A call to `called` rings there, and not at the forger. */
async function rings(called: Phone, caller: Phone, forger?: Phone): Promise<void> {
  const call = await caller.call(called);
  const incoming = await called.nextInvite();
  await incoming.reject(486);
  expect(await call.final()).to.be.refused();
  await forger?.noInvite();
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a third-party phone (${type}) gains nothing by the MAC address of a Cisco phone`,
    {
      rules: ["DEV-02"],
      phones: { alice: { type }, bob: {}, cisco: { type: "cisco", digest: false, mac: true } },
    },
    async ({ phones: { alice, bob, cisco }, step, observe }) => {
      await step(
        "without any MAC address alice registers and is reached",
        { rule: "DEV-02", control: true },
        async () => {
          await bob.register();
          expect(await alice.register()).to.be.registered();
          await rings(alice, bob);
        },
      );
      await step("the Cisco phone registers and is reached", { rule: "DEV-02", control: true }, async () => {
        expect(await cisco.register({ contact: contactAs(cisco, cisco, cisco.directoryNumber) })).to.be.registered();
        await rings(cisco, bob);
      });
      await step("with its MAC address alice's number stays hers, or she is refused", async () => {
        await alice.unregister();
        const { final } = await alice.register({ contact: contactAs(cisco, alice, alice.directoryNumber) });
        observe("REGISTER with a foreign MAC address", { rule: "DEV-02", data: { status: final.status } });
        if (final.isSuccess) await rings(alice, bob);
        else expect(final).to.be.refused();
        await rings(cisco, bob, alice);
      });
      await step("with its MAC address and number she is refused, and its binding stays", async () => {
        const number = cisco.directoryNumber;
        const forged = await alice.register({ directoryNumber: number, contact: contactAs(cisco, alice, number) });
        expect(forged).to.be.refused();
        await rings(cisco, bob, alice);
      });
    },
  );
}
