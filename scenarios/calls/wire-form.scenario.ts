import { expect, scenario } from "offhook";

interface Message {
  has(name: string): boolean;
  getAll(name: string): string[];
}

/** The values of those headers that a message has. */
function headersOf(message: Message, ...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (message.has(name) ? [[name, message.getAll(name).join(", ")]] : [])),
  );
}

scenario(
  "what the call manager's own messages in a call carry is observed",
  { rules: ["CAL-01"], observes: ["CAL-08", "CAL-11"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    const call = await alice.call(bob);
    const incoming = await bob.nextInvite();
    const identity = ["Alert-Info", "Remote-Party-ID", "Max-Forwards", "User-Agent"];
    const data = headersOf(incoming.invite, "Supported", "Min-SE", "Expires", "Allow-Events", ...identity);
    observe("headers of the INVITE to the called phone", { rule: "CAL-08", data });
    await incoming.ring();
    const ringing = await call.provisional();
    await incoming.accept();
    await step("the call connects", async () => {
      expect(await call.final()).to.have.status(200);
    });
    observe("reliable provisional responses and session timer", {
      rule: "CAL-11",
      data: {
        ringing: headersOf(ringing, "Require", "RSeq"),
        answer: headersOf(await call.final(), "Require", "Supported", "Session-Expires"),
        invite: headersOf(incoming.invite, "Require", "Session-Expires", "Min-SE"),
      },
    });
    await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "what the call manager's answers to REGISTER carry is observed",
  { rules: ["REG-03", "REG-07"], observes: ["REG-26", "REG-29", "REG-30"], phones: { alice: { transport: "udp" } } },
  async ({ phones: { alice }, step, observe }) => {
    await step("a user of nobody is refused", { rule: "REG-07" }, async () => {
      const refusal = await alice.register({ username: "nobody" });
      expect(refusal).to.be.refused();
      const data = { status: refusal.final.status, ...headersOf(refusal.final, "Warning", "Retry-After", "Reason") };
      observe("what a refusal says besides", { rule: "REG-30", data });
    });
    await step("the phone registers, twice", async () => {
      const first = await alice.register();
      const second = await alice.register();
      for (const registration of [first, second]) expect(registration).to.be.registered();
      observe("Contact and Supported of the first 200 and of the next", {
        rule: "REG-26",
        data: [first, second].map(({ final }) => headersOf(final, "Contact", "Supported")),
      });
      observe("Via as it was sent and as it came back", {
        rule: "REG-29",
        data: { sent: first.requests.at(-1)?.get("Via"), received: first.final.get("Via") },
      });
    });
  },
);
