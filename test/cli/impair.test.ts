import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";
import { lastRun, startOffhook, verdictsOf } from "../support/offhook.ts";

const SCRIPT = `import { expect, scenario } from "offhook";
scenario("registers", { rules: ["REG-03"], phones: { alice: {} }, timeoutMs: 3000 }, async ({ phones: { alice } }) => {
  expect(await alice.register()).to.be.registered();
});
`;

describe("offhook run --impair", function () {
  this.timeout(60_000);
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-impair-"));
    writeFileSync(join(cwd, "a.scenario.ts"), SCRIPT);
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  async function run(...args: string[]): Promise<{ exitCode: number | null; output: string }> {
    const peer = startOffhook(["run", "a.scenario.ts", ...args], { cwd });
    return { exitCode: await peer.exited, output: peer.output };
  }

  it("ends well where retransmission does, and the journal tells seed and impairment", async () => {
    const { exitCode, output } = await run("--impair", "dup=100%,delay=5±5ms", "--seed", "today");
    expect(exitCode, output).to.equal(0);
    const record = lastRun(cwd);
    expect(record.start).to.deep.include({ seed: "today" });
    expect(record.start.options["impair"]).to.equal("dup=100%,delay=5±5ms");
    const notes = record.scenarios.flatMap(({ messages }) => messages.flatMap((message) => message.notes));
    expect(notes).to.include.members(["impaired", "duplicated", "delayed", "retransmission"]);
  });

  it("blames nobody where everything was lost, says so, and tells how to repeat it", async () => {
    const { exitCode, output } = await run("--impair", "loss=100%", "--seed", "today");
    expect(exitCode, output).to.equal(3);
    expect(verdictsOf(lastRun(cwd))).to.deep.equal({ registers: "inconclusive" });
    expect(output).to.match(/Of the REGISTER that alice sent the impairment took all \d+ copies/);
    expect(output).to.include("--impair loss=100% --seed today");
  });

  it("refuses what it cannot read before anything runs", async () => {
    const { exitCode, err } = await say(["run", "a.scenario.ts", "--impair", "loss=lots"], { cwd });
    expect(exitCode).to.equal(2);
    expect(err).to.include('"loss=lots" is no impairment');
    expect(() => lastRun(cwd)).to.throw();
  });
});
