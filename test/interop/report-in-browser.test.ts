import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { renderHtml } from "../../src/reporters/index.ts";
import { gatherRun } from "../../src/results/index.ts";
import { messageLine, runEnd, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";
import { needsProgram, Peer } from "../support/programs.ts";

/** No sandbox, since tests may run as root; nothing that asks the network. */
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

describe("the HTML report in Chromium", function () {
  this.timeout(60_000);
  let folder: string;

  before(function () {
    needsProgram(this, "chromium", "chromium");
    folder = mkdtempSync(join(tmpdir(), "offhook-report-"));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("opens the scenario that its address names, and draws its call flow", async () => {
    const run = gatherRun([
      RUN_START,
      scenarioStart("one"),
      messageLine("one", "INVITE sip:1003@cm SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"),
      messageLine("one", "SIP/2.0 <b>486</b> Busy\r\n\r\n", { direction: "received" }),
      scenarioEnd("one"),
      runEnd(),
    ]);
    const file = join(folder, "report.html");
    writeFileSync(file, renderHtml(run, "/suite"));
    const address = `${pathToFileURL(file).href}#s0`;
    const profile = `--user-data-dir=${join(folder, "profile")}`;
    const browser = new Peer("chromium", [
      ...FLAGS.split(" "),
      profile,
      "--virtual-time-budget=5000",
      "--dump-dom",
      address,
    ]);
    expect(await browser.exited, browser.output).to.equal(0);
    const page = browser.output.replaceAll(/\s+/g, " ");
    expect(page).to.match(/<details class="scenario"[^>]* open=""/);
    expect(page).to.match(/class="lane-name target"[^>]*>call manager</);
    expect(page).to.match(/class="arrow rightwards[^"]*"[^>]*><span class="label">INVITE sip:1003@cm</);
    expect(page).to.match(/class="arrow leftwards[^"]*"[^>]*><span class="label">[^<]*octets, not SIP</);
    expect(browser.output).not.to.contain("Content Security Policy");
  });
});
