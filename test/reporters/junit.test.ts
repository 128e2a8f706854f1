import { expect } from "chai";
import { renderJunit } from "../../src/reporters/index.ts";
import { gatherRun, type JournalLine } from "../../src/results/index.ts";
import { attempts, runEnd, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

function junitOf(lines: readonly JournalLine[]): string {
  return renderJunit(gatherRun([RUN_START, ...lines, runEnd()]), "/suite");
}

describe("renderJunit", () => {
  it("keeps failures and errors apart", () => {
    const failure = { name: "AssertionError", message: "expected 200" };
    const xml = junitOf([
      scenarioStart("fails"),
      scenarioEnd("fails", { verdict: "failed", failure }),
      scenarioStart("throws"),
      scenarioEnd("throws", { verdict: "error", failure: { name: "TypeError", message: "oops" } }),
    ]);
    expect(xml).to.match(/<testsuite name="a\.scenario\.ts" tests="2" failures="1" errors="1" skipped="0"/);
    expect(xml).to.contain('<failure message="expected 200" type="AssertionError">');
    expect(xml).to.contain('<error message="oops" type="TypeError">');
  });

  it("makes one testsuite for each file", () => {
    const place = { file: "/suite/b.scenario.ts", line: 1 };
    const xml = junitOf([
      scenarioStart("one"),
      scenarioEnd("one"),
      scenarioStart("two", { place }),
      scenarioEnd("two"),
    ]);
    expect([...xml.matchAll(/<testsuite name="([^"]+)"/g)].map((match) => match[1])).to.deep.equal([
      "a.scenario.ts",
      "b.scenario.ts",
    ]);
  });

  it("skips what could not be judged, with the reason", () => {
    const xml = junitOf([
      scenarioStart("silent"),
      scenarioEnd("silent", { verdict: "inconclusive", reason: "No answer" }),
    ]);
    expect(xml).to.contain('<skipped message="inconclusive: No answer"/>');
  });

  it("counts a scenario that never ended as an error", () => {
    expect(junitOf([scenarioStart("cut")])).to.contain('errors="1"');
  });

  it("keeps hostile text from becoming markup", () => {
    const failure = { name: "E", message: 'a "quote" </failure><x> & \u0000\u001b[31mred ]]>' };
    const xml = junitOf([scenarioStart("hostile"), scenarioEnd("hostile", { verdict: "failed", failure })]);
    expect(xml).to.contain("&lt;/failure&gt;&lt;x&gt; &amp;");

    expect(xml).not.to.match(/[\u0000\u001b]/);
  });

  it("tells what passed on retry only as Surefire does", () => {
    const xml = junitOf(attempts("shaky", ["failed", "error", "passed"]));
    expect(xml).to.match(/tests="1" failures="0" errors="0"/);
    expect(xml).to.contain('<property name="flaky" value="true"/>');
    expect(xml).to.match(
      /<flakyFailure message="attempt 1" type="E"><stackTrace>.*<\/stackTrace><\/flakyFailure><flakyError message="attempt 2"/s,
    );
  });

  it("tells of attempts that all failed as reruns", () => {
    const xml = junitOf(attempts("broken", ["failed", "failed"]));
    expect(xml).to.match(/tests="1" failures="1"/);
    expect(xml).to.match(/<failure message="attempt 2".*<rerunFailure message="attempt 1"/s);
  });

  it("names rules and devices as properties", () => {
    const xml = junitOf([scenarioStart("ok"), scenarioEnd("ok")]);
    expect(xml).to.contain('<property name="rule" value="REG-03"/>');
    expect(xml).to.contain('<property name="phone.alice" value="SEP001 (basic)"/>');
  });
});
