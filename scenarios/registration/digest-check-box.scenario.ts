import { expect, scenario } from "offhook";

scenario(
  "a nonce that was used for another REGISTER proves nothing new",
  { rules: ["REG-06"], phones: { alice: {} } },
  async ({ phones: { alice }, step, observe, target }) => {
    expect(await alice.register()).to.be.registered();
    await alice.unregister();
    await step("a wrong password with an old nonce is refused", async () => {
      const replayed = await alice.register({ credentials: "replayed-nonce", password: "not-the-password" });
      expect(replayed).to.be.refused([401, 403]);
      const withRight = await alice.register({ credentials: "replayed-nonce" });
      observe("answer to a replayed nonce with the right password", { data: { status: withRight.final.status } });
      await alice.unregister();
    });
    const { final, challenge } = await alice.register({ credentials: "none" });
    expect(final).to.have.status(401);
    const unfit = (nonce: string): string => {
      const fields = [`username="${alice.user?.id ?? ""}"`, `realm="${challenge?.realm ?? ""}"`, `nonce="${nonce}"`];
      return `Digest ${fields.join(", ")}, uri="sip:${target.domain}", response="${"0".repeat(32)}"`;
    };
    await step("so is one with a nonce that was never given", async () => {
      const headers = { Authorization: unfit("0".repeat(32)) };
      expect(await alice.register({ credentials: "none", headers })).to.be.refused([401, 403]);
    });
    await step("so is one with a quality of protection, asked for or not", async () => {
      const headers = { Authorization: `${unfit(challenge?.nonce ?? "")}, qop=auth, nc=00000001, cnonce="c0ffee"` };
      expect(await alice.register({ credentials: "none", headers })).to.be.refused([400, 401, 403]);
    });
  },
);

scenario(
  "with digest off the phone is still challenged for its username, and any password will do",
  { rules: ["REG-15"], phones: { alice: { digest: false }, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await step("a REGISTER without credentials is challenged", async () => {
      const registration = await alice.register({ credentials: "none" });
      expect(registration.final).to.have.status(401);
      expect(registration).to.be.challenged();
    });
    await step("a wrong username is refused even so", { rule: "REG-15", control: true }, async () => {
      expect(await alice.register({ username: "nobody-of-this-name" })).to.be.refused();
    });
    await step("a wrong password is accepted", async () => {
      expect(await alice.register({ password: "not-the-password" })).to.be.registered();
    });
    await step("and the phone is reached", { rule: "REG-15", control: true }, async () => {
      await bob.register();
      const call = await bob.call(alice);
      await (await alice.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "the digest check box decides about wrong passwords, and about nothing else",
  { rules: ["REG-16"], phones: { checked: { digest: true }, unchecked: { digest: false } } },
  async ({ phones: { checked, unchecked }, step, observe, target }) => {
    await step("wrong password: refused where the box is on, accepted where it is off", async () => {
      expect(await checked.register({ password: "not-the-password" })).to.be.refused([401, 403]);
      expect(await unchecked.register({ password: "not-the-password" })).to.be.registered();
    });
    await step("empty response: refused where the box is on, no wrong password where it is off", async () => {
      expect(await checked.register({ credentials: "empty-response" })).to.be.refused([400, 401, 403]);
      const { final } = await unchecked.register({ credentials: "empty-response", callId: "new" });
      observe("empty response with the box off", { rule: "REG-16", data: { status: final.status } });
      // A call manager that reads no response may still call an empty one malformed.
      expect(final).to.have.status(target.profile === "cucm" ? 200 : [200, 400]);
    });
    await step("right password: both register", { rule: "REG-16", control: true }, async () => {
      expect(await checked.register()).to.be.registered();
      expect(await unchecked.register({ callId: "new" })).to.be.registered();
    });
  },
);

scenario(
  "with digest on and no digest credentials set for its user a phone cannot register",
  { rules: ["REG-17"], phones: { alice: { credentials: false }, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await step("any password, and none, are refused", async () => {
      for (const password of ["", "not-the-password", alice.user?.id ?? ""]) {
        expect(await alice.register({ password }), `password "${password}"`).to.be.refused([401, 403, 404]);
      }
    });
    await step("a phone whose user has credentials registers", { rule: "REG-17", control: true }, async () => {
      expect(await bob.register()).to.be.registered();
    });
  },
);
