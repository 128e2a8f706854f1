import { bracketed, expect, scenario, type Phone, type Registration } from "offhook";

/** The phone's own Contact for its first line, with what stands behind it. */
function ownContact(phone: Phone, { port = phone.address.port, parameters = "" } = {}): string {
  const transport = phone.address.protocol === "udp" ? "" : `;transport=${phone.address.protocol}`;
  return `<sip:${phone.directoryNumber}@${bracketed(phone.address.host)}:${port}${transport}>${parameters}`;
}

/** Nobody listens there, so that a Contact of it reaches nobody. */
const DISCARD_PORT = 9;

function challenged(registration: Registration): void {
  expect(registration.final).to.have.status(401);
  expect(registration).to.be.challenged();
}

for (const [type, transport] of [
  ["basic", "tcp"],
  ["advanced", "udp"],
] as const) {
  scenario(
    `whatever a registered phone (${type}, ${transport}) asks for anew without credentials, it is challenged`,
    { rules: ["REG-01", "REG-20"], phones: { alice: { type, transport }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      const unproved = { credentials: "none" } as const;
      await step("its first REGISTER is challenged", async () => {
        challenged(await alice.register(unproved));
        expect(await alice.register()).to.be.registered();
      });
      await step("so is one that moves its binding", { rule: ["REG-01", "REG-20"] }, async () => {
        challenged(await alice.register({ ...unproved, contact: ownContact(alice, { port: DISCARD_PORT }) }));
      });
      await step("so is one that gives the binding up, by header and by Contact", async () => {
        challenged(await alice.unregister(unproved));
        const contact = ownContact(alice, { parameters: ";expires=0" });
        challenged(await alice.register({ ...unproved, contact }));
      });
      await step("so is one that asks for the binding", async () => {
        challenged(await alice.register({ ...unproved, contact: null }));
      });
      await step("so is one as after a restart", async () => {
        challenged(await alice.register({ ...unproved, callId: "new" }));
      });
      await step("none of them changed anything: the phone is reached", { rule: "REG-01", control: true }, async () => {
        await bob.register();
        const call = await bob.call(alice);
        await (await alice.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      });
    },
  );
}

scenario(
  "each line of a phone is challenged, those too whose sisters are registered",
  { rules: ["REG-01", "REG-25", "REG-20"], phones: { alice: { type: "advanced", lines: 3 } } },
  async ({ phones: { alice }, step }) => {
    for (const [index, line] of alice.lines.entries()) {
      await step(`line ${index + 1} is challenged`, { rule: ["REG-01", "REG-20"] }, async () => {
        challenged(await alice.register({ line, credentials: "none" }));
      });
      await step(`with credentials line ${index + 1} registers`, { rule: "REG-25" }, async () => {
        expect(await alice.register({ line })).to.be.registered();
      });
    }
  },
);

scenario(
  "a phone that tells its lifetime in the Contact alone registers, and leaves that way",
  { rules: ["REG-03", "REG-22", "REG-21"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await bob.register();
    alice.wire.rewrite("REGISTER", (message) => message.delete("Expires"));
    const asking = (expiresSeconds: number): string => ownContact(alice, { parameters: `;expires=${expiresSeconds}` });
    await step("it registers", async () => {
      expect(await alice.register({ contact: asking(3600) })).to.be.registered();
    });
    await step("a lifetime too short is refused with the least one, or raised", { rule: "REG-21" }, async () => {
      const brief = await alice.register({ contact: asking(5), expiresSeconds: 5 });
      if (brief.final.status === 423) expect(brief).to.have.header("Min-Expires", /^\d+$/);
      else expect(brief.expiresSeconds, "seconds granted").to.be.greaterThan(5);
    });
    await step("it is reached", { rule: ["REG-03", "REG-21"], control: true }, async () => {
      const call = await bob.call(alice);
      await (await alice.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
    await step("with expires=0 it leaves, and is not reached", { rule: "REG-22" }, async () => {
      const gone = await alice.register({ contact: asking(0), expiresSeconds: 0 });
      expect(gone.final).to.have.status(200);
      const call = await bob.call(alice);
      expect(await call.final()).to.be.refused();
      await alice.noInvite();
    });
  },
);

for (const [type, transport, lines] of [
  ["advanced", "udp", 2],
  ["basic", "tcp", 1],
] as const) {
  scenario(
    `a phone (${type}, ${transport}) that gives up its ${lines === 2 ? "second line" : "line"} is gone`,
    { rules: ["REG-22"], phones: { alice: { type, transport, lines }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await bob.register();
      const line = alice.lines[lines - 1];
      if (!line) throw new Error(`the role has ${lines} lines`);
      await step("it rings while it is registered", { rule: "REG-22", control: true }, async () => {
        expect(await alice.register({ line })).to.be.registered();
        const call = await bob.call(line.directoryNumber);
        await (await alice.nextInvite({ line })).reject(486);
        expect(await call.final()).to.be.refused();
      });
      await step("given up, it rings no more", async () => {
        expect((await alice.unregister({ line })).final).to.have.status(200);
        expect(await (await bob.call(line.directoryNumber)).final()).to.be.refused();
        await alice.noInvite();
      });
    },
  );
}
