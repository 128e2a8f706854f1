import { expect, scenario } from "offhook";

scenario(
  "the digest username need not be the directory number",
  { rules: ["REG-04"], phones: { alice: { userNamedLikeLine: false } } },
  async ({ phones: { alice }, step }) => {
    await step("alice registers her number with a user of another name", async () => {
      expect(alice.user?.id).not.to.equal(alice.directoryNumber);
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "a phone without an authorization ID registers with a user named like its number",
  {
    rules: ["REG-05"],
    controls: ["REG-07"],
    phones: { alice: { userNamedLikeLine: true }, bob: { userNamedLikeLine: false } },
  },
  async ({ phones: { alice, bob }, step }) => {
    await step("the phone sends its number as username and registers", async () => {
      expect(await alice.register({ username: alice.directoryNumber })).to.be.registered();
    });
    await step(
      "where the user has another name the same phone is refused",
      { rule: "REG-05", control: true },
      async () => {
        expect(await bob.register({ username: bob.directoryNumber })).to.be.refused();
      },
    );
  },
);

scenario(
  "a username that is no end user is refused",
  { rules: ["REG-07"], phones: { alice: { userNamedLikeLine: false } } },
  async ({ phones: { alice }, step }) => {
    await step("a user that nobody configured is refused", async () => {
      expect(await alice.register({ username: "nobody-of-this-name" })).to.be.refused();
    });
    await step("so is one that differs from the right one by a letter", async () => {
      expect(await alice.register({ username: `${alice.user?.id ?? ""}x` })).to.be.refused();
    });
    await step("so is an empty one", async () => {
      expect(await alice.register({ username: "" })).to.be.refused();
    });
    await step("so is the right one in other letters, small for large", async () => {
      const { id = "" } = alice.user ?? {};
      const swapped = id === id.toUpperCase() ? id.toLowerCase() : id.toUpperCase();
      expect(swapped, "another spelling").not.to.equal(id);
      expect(await alice.register({ username: swapped })).to.be.refused();
    });
    await step("the right user registers", { rule: "REG-07", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "an end user who is Digest User of no phone does not register",
  { rules: ["REG-08"], phones: { alice: { type: "advanced" } }, users: { stranger: { digestUserOf: "none" } } },
  async ({ phones: { alice }, users: { stranger }, step }) => {
    await step("his right name and password are refused", async () => {
      const { id: username, password = "" } = stranger;
      expect(await alice.register({ username, password })).to.be.refused([403, 404]);
    });
    await step("the phone's own Digest User registers", { rule: "REG-08", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "Device Association alone does not identify a phone",
  {
    rules: ["REG-09"],
    phones: { alice: { associated: true } },
    users: { owner: { digestUserOf: "none", associatedWith: "any" } },
  },
  async ({ phones: { alice }, users: { owner }, step }) => {
    await step("a user who is associated with a phone, but not its Digest User, is refused", async () => {
      const { id: username, password = "" } = owner;
      expect(await alice.register({ username, password })).to.be.refused([403, 404]);
    });
    await step("a user who is both registers", { rule: "REG-09", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "Device Association does not stand in for a Digest User that is missing",
  {
    rules: ["REG-09"],
    needs: ["administration"],
    phones: { alice: { type: "advanced", associated: true } },
  },
  async ({ phones: { alice }, step, administration }) => {
    await step("associated, and Digest User: the phone registers", { rule: "REG-09", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
      await alice.unregister();
    });
    await step("still associated, but no longer Digest User: it is refused", async () => {
      const { outcome, reason } = await administration.updatePhone(alice, { digestUser: null });
      expect(outcome, reason).to.equal("accepted");
      expect(await alice.register({ callId: "new" })).to.be.refused([403, 404]);
    });
  },
);

scenario(
  "a Digest User who is not associated with the phone identifies it all the same",
  { rules: ["REG-09"], phones: { alice: { associated: false } } },
  async ({ phones: { alice }, step }) => {
    await step("Digest User set, no Device Association: the phone registers", async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);
