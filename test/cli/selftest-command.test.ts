import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { startOffhook } from "../support/offhook.ts";
import { say } from "../support/fake-terminal.ts";

const SHARED_USER = fileURLToPath(
  new URL("../../scenarios/registration/shared-digest-user.scenario.ts", import.meta.url),
);

const POLICIES = `import { correctPolicies } from "offhook";
export const defects = [
  { name: "takes-anybody", rule: "REG-10", title: "takes the first", policies: {
    identifyDevice: (question) => {
      const [device] = question.directory.devicesOfDigestUser(question.username);
      return device ? { outcome: "identified", rules: [], reason: "the first", device } : correctPolicies.identifyDevice(question);
    } } },
  { name: "harmless", rule: "REG-10", title: "does nothing wrong", policies: { routeCall: correctPolicies.routeCall } },
  { name: "throws", rule: "REG-10", title: "throws", policies: { identifyDevice: () => { throw new Error("oops"); } } },
];
export const variants = [
  { name: "same", title: "is the same", legalBecause: "it is", policies: { routeCall: correctPolicies.routeCall } },
];
`;

interface Report {
  readonly exitCode: number;
  readonly subjects: readonly { name: string; verdict: string; troubles: string[]; folder?: string }[];
}

describe("offhook selftest", function () {
  this.timeout(90_000);
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-selftest-"));
    writeFileSync(join(cwd, "mine.ts"), POLICIES);
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  it("tells a defect that is caught from a survivor, and leaves journals of what went wrong", async () => {
    const offhook = startOffhook(["selftest", SHARED_USER, "--policies", "mine.ts", "--json", "-j", "1"], { cwd });
    expect(await offhook.exited, offhook.output).to.equal(1);
    const report = JSON.parse(offhook.output) as Report;
    expect(report.exitCode).to.equal(1);
    expect(report.subjects.map(({ name, verdict }) => `${name} ${verdict}`)).to.deep.equal([
      ...["correct green", "same green", "takes-anybody caught", "harmless survived", "throws caught"],
    ]);
    expect(report.subjects.at(-1)?.troubles).to.deep.equal(["policy identifyDevice threw: Error: oops"]);
    const [folder = ""] = readdirSync(join(cwd, "reports"));
    expect(readdirSync(join(cwd, "reports", folder))).to.have.members(["defect-harmless", "defect-throws"]);
    const text = readFileSync(join(cwd, "reports", folder, "defect-throws/report.txt"), "utf8");
    expect(text).to.contain("REG-10 (must)").and.contain("shared-digest-user.scenario.ts");
    expect(existsSync(join(cwd, "reports", folder, "defect-throws/results.ndjson"))).to.equal(true);
  });

  it("ends everything at Ctrl-C, with 130", async () => {
    writeFileSync(
      join(cwd, "endless.scenario.ts"),
      `import { expect, scenario } from "offhook";
scenario("talks for ever", { rules: ["REG-10"], phones: { alice: {} } }, async ({ phones: { alice } }) => {
  expect(await alice.register()).to.be.registered();
  process.stderr.write("registered\\n");
  await new Promise(() => undefined);
});\n`,
    );
    const offhook = startOffhook(["selftest", "endless.scenario.ts", "--defect", "harmless", "--policies", "mine.ts"], {
      cwd,
    });
    await offhook.says("registered");
    offhook.signal("SIGINT");
    expect(await offhook.exited, offhook.output).to.equal(130);
  });

  it("refuses what it cannot try, before anything is started", async () => {
    const refused = async (argv: readonly string[], message: RegExp): Promise<void> => {
      const said = await say(["selftest", ...argv], { cwd });
      expect(said).to.deep.include({ exitCode: 2, out: "" });
      expect(said.err).to.match(message);
    };
    await refused(
      ["--defect", "busy-one-call-lat"],
      /no defect "busy-one-call-lat"\. Did you mean "busy-one-call-late"/,
    );
    await refused(["--policies", "none.ts"], /There is no file "none\.ts"/);
    await refused([`${SHARED_USER}:1`, "--policies", "mine.ts"], /None of \d+ scenarios was selected/);
    await refused(["-j", "0"], /--processes has to be a whole number/);
  });

  it("says that no defect breaks a rule", async () => {
    const said = await say(["selftest", "--policies", "mine.ts", "--rule", "CAL-01"], { cwd });
    expect(said).to.deep.include({ exitCode: 4, err: "offhook: no defect or variant was selected\n" });
  });
});
