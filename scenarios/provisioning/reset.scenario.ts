import { expect, scenario, type Phone, type ProvisioningRuling } from "offhook";

/** Events by which Cisco's phones, and others, are told to load their settings anew. */
const RESETS = /^(?:service-control|check-sync|resync|reset|reboot)\b/i;

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

/** Events of the NOTIFYs that tell a phone to reset. */
function resetsAt(phone: Phone): string[] {
  return phone.trace.entries.flatMap(({ direction, message }) => {
    const event = direction === "received" && message?.cseq.method === "NOTIFY" ? message.get("Event") : undefined;
    return event !== undefined && RESETS.test(event) ? [event] : [];
  });
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a phone (${type}) that the administrator resets is told nothing`,
    { rules: ["DEV-05"], needs: ["administration"], phones: { alice: { type } } },
    async ({ phones: { alice }, step, administration }) => {
      await alice.register();
      await step("no NOTIFY of service-control or check-sync comes", async () => {
        accepted(await administration.resetPhone(alice));
        await alice.noInvite();
        expect(resetsAt(alice), "resets by NOTIFY").to.deep.equal([]);
      });
      await step("it registers after that as before", { rule: "DEV-05", control: true }, async () => {
        expect(await alice.register()).to.be.registered();
        expect(resetsAt(alice), "resets by NOTIFY").to.deep.equal([]);
      });
    },
  );
}

scenario(
  "a Cisco phone that the administrator resets is told by NOTIFY",
  {
    rules: ["DEV-05"],
    controls: ["DEV-05"],
    needs: ["administration"],
    phones: { cisco: { type: "cisco", digest: false } },
  },
  async ({ phones: { cisco }, step, administration, observe }) => {
    await cisco.register();
    await step("a NOTIFY of service-control comes", { rule: "DEV-05", control: true }, async () => {
      accepted(await administration.resetPhone(cisco));
      let notify = await cisco.nextRequest("NOTIFY");
      while (!RESETS.test(notify.get("Event") ?? "")) notify = await cisco.nextRequest("NOTIFY");
      observe("reset", { rule: "DEV-05", data: { event: notify.get("Event"), body: notify.body.toString() } });
      expect(resetsAt(cisco), "resets by NOTIFY").to.have.lengthOf(1);
    });
  },
);
