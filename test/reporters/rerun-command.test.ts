import { expect } from "chai";
import { rerunCommand } from "../../src/reporters/rerun-command.ts";
import { gatherRun, type RunStartLine } from "../../src/results/index.ts";
import { RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

function commandOf(start: Partial<RunStartLine>, file = "/suite/a.scenario.ts"): string {
  const line = { ...RUN_START, ...start } as RunStartLine;
  const run = gatherRun([line, scenarioStart("one", { place: { file, line: 7 } }), scenarioEnd("one")]);
  const [scenario] = run.scenarios;
  if (!scenario) throw new Error("the journal has a scenario");
  return rerunCommand(scenario, run.start, "/suite");
}

describe("the command that runs a scenario again", () => {
  it("names file and line, nothing more, where the run had no options", () => {
    expect(commandOf({ options: { strict: false } })).to.equal("npx offhook run a.scenario.ts:7");
  });

  it("goes to the same target of the same lab, as strictly, over the same network", () => {
    const options = { target: "sip:cm:5060", strict: true, drachtio: "127.0.0.1:9022", impair: "delay=50±20ms" };
    expect(commandOf({ lab: "my.lab.yaml", options })).to.equal(
      "npx offhook run a.scenario.ts:7 --lab my.lab.yaml --target sip:cm:5060 --strict --drachtio 127.0.0.1:9022 --impair 'delay=50±20ms' --seed seed",
    );
  });

  it("quotes what a shell would read otherwise", () => {
    expect(commandOf({}, "/suite/it's $HOME.ts")).to.equal(String.raw`npx offhook run 'it'\''s $HOME.ts:7'`);
  });

  it("tries what a self-test tried", () => {
    const selftest = { kind: "defect", name: "busy-one-call-late", title: "t" };
    expect(commandOf({ lab: "selftest.lab.yaml", options: { selftest } })).to.equal(
      "npx offhook selftest a.scenario.ts:7 --defect busy-one-call-late --keep",
    );
  });
});
