import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { systemClock } from "../../src/core/system-clock.ts";
import { loadSubjects, type Setup, type SubjectReport } from "../../src/selftest/index.ts";
import { compiledSelftest } from "../support/compiled-selftest.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SCENARIOS = `import { expect, scenario } from "offhook";
scenario("a stranger asks", { rules: ["CAL-13"], phones: { alice: {} } }, async ({ phones: { alice }, target }) => {
  expect(await alice.request("OPTIONS", { to: "sip:" + target.domain })).to.have.status(200);
});
scenario("a phone registers", { rules: ["REG-01", "CAL-13"], phones: { alice: {} } }, async ({ phones: { alice }, step, target }) => {
  await step("registers", { rule: "REG-01" }, async () => expect(await alice.register()).to.be.registered());
  await step("asks", { rule: "CAL-13" }, async () =>
    expect(await alice.request("OPTIONS", { to: "sip:" + target.domain })).to.have.status(200));
});
`;

/** Defects of REG-01 that never come to an end or say nothing that counts; `hangs-late` is caught before it hangs. */
const POLICIES = `import { correctPolicies } from "offhook";
const endless = () => { for (;;); };
const defect = (name, policies, rule = "REG-01") => ({ name, rule, title: name, policies });
const refused = { outcome: "refused", status: 403, headers: [], warning: undefined, rules: [], reason: "no" };
export const defects = [
  defect("refuses-all", { identifyDevice: () => refused }),
  defect("loops", { identifyDevice: endless }),
  defect("hangs-late", { answerOptions: () => ({ ...correctPolicies.answerOptions({}), status: 500 }), tellMessagesWaiting: endless }, "CAL-13"),
  defect("exits", { identifyDevice: () => process.exit(3) }),
  defect("promises", { identifyDevice: async () => { throw new Error("later"); } }),
  defect("never-settles", { identifyDevice: () => new Promise(() => undefined) }),
  defect("is-shapeless", { identifyDevice: () => ({ device: 1 }) }),
  defect("fails-at-the-start", { admitConnection: () => { throw new Error("not today"); } }),
];
export const variants = [
  { name: "ticks", title: "leaves a timer", policies: {
    identifyDevice: (question) => { setInterval(() => undefined, 1000); return correctPolicies.identifyDevice(question); } } },
];
`;

describe("runSelftest, with policies that do not behave", function () {
  this.timeout(90_000);
  let folder: string;
  const reports = new Map<string, SubjectReport>();
  let tookMs: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "offhook-watchdog-"));
    writeFileSync(join(folder, "a.scenario.ts"), SCENARIOS);
    writeFileSync(join(folder, "policies.ts"), POLICIES);
    const setup: Setup = {
      ...{ cwd: folder, lab: join(ROOT, "scenarios/reference.lab.yaml"), paths: ["."], places: [], folder },
      ...{ policies: join(folder, "policies.ts"), subjects: { defects: [], variants: [], rules: [] } },
      ...{ concurrency: 1, timeoutMs: 5_000, keep: false },
    };
    const runSelftest = await compiledSelftest();
    const subjects = await loadSubjects(setup);
    const started = systemClock.now();
    const result = await runSelftest({
      ...{ setup, subjects, groups: [...subjects.keys()].map((index) => [index]), processes: 2 },
      ...{ clock: systemClock, signal: new AbortController().signal, hangMs: 2_500 },
      onReport: (report) => {
        expect(reports.has(report.subject.name), "reported once").to.equal(false);
        reports.set(report.subject.name, report);
      },
    });
    tookMs = systemClock.now() - started;
    expect(result.reports.map(({ subject }) => subject.name)).to.deep.equal(subjects.map(({ name }) => name));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const told = (name: string): string => {
    const { verdict, troubles } = reports.get(name)!;
    return [verdict, ...troubles].join(" | ");
  };

  it("tells which subject hung, and which ended its process", () => {
    const hung = "hung: its process said nothing for 2.5 s and was ended; look for a loop without end or an exit in";
    expect(told("loops")).to.equal(`broke-off | ${hung} identifyDevice`);
    expect(told("exits")).to.match(/^broke-off \| ended its process \(exit code 3\); look for .* in identifyDevice$/);
  });

  it("counts one that hung as caught by what caught it before", () => {
    expect(told("hangs-late")).to.match(/^caught \| hung: .* in answerOptions, tellMessagesWaiting$/);
    expect(reports.get("hangs-late")?.red.map(({ title }) => title)).to.deep.equal(["a stranger asks"]);
  });

  it("goes on with the others", () => {
    expect(told("correct")).to.equal("green");
    expect(told("ticks")).to.equal("green");
    expect(told("refuses-all")).to.equal("caught");
  });

  it("says what a policy has to return", () => {
    const promised = "policy identifyDevice threw: TypeError: it returned a promise; a policy decides at once";
    expect(told("promises")).to.equal(`caught | ${promised}`);
    expect(told("never-settles")).to.equal(`caught | ${promised}`);
    expect(told("is-shapeless")).to.contain("it returned no ruling: outcome, rules and reason are missing");
    expect(told("fails-at-the-start")).to.equal("broke-off | its trial broke off: Error: not today");
  });

  it("waits for no timer that a policy left", () => {
    expect(tookMs).to.be.below(60_000);
  });
});
