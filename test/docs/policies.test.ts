import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { correctPolicies, type Policies } from "../../src/callmanager/index.ts";
import { loadPolicyFile, type PolicyFile } from "../../src/selftest/index.ts";
import { CALLEE, CALLER } from "../callmanager/support/connect.ts";
import { mediaLines, withSdp } from "../callmanager/support/raw-phone.ts";
import { AUDIO, AUDIO_RENUMBERED, laterSdp, sdp, VIDEO, VIDEO_RENUMBERED } from "../callmanager/support/sdp.ts";
import { TestWorld } from "../callmanager/support/world.ts";

const DOC = readFileSync(new URL("../../docs/policies.md", import.meta.url), "utf8");
const RULE_ID = /\b[A-Z]{3}-\d\d\b/g;

/** Name of a policy → rule ids of its row. */
function documented(): Map<string, string[]> {
  const rows = [...DOC.matchAll(/^\| `(\w+)` \|(?:[^|]*\|){4}([^|]*)\|$/gm)];
  return new Map(rows.map(([, name = "", rules = ""]) => [name, rules.match(RULE_ID) ?? []]));
}

/** Rule ids that stand in the code of a policy, comments aside. */
function rulesInCode(policy: string): string[] {
  const file = policy.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const judge = /^admit(User|Profile|Phone|Line)$/.exec(policy)?.[1]?.toLowerCase();
  if (judge !== undefined) return rulesOfFile(`administration/judge-${judge}.ts`);
  return rulesOfFile(`callmanager/policies/${file}.ts`);
}

/** Some rules of a provisioning policy come from the state that it looks at: they stand in other files. */
function rulesOfFile(file: string): string[] {
  const code = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8");
  return [...new Set([...code.matchAll(/"([A-Z]{3}-\d\d)"/g)].map(([, id = ""]) => id))];
}

describe("docs/policies.md", () => {
  it("has a row for each policy, in their order", () => {
    expect([...documented().keys()]).to.deep.equal(Object.keys(correctPolicies));
  });

  for (const [policy, rules] of documented()) {
    it(`names the rules of ${policy}`, () => {
      if (/^admit(User|Profile|Phone|Line)$/.test(policy)) expect(rules).to.include.members(rulesInCode(policy));
      else expect(rules).to.have.members(rulesInCode(policy));
    });
  }

  describe("its worked examples", () => {
    let file: PolicyFile;
    let world: TestWorld;
    before(async () => {
      const [, example = ""] = /```ts policies\n(.*?)```/s.exec(DOC) ?? [];
      const folder = mkdtempSync(join(tmpdir(), "offhook-policies-"));
      try {
        writeFileSync(join(folder, "example.policies.ts"), example);
        file = await loadPolicyFile(join(folder, "example.policies.ts"), folder);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
    afterEach(() => world.close());

    function policiesOf(name: string): Partial<Policies> {
      const entry = [...file.defects, ...file.variants].find((candidate) => candidate.name === name);
      if (!entry) throw new Error(`the document has no example ${name}`);
      return entry.policies;
    }

    it("strip the first INVITE and no re-INVITE", async () => {
      world = await TestWorld.start(policiesOf("forgets-the-reinvite"));
      const caller = await world.registered("1002");
      const callee = await world.registered("2001");
      const call = await caller.call("2001", sdp("198.51.100.21", AUDIO, VIDEO));
      await callee.accept(await callee.take("INVITE"), sdp("198.51.100.22", AUDIO_RENUMBERED, VIDEO_RENUMBERED));
      const dialog = caller.dialogOf(call);
      await caller.ack(call, dialog);
      expect(mediaLines(call.final)[1]).to.equal("video 0 RTP/AVP 97");
      await caller.sendIn(dialog, "INVITE", withSdp(laterSdp(2, "198.51.100.21", AUDIO, VIDEO)));
      const { request } = await callee.take("INVITE");
      expect(mediaLines(request)[1]).to.equal("video 20002 RTP/AVP 97");
    });

    it("challenge with qop=auth", async () => {
      world = await TestWorld.start(policiesOf("offers-qop-auth"));
      const { final } = await (await world.phone("1002")).register({ authenticate: false });
      expect(final.get("WWW-Authenticate")).to.match(/^Digest realm=.*, qop="auth"$/);
    });

    it("fold headers, and are called something else", async () => {
      world = await TestWorld.start(policiesOf("folds-and-names-itself"));
      const caller = await world.registered("1002");
      const callee = await world.registered("1003");
      const call = await caller.call("1003", CALLER);
      await callee.accept(await callee.take("INVITE"), CALLEE);
      expect(call.final.get("Server")).to.equal("Some PBX/7.2");
      expect(call.final.received?.toString()).to.include("Contact:\r\n <sip:");
      await caller.ack(call, caller.dialogOf(call));
    });
  });
});
