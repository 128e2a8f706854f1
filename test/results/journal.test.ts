import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openJournal, readJournal, type JournalLine, type MessageLine } from "../../src/results/index.ts";

const RUN_START: JournalLine = {
  type: "run-start",
  schema: 1,
  run: "r1",
  at: 1,
  version: "0.0.0",
  target: { address: "udp:127.0.0.1:5060", embedded: true, profile: "cucm" },
  lab: "lab.yaml",
  seed: "s",
  unmasked: false,
  options: {},
  scenarios: 1,
};
const SCENARIO_START: JournalLine = {
  type: "scenario-start",
  scenario: "a",
  at: 2,
  title: "a phone registers",
  place: { file: "a.scenario.ts", line: 1 },
  rules: ["REG-03"],
  controls: [],
  attempt: 1,
  phones: {},
};
const MESSAGE: MessageLine = {
  type: "message",
  scenario: "a",
  index: 0,
  at: 3,
  endpoint: "alice",
  direction: "sent",
  protocol: "udp",
  local: "127.0.0.1:1",
  remote: "127.0.0.1:2",
  octets: 'Authorization: Digest response="abc"\r\n\r\n',
  notes: [],
};

describe("journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-journal-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("masks the secrets of messages when it is written", () => {
    const journal = openJournal(join(folder, "results.ndjson"));
    for (const line of [RUN_START, SCENARIO_START, MESSAGE]) journal.write(line);
    journal.close();
    expect(readJournal(journal.file).scenarios[0]?.messages[0]?.octets).to.contain('response="***"');
  });

  it("masks the secrets in what is told of a failure", () => {
    const journal = openJournal(join(folder, "results.ndjson"));
    const failure = { name: "AssertionError", message: 'expected response="abc" to match', received: 'response="abc"' };
    const common = { scenario: "a", at: 5, attempt: 1, durationMs: 1, flaky: false } as const;
    for (const line of [RUN_START, SCENARIO_START]) journal.write(line);
    journal.write({ type: "scenario-end", ...common, verdict: "failed", failure });
    journal.close();
    const read = readJournal(journal.file).scenarios[0]?.end?.failure;
    expect(JSON.stringify(read)).not.to.contain("abc");
    expect(read?.message).to.equal('expected response="***" to match');
  });

  it("keeps secrets when the run was told to", () => {
    const journal = openJournal(join(folder, "results.ndjson"), { unmasked: true });
    for (const line of [RUN_START, SCENARIO_START, MESSAGE]) journal.write(line);
    journal.close();
    expect(readJournal(journal.file).scenarios[0]?.messages[0]?.octets).to.contain('response="abc"');
  });

  it("reads a scenario without an end as incomplete, and leaves out a line cut by a crash", () => {
    const journal = openJournal(join(folder, "results.ndjson"));
    for (const line of [RUN_START, SCENARIO_START]) journal.write(line);
    journal.close();
    appendFileSync(journal.file, '{"type":"scenario-end","scenario":"a","verd');
    expect(readJournal(journal.file).scenarios.map((scenario) => scenario.verdict)).to.deep.equal(["incomplete"]);
  });

  it("puts the checks of a step with that step", () => {
    const journal = openJournal(join(folder, "results.ndjson"));
    const step = { scenario: "a", step: 0, at: 4 } as const;
    journal.write(RUN_START);
    journal.write(SCENARIO_START);
    journal.write({ type: "step-start", ...step, title: "registers", rules: ["REG-03"] });
    journal.write({ type: "check", ...step, rules: ["REG-03"], outcome: "passed", claim: "has status 200" });
    journal.write({ type: "step-end", ...step, outcome: "passed" });
    journal.close();
    const [recorded] = readJournal(journal.file).scenarios[0]?.steps ?? [];
    expect(recorded?.checks.map((check) => check.claim)).to.deep.equal(["has status 200"]);
    expect(recorded?.end?.outcome).to.equal("passed");
  });

  it("refuses a file that is no journal", () => {
    appendFileSync(join(folder, "x"), '{"type":"run-end"}\n');
    expect(() => readJournal(join(folder, "x"))).to.throw("no journal of schema 1");
  });
});
