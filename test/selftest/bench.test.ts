import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { systemClock } from "../../src/core/system-clock.ts";
import { Bench } from "../../src/selftest/bench.ts";
import type { Setup } from "../../src/selftest/messages.ts";

const SCENARIOS = fileURLToPath(new URL("../../scenarios/", import.meta.url));

/** Two variants: one that is the same, one that is not legal at all. */
const POLICIES = `import { correctPolicies, refuse } from "offhook";
export const variants = [
  { name: "same", policies: { routeCall: correctPolicies.routeCall } },
  { name: "deaf", policies: { identifyDevice: () => refuse(404, [], "nobody is known here") } },
  { name: "same-again", policies: { placeOffer: correctPolicies.placeOffer } },
];
export const defects = [
  { name: "deaf-too", rule: "REG-10", policies: { identifyDevice: () => refuse(404, [], "nobody is known here") } },
  { name: "takes-anybody", rule: "REG-10", policies: {
    identifyDevice: (question) => {
      const [device] = question.directory.devicesOfDigestUser(question.username);
      return device ? { outcome: "identified", rules: [], reason: "the first", device } : correctPolicies.identifyDevice(question);
    } } },
];
`;

describe("Bench", function () {
  this.timeout(60_000);
  let cwd: string;
  let setup: Setup;
  let bench: Bench;

  before(async () => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-bench-"));
    writeFileSync(join(cwd, "mine.ts"), POLICIES);
    setup = {
      ...{ cwd, lab: join(SCENARIOS, "reference.lab.yaml"), policies: join(cwd, "mine.ts"), places: [] },
      paths: [join(SCENARIOS, "registration/shared-digest-user.scenario.ts")],
      subjects: { defects: [], variants: [], rules: [] },
      ...{ concurrency: 8, timeoutMs: 20_000, folder: join(cwd, "reports"), keep: false },
    };
    bench = await Bench.open(setup, { clock: systemClock, env: {} });
    expect(bench.subjects.map(({ name }) => name)).to.deep.equal([
      "correct",
      "same",
      "deaf",
      "same-again",
      "deaf-too",
      "takes-anybody",
    ]);
  });
  after(() => {
    bench.stop();
    rmSync(cwd, { recursive: true });
  });

  it("clears each member of a group that is green together", async () => {
    const reports = await bench.try([1, 3]);
    expect(reports.map(({ subject, verdict }) => `${subject.name} ${verdict}`)).to.deep.equal([
      ...["same green", "same-again green"],
    ]);
    expect(reports[0]?.triedWith).to.deep.equal(["same-again"]);
  });

  it("tries each member by itself where the group is not green, and blames the one", async () => {
    const reports = await bench.try([1, 2]);
    expect(reports.map(({ subject, verdict }) => `${subject.name} ${verdict}`)).to.deep.equal([
      ...["same green", "deaf false-alarm"],
    ]);
    expect(reports[0]).to.not.have.property("triedWith");
  });

  it("catches a defect by a control of its rule", async () => {
    const [report] = await bench.try([4]);
    expect(report?.verdict).to.equal("caught");
    expect(report?.red.every(({ brokenRules }) => brokenRules.includes("REG-10"))).to.equal(true);
  });

  it("stops at the first scenario that catches a defect when told so", async () => {
    const [thorough] = await bench.try([5]);
    expect(thorough?.verdict).to.equal("caught");
    expect(thorough?.red.length).to.be.above(1);
    const hasty = await Bench.open({ ...setup, untilCaught: true }, { clock: systemClock, env: {} });
    const [report] = await hasty.try([5]);
    hasty.stop();
    expect(report?.verdict).to.equal("caught");
    expect(report?.counts).to.deep.equal({ failed: 1 });
  });
});
