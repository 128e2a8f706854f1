import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { TracedRule } from "../../src/cli/traceability.ts";
import { RULES } from "../../src/rules/index.ts";
import { check, runEnd, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";
import { say, type Said } from "../support/fake-terminal.ts";

const SCRIPT = `import { scenario } from "offhook";
scenario("one registers", { rules: ["REG-03"], phones: { alice: {} } }, async () => {});
scenario("two | is <refused>", { rules: ["REG-06"], controls: ["REG-03"], phones: {} }, async () => {});
`;

describe("offhook list --rules", () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-rules-"));
    writeFileSync(join(cwd, "my.scenario.ts"), SCRIPT);
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  function remember(): void {
    const lines = [
      RUN_START,
      scenarioStart("one", { rules: ["REG-03"] }),
      check("one", ["REG-03"], "failed"),
      scenarioEnd("one", { verdict: "failed" }),
      runEnd(1),
    ];
    mkdirSync(join(cwd, "reports/r1"), { recursive: true });
    writeFileSync(join(cwd, "reports/latest"), "r1\n");
    writeFileSync(join(cwd, "reports/r1/results.ndjson"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
  const list = (...options: string[]): Promise<Said> =>
    say(["list", "my.scenario.ts", "--rules", ...options], { cwd, columns: 80 });

  it("shows every rule with level, scenarios, controls, place and what keeps it from being judged, in 80 columns", async () => {
    const { exitCode, out } = await list();
    expect(exitCode).to.equal(0);
    for (const line of out.split("\n")) expect(line.length).to.be.at.most(80);
    for (const rule of RULES.keys()) expect(out).to.match(new RegExp(`^${rule} `, "m"));
    expect(out).to.match(/^REG-03 {2}must {4}1 \+1 {5}Right digest user/m);
    expect(out.replace(/\n +/g, " ")).to.contain("No TFTP for third-party phones [T1 TFTP] (needs tftp)");
  });

  it("shows the sign of the last run where there was one", async () => {
    remember();
    const { out } = await list();
    expect(out).to.match(/^REG-03 {2}must {4}1 \+1 {2}✗ {2}Right/m);
    expect(out).to.contain("last run 2026-10-05T09-00-00-1f3a");
  });

  it("tells all about one rule", async () => {
    const { out } = await list("--rule", "REG-06");
    for (const part of [
      "REG-06 (must)",
      "accepts     REGISTER, wrong response → 401",
      "document    DIG: Enable",
      "judged by   my.scenario.ts:3",
    ]) {
      expect(out).to.contain(part);
    }
    expect(out).not.to.contain("REG-07");
  });

  it("gives all of it as JSON", async () => {
    remember();
    const rules = JSON.parse((await list("--json")).out) as TracedRule[];
    expect(rules.map(({ id }) => id)).to.deep.equal([...RULES.keys()]);
    expect(rules.find(({ id }) => id === "REG-03")).to.deep.include({
      level: "must",
      document: ["ID", "STEP3", "CFG", "STEP6", "STEP7", "STEP9"],
      scenarios: [{ title: "one registers", file: "my.scenario.ts", line: 2 }],
      controls: [{ title: "two | is <refused>", file: "my.scenario.ts", line: 3 }],
      lastVerdict: "failed",
    });
    expect(rules.find(({ id }) => id === "DEV-04")).to.include({ uncovered: "needs two-nodes" });
  });

  it("makes a document that does not change with runs", async () => {
    const before = (await list("--markdown")).out;
    remember();
    const { out } = await list("--markdown");
    expect(out).to.equal(before);
    expect(out).to.contain(
      "| REG-03 | must | Right digest user + right password + DN of the device registers | ID, STEP3,",
    );
    expect(out).to.contain("| [my](../my.scenario.ts) | [my](../my.scenario.ts) |");
    expect(out).to.contain("2 of 105 must and should rules are judged by a scenario.");
  });
});
