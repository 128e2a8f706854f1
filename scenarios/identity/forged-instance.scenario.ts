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

/** A call to `called` rings there, and at none of the forgers. */
async function rings(called: Phone, caller: Phone, forgers: readonly Phone[] = []): Promise<void> {
  const call = await caller.call(called);
  const incoming = await called.nextInvite();
  await incoming.reject(486);
  expect(await call.final()).to.be.refused();
  for (const forger of forgers) await forger.noInvite();
}

scenario(
  "third-party phones, a Basic and an Advanced, gain nothing by the MAC address of a Cisco phone",
  {
    rules: ["DEV-02"],
    phones: {
      basic: { type: "basic" },
      advanced: { type: "advanced" },
      bob: {},
      cisco: { type: "cisco", digest: false, mac: true },
    },
  },
  async ({ phones: { basic, advanced, bob, cisco }, step, observe }) => {
    const forgers = [basic, advanced];
    await step("without any MAC address they register and are reached", { rule: "DEV-02", control: true }, async () => {
      await bob.register();
      for (const phone of forgers) {
        expect(await phone.register()).to.be.registered();
        await rings(phone, bob);
      }
    });
    await step("the Cisco phone registers and is reached", { rule: "DEV-02", control: true }, async () => {
      expect(await cisco.register({ contact: contactAs(cisco, cisco, cisco.directoryNumber) })).to.be.registered();
      await rings(cisco, bob);
    });
    for (const phone of forgers) {
      await step(`with its MAC address the ${phone.name} one's number stays its own, or it is refused`, async () => {
        const contact = contactAs(cisco, phone, phone.directoryNumber);
        const { final } = await phone.register({ contact, callId: "new" });
        observe("REGISTER with a foreign MAC address", { rule: "DEV-02", data: { status: final.status } });
        if (final.isSuccess) await rings(phone, bob);
        else expect(final).to.be.refused();
      });
    }
    await step("the binding of the Cisco phone stays", () => rings(cisco, bob, forgers));
    await step("with its MAC address and number they are refused, and its binding stays", async () => {
      const number = cisco.directoryNumber;
      for (const phone of forgers) {
        const forged = await phone.register({ directoryNumber: number, contact: contactAs(cisco, phone, number) });
        expect(forged).to.be.refused();
      }
      await rings(cisco, bob, forgers);
    });
  },
);
