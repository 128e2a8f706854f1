import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lastFailed, lastRunIn } from "../../src/cli/last-run.ts";
import type { JournalLine } from "../../src/results/index.ts";
import { fakeSpec } from "../support/fake-bed.ts";
import { attempts, runEnd, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

const place = { file: "/suite/a.scenario.ts", line: 7 };
const specs = ["good", "bad", "shaky", "off", "cut", "new"].map((title) => ({
  ...fakeSpec(title, () => Promise.resolve()),
  place,
}));

const LINES: readonly JournalLine[] = [
  { ...RUN_START, scenarios: 7 } as JournalLine,
  scenarioStart("good"),
  scenarioEnd("good"),
  scenarioStart("bad"),
  scenarioEnd("bad", { verdict: "failed" }),
  ...attempts("shaky", ["failed", "passed"]),
  scenarioStart("off"),
  scenarioEnd("off", { verdict: "deviation" }),
  scenarioStart("elsewhere", { place: { file: "/suite/b.scenario.ts", line: 1 } }),
  scenarioEnd("elsewhere", { verdict: "error" }),
  scenarioStart("cut"),
];

describe("the last run", () => {
  let output: string;
  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), "offhook-last-"));
    mkdirSync(join(output, "r1"));
  });
  afterEach(() => {
    rmSync(output, { recursive: true });
  });

  function write(lines: readonly JournalLine[], tail = ""): void {
    writeFileSync(join(output, "r1/results.ndjson"), lines.map((line) => `${JSON.stringify(line)}\n`).join("") + tail);
  }
  const titles = (strict = false): string[] => lastFailed(specs, output, strict).specs.map(({ title }) => title);

  it("is found by the link, or by the file that stands for it", () => {
    write([RUN_START, runEnd()]);
    symlinkSync("r1", join(output, "latest"), "dir");
    expect(lastRunIn(output)?.start.run).to.equal("2026-10-05T09-00-00-1f3a");
    rmSync(join(output, "latest"));
    writeFileSync(join(output, "latest"), "r1\n");
    expect(lastRunIn(output)?.start.run).to.equal("2026-10-05T09-00-00-1f3a");
  });

  it("is none where nothing ran yet", () => {
    expect(lastRunIn(output)).to.equal(undefined);
    expect(lastRunIn(join(output, "nowhere"))).to.equal(undefined);
    expect(() => lastFailed(specs, output, false)).to.throw(/no journal of an earlier run/);
  });

  it("tells what did not pass in it, also when it was killed half-way", () => {
    symlinkSync("r1", join(output, "latest"), "dir");
    write(LINES, '{"type":"check","scen');
    expect(titles()).to.deep.equal(["bad", "cut"]);
    expect(titles(true)).to.deep.equal(["bad", "off", "cut"]);
    expect(lastFailed(specs, output, false).note).to.equal(
      "3 scenarios did not pass in run 2026-10-05T09-00-00-1f3a, and 1 were never started; 1 of them are not in this selection",
    );
  });
});
