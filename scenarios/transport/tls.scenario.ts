import { expect, scenario, type Phone } from "offhook";

/** Of a phone that wants to be reached over TLS, and of one that says nothing of it. */
const CONTACTS = ["tls", "plain"] as const;

/** What it is refused over TLS, it is not refused for another reason. */
async function registersWithoutTls(phone: Phone): Promise<void> {
  expect(await phone.register(), `registration of ${phone.name} over ${phone.address.protocol}`).to.be.registered();
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a third-party phone (${type}) never registers over TLS`,
    { rules: ["TLS-01"], phones: { alice: { type } } },
    async ({ phones: { alice }, step, observe }) => {
      await step("without TLS it registers", { rule: "TLS-01", control: true }, () => registersWithoutTls(alice));
      await alice.unregister();
      await step("over TLS it does not, whatever Contact it gives", async () => {
        for (const contact of CONTACTS) {
          const { outcome, reason, alert } = await alice.registerOverTls({ contact });
          expect(outcome, `what became of the REGISTER with a ${contact} Contact`).not.to.equal("registered");
          observe("TLS port", { rule: "TLS-01", data: { contact, outcome, reason, alert } });
        }
      });
    },
  );
}

scenario(
  "the TLS port asks for a certificate, and who has none that is trusted gets no session",
  { rules: ["TLS-02"], phones: { alice: {} } },
  async ({ phones: { alice }, step, observe }) => {
    for (const certificate of ["none", "self-signed"] as const) {
      await step(`with ${certificate === "none" ? "no certificate" : "one that is self-signed"}`, async () => {
        const { outcome, reason, alert } = await alice.registerOverTls({ certificate });
        expect(outcome, "what became of the REGISTER over TLS").to.equal("no session");
        observe("end of the handshake", { rule: "TLS-02", data: { certificate, reason, alert } });
      });
    }
    await step("without TLS the same phone registers", { rule: "TLS-02", control: true }, () =>
      registersWithoutTls(alice),
    );
  },
);

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a trusted certificate and a good digest do not register a third-party phone (${type}) over TLS`,
    { rules: ["TLS-03", "TLS-01"], phones: { alice: { type, certificate: true } } },
    async ({ phones: { alice }, step, observe }) => {
      await step("it is refused", { rule: ["TLS-03", "TLS-01"] }, async () => {
        for (const contact of CONTACTS) {
          const { outcome, reason, final } = await alice.registerOverTls({ certificate: "own", contact });
          expect(outcome, `what became of the REGISTER with a ${contact} Contact`).not.to.equal("registered");
          observe("answer over TLS", { rule: "TLS-03", data: { contact, reason, warning: final?.get("Warning") } });
        }
      });
      await step("without TLS its digest is good", { rule: ["TLS-03", "TLS-01"], control: true }, () =>
        registersWithoutTls(alice),
      );
    },
  );
}
