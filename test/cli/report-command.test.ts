import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";
import { runEnd, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

describe("offhook report", () => {
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "offhook-report-"));
    mkdirSync(join(cwd, "reports/latest"), { recursive: true });
    const lines = [RUN_START, scenarioStart("one"), scenarioEnd("one"), runEnd()];
    writeFileSync(
      join(cwd, "reports/latest/results.ndjson"),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
  });
  afterEach(() => {
    rmSync(cwd, { recursive: true });
  });

  it("makes every report of the latest run again, beside its journal", async () => {
    const said = await say(["report"], { cwd });
    const files = ["report.html", "junit.xml", "ctrf.json"].map((name) => join("reports/latest", name));
    expect(said).to.deep.equal({ exitCode: 0, out: files.map((file) => `${file}\n`).join(""), err: "" });
    expect(readFileSync(join(cwd, "reports/latest/report.html"), "utf8")).to.contain("The run passed");
  });

  it("makes only those named, in the folder named, of the journal named", async () => {
    const said = await say(
      ["report", "reports/latest/results.ndjson", "--reporter", "junit", "--output", "elsewhere"],
      { cwd },
    );
    expect(said.out).to.equal(`${join("elsewhere", "junit.xml")}\n`);
    expect(existsSync(join(cwd, "elsewhere/report.html"))).to.equal(false);
  });

  it("makes a capture file where it is asked for", async () => {
    await say(["report", "--reporter", "pcap"], { cwd });
    const capture = readFileSync(join(cwd, "reports/latest/messages.pcapng"));
    expect(capture.readUInt32BE(0).toString(16)).to.equal("a0d0d0a");
  });

  it("says where it looked for a journal, and what to name", async () => {
    const said = await say(["report", "nowhere"], { cwd });
    expect(said.exitCode).to.equal(2);
    expect(said.err).to.match(/There is no journal at \S+nowhere\. Name a results\.ndjson or the folder of a run/);
  });
});
