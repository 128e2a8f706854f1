import { expect } from "chai";
import {
  COLOURED,
  PLAIN,
  renderSummary,
  renderTroubles,
  wantsColour,
  type TextReportOptions,
} from "../../src/reporters/index.ts";
import { gatherRun, type JournalLine, type RunRecord } from "../../src/results/index.ts";
import { RULES } from "../../src/rules/index.ts";
import {
  attempts,
  check,
  messageLine,
  runEnd,
  RUN_START,
  scenarioEnd,
  scenarioStart,
} from "../support/journal-lines.ts";

const OPTIONS: TextReportOptions = {
  style: PLAIN,
  strict: false,
  cwd: "/suite",
  folder: "/suite/reports/r1",
  columns: 100,
};

function runOf(lines: readonly JournalLine[], exitCode = 0): RunRecord {
  return gatherRun([RUN_START, ...lines, runEnd(exitCode)]);
}

const FAILED = [
  scenarioStart("wrong password is refused", { rules: ["REG-06"] }),
  messageLine("wrong password is refused", "SIP/2.0 200 OK\r\nCSeq: 2 REGISTER\r\n\r\n", { direction: "received" }),
  scenarioEnd("wrong password is refused", {
    verdict: "failed",
    failure: {
      name: "AssertionError",
      message: "expected a refusal\u001b[2J",
      expected: "401 or 403",
      received: "200",
      rule: "REG-06",
      step: "the phone registers",
      place: { file: "/suite/a.scenario.ts", line: 12 },
    },
  }),
];

describe("renderTroubles", () => {
  it("tells place, rule in words, step, what was expected and came, the messages and the command", () => {
    const text = renderTroubles(runOf(FAILED, 1), OPTIONS);
    for (const part of [
      "failed at a.scenario.ts:12",
      "REG-06 (must): Wrong password, check box on: refused",
      "accepts   REGISTER, wrong response → 401 with fresh nonce",
      "document  Enable digest authentication (DIG): With",
      "step      the phone registers",
      "expected  401 or 403",
      "received  200",
      "◀── 200 OK to REGISTER",
      "run it alone: npx offhook run a.scenario.ts:7",
    ]) {
      expect(text).to.contain(part);
    }
  });

  it("keeps terminal commands of a peer out of the terminal", () => {
    expect(renderTroubles(runOf(FAILED, 1), OPTIONS)).to.contain("expected a refusal·[2J");
  });

  it("keeps to the columns of the terminal, with colours too", () => {
    for (const columns of [60, 80, 120]) {
      for (const style of [PLAIN, COLOURED]) {
        const text = renderTroubles(runOf(FAILED, 1), { ...OPTIONS, columns, style });
        // The command is there to be copied.
        const lines = text.split("\n").filter((line) => !line.includes("run it alone"));
        const widths = lines.map((line) => line.replace(/\u001b\[\d+m/g, "").length);
        expect(Math.max(...widths), String(columns)).to.be.at.most(columns);
      }
    }
  });

  it("tells what was sent and came, headers of the answer, a likely cause and where to look", () => {
    const title = "calls";
    const invite = "INVITE sip:7999@cm SIP/2.0\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n";
    const refusal =
      'SIP/2.0 503 Busy\u001b[31m\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nWarning: 399 cm "no\u00c2\u009b31m way"\r\n\r\n';
    const text = renderTroubles(
      runOf([
        scenarioStart(title, { rules: ["CAL-01"] }),
        messageLine(title, invite),
        messageLine(title, refusal, { direction: "received" }),
        scenarioEnd(title, { verdict: "failed", failure: { name: "AssertionError", message: "no" } }),
      ]),
      OPTIONS,
    );
    for (const part of [
      "sent      alice: INVITE 7999\n",
      "came      alice: 503 Busy·[31m\n",
      'Warning: 399 cm "no·31m way"',
      "likely    SEP001 had no registration when it called.",
      "  look at Why it did not register",
    ]) {
      expect(text).to.contain(part);
    }
  });

  it("is nothing when everything passed", () => {
    expect(renderTroubles(runOf([scenarioStart("ok"), scenarioEnd("ok")]), OPTIONS)).to.equal("");
  });

  it("counts a deviation as trouble only when strict", () => {
    const run = runOf([scenarioStart("off"), scenarioEnd("off", { verdict: "deviation" })]);
    expect(renderTroubles(run, OPTIONS)).to.equal("");
    expect(renderTroubles(run, { ...OPTIONS, strict: true })).to.contain("deviation at");
  });
});

describe("renderSummary", () => {
  it("ends with a line of counts, verdict and exit code", () => {
    const lines = renderSummary(runOf(FAILED, 1), OPTIONS).trimEnd().split("\n");
    expect(lines.at(-1)).to.equal("The run did not pass: 0 passed, 1 failed (exit code 1)");
  });

  it("counts a rule as covered when a check ran for it, not when it was only named", () => {
    const scenario = [scenarioStart("ok"), check("ok", ["REG-03"]), check("ok", ["REG-01"], "unverified")];
    const text = renderSummary(runOf([...scenario, scenarioEnd("ok")]), OPTIONS);
    expect(text).to.match(/rules {5}1 of \d+ must and should rules covered/);
    expect(text).to.contain("1 checks had nothing to look at");
  });

  it("gathers skips by their reason", () => {
    const skipped = ["a", "b"].flatMap((title) => [
      scenarioStart(title),
      scenarioEnd(title, { verdict: "skipped", reason: "the lab has no device" }),
    ]);
    expect(renderSummary(runOf(skipped), OPTIONS)).to.contain("skipped   2 × the lab has no device");
  });

  it("tells what was not even tried in the summary, once for each reason, and not as troubles", () => {
    const reason = "not tried: the target has not answered the scenarios before";
    const untried = ["one", "two"].flatMap((title) => [
      scenarioStart(title, { phones: {} }),
      scenarioEnd(title, { verdict: "inconclusive", reason }),
    ]);
    expect(renderTroubles(runOf(untried, 3), OPTIONS)).to.equal("");
    expect(renderSummary(runOf(untried, 3), OPTIONS)).to.contain(`  inconclusive 2 × ${reason}\n`);
  });

  it("counts once what was tried again, and tells what passed on retry only", () => {
    const run = runOf([...attempts("shaky", ["failed", "passed"]), ...attempts("off", ["deviation", "passed"])]);
    const text = renderSummary(run, OPTIONS);
    expect(text).to.contain("scenarios 2 passed, 0 failed, 2 flaky of 2");
    expect(text).to.contain("  flaky     shaky: passed on attempt 2, after: attempt 1\n");
    expect(text).not.to.contain("  deviation");
    expect(renderTroubles(run, OPTIONS)).to.equal("");
  });

  it("tells each deviation in one sentence with its place, and how to learn more", () => {
    const failure = {
      name: "WaitTimeoutError",
      message: "alice waited 5000 ms for a final response\u001b[2J. Check that bob answers.\nlast seen: 100",
      rule: "CAL-02",
      place: { file: "/suite/a.scenario.ts", line: 12 },
    };
    const run = runOf([scenarioStart("off"), scenarioEnd("off", { verdict: "deviation", failure })]);
    const text = renderSummary(run, { ...OPTIONS, columns: 120 });
    expect(text).to.contain(
      "\n  deviation CAL-02 off: alice waited 5000 ms for a final response·[2J (a.scenario.ts:12)\n            --strict explains",
    );
    expect(renderSummary(run, { ...OPTIONS, strict: true })).not.to.contain("  deviation CAL-02");
  });

  it("names in one line the rules that remain, and why", () => {
    const judged = [...RULES.values()].filter(
      ({ level, id }) => level !== "info" && !["DEV-01", "DEV-04", "REG-03", "REG-22"].includes(id),
    );
    const checks = judged.map(({ id }) => check("all", [id]));
    const skipped = [scenarioStart("skipped"), scenarioEnd("skipped", { verdict: "skipped", reason: "no device" })];
    const text = renderSummary(
      runOf([scenarioStart("all", { rules: [] }), ...checks, scenarioEnd("all"), ...skipped]),
      OPTIONS,
    );
    expect(text).to.contain(
      "  remaining REG-03 (not come to), REG-22 (not run), DEV-01 (needs tftp), DEV-04 (needs two-nodes)\n",
    );
    expect(renderSummary(runOf([]), OPTIONS)).to.contain("  remaining 105 rules; ");
  });

  it("keeps to the columns of the terminal, further lines below the first", () => {
    const reason = "phones of a type that the lab at hand does not have, so that nothing can be said of it";
    const run = runOf([scenarioStart("one"), scenarioEnd("one", { verdict: "skipped", reason })]);
    const lines = renderSummary(run, { ...OPTIONS, columns: 60 }).split("\n");
    expect(lines.filter((line) => line.length > 60)).to.deep.equal([]);
    expect(lines.find((line) => line.endsWith("nothing can be said of it"))).to.match(/^ {12}\S/);
  });

  it("says where the report lies", () => {
    expect(renderSummary(runOf([]), OPTIONS)).to.contain("report    reports/r1");
  });
});

describe("wantsColour", () => {
  it("lets NO_COLOR win, then FORCE_COLOR, then the terminal", () => {
    expect(wantsColour({ NO_COLOR: "1", FORCE_COLOR: "1" }, true)).to.equal(false);
    expect(wantsColour({ NO_COLOR: "", FORCE_COLOR: "1" }, false)).to.equal(true);
    expect(wantsColour({ FORCE_COLOR: "0" }, true)).to.equal(false);
    expect(wantsColour({}, true)).to.equal(true);
    expect(wantsColour({}, false)).to.equal(false);
  });
});
