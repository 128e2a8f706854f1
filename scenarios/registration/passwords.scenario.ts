import { expect, scenario, type Line, type Phone } from "offhook";

/** Wrong passwords that are near the right one, or that somebody may have in mind. */
function wrongPasswords(phone: Phone, other: Phone): ReadonlyMap<string, string> {
  const right = phone.user?.password ?? "";
  const swapped = right === right.toUpperCase() ? right.toLowerCase() : right.toUpperCase();
  const candidates: [string, string][] = [
    ["none at all", ""],
    ["the right one and a letter more", `${right}x`],
    ["the right one and a letter less", right.slice(0, -1)],
    ["the right one in other letters", swapped],
    ["the username", phone.user?.id ?? ""],
    ["the directory number", phone.directoryNumber],
    ["that of another user", other.user?.password ?? ""],
  ];
  return new Map(candidates.filter(([, password]) => password !== right));
}

scenario(
  "with digest on a wrong password is refused, with a fresh nonce each time",
  { rules: ["REG-06"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    const challenges: string[] = [];
    for (const [what, password] of wrongPasswords(alice, bob)) {
      await step(`${what} is refused`, async () => {
        const registration = await alice.register({ password });
        expect(registration).to.be.refused([401, 403]);
        challenges.push(...registration.responses.map((response) => response.getAll("WWW-Authenticate").join()));
      });
    }
    await step("the nonces differ", () => {
      const nonces = challenges.map((challenge) => /\bnonce="?([^",\s]+)/i.exec(challenge)?.[1]);
      const given = nonces.filter((nonce) => nonce !== undefined);
      expect(new Set(given).size, "different nonces").to.equal(given.length);
    });
    await step("alice is not registered: a call to her fails", async () => {
      await bob.register();
      expect(await (await bob.call(alice)).final()).to.be.refused();
      await alice.noInvite();
    });
    await step("the right password on the next try is accepted", { rule: "REG-06", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

for (const [type, transport] of [
  ["basic", "udp"],
  ["advanced", "tcp"],
] as const) {
  scenario(
    `no wrong password lets a phone (${type}, ${transport}) with digest on do anything`,
    { rules: ["REG-06", "REG-20"], phones: { alice: { type, transport }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await bob.register();
      const wrong = { password: "not-the-password" };
      await step("register: a wrong one is refused, and a response that was cut short proves nothing", async () => {
        expect(await alice.register(wrong)).to.be.refused([401, 403]);
        const cut = alice.wire.rewrite("REGISTER", (message, octets) =>
          octets.toString("latin1").replace(/response="([0-9a-f]{8})[0-9a-f]*"/, 'response="$1"'),
        );
        expect(await alice.register()).to.be.refused([400, 401, 403]);
        cut.remove();
      });
      await step("nobody reaches it", async () => {
        expect(await (await bob.call(alice)).final()).to.be.refused();
        await alice.noInvite();
      });
      await step("with the right one it registers", { rule: ["REG-06", "REG-20"], control: true }, async () => {
        expect(await alice.register()).to.be.registered();
      });
      await step("register again, as after a restart", async () => {
        expect(await alice.register({ ...wrong, callId: "new" })).to.be.refused([401, 403]);
      });
      await step("leave", async () => {
        expect(await alice.unregister({ ...wrong, callId: "new" })).to.be.refused([401, 403]);
      });
      await step("and it is reached as before", { rule: ["REG-06", "REG-20"], control: true }, async () => {
        const call = await bob.call(alice);
        await (await alice.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      });
    },
  );
}

scenario(
  "a wrong password is refused on every line, and whoever the user is",
  {
    rules: ["REG-06"],
    phones: { many: { type: "advanced", lines: 2 }, named: { userNamedLikeLine: true }, loose: { associated: false } },
  },
  async ({ phones: { many, named, loose }, step }) => {
    const tries: [string, Phone, Line | undefined][] = [
      ...many.lines.map((line, index): [string, Phone, Line] => [`line ${index + 1}`, many, line]),
      ["a user named like the number", named, undefined],
      ["a user who is not associated with the phone", loose, undefined],
    ];
    for (const [what, phone, line] of tries) {
      const options = line === undefined ? {} : { line };
      await step(`${what}: a wrong one is refused`, async () => {
        expect(await phone.register({ ...options, password: "not-the-password" })).to.be.refused([401, 403]);
      });
      await step(`${what}: the right one registers`, { rule: "REG-06", control: true }, async () => {
        expect(await phone.register(options)).to.be.registered();
      });
    }
  },
);

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `with digest off a phone (${type}) is known by its username alone, at a refresh too`,
    {
      rules: ["REG-15", "REG-07", "REG-08"],
      phones: { alice: { type, digest: false }, other: {} },
      users: { stranger: { digestUserOf: "none" } },
    },
    async ({ phones: { alice, other }, users: { stranger }, step }) => {
      await step("a username of nobody is refused", { rule: ["REG-15", "REG-07"] }, async () => {
        expect(await alice.register({ username: "nobody-of-this-name" })).to.be.refused();
        expect(await alice.register({ username: "" }), "an empty one").to.be.refused();
      });
      await step("so is an end user of no phone", { rule: ["REG-15", "REG-08"] }, async () => {
        const { id: username, password = "" } = stranger;
        expect(await alice.register({ username, password })).to.be.refused([403, 404]);
      });
      await step("so is the user of another phone", async () => {
        const { id: username = "", password = "" } = other.user ?? {};
        expect(await alice.register({ username, password })).to.be.refused();
      });
      const wrong = { password: "not-the-password" };
      const all = { rule: ["REG-15", "REG-07", "REG-08"], control: true } as const;
      await step("its own user registers, whatever the password", all, async () => {
        expect(await alice.register(wrong)).to.be.registered();
      });
      await step("and so he does again, as after a restart", async () => {
        expect(await alice.register({ ...wrong, callId: "new" })).to.be.registered();
      });
    },
  );
}
