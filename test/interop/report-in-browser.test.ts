import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { renderHtml } from "../../src/reporters/index.ts";
import { gatherRun, type RunRecord } from "../../src/results/index.ts";
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

  /** The page as it stands once its script has run. @param fragment what the address names in it */
  async function opened(run: RunRecord, fragment: string): Promise<string> {
    const file = join(folder, "report.html");
    writeFileSync(file, renderHtml(run, "/suite"));
    const profile = `--user-data-dir=${join(folder, "profile")}`;
    const address = `${pathToFileURL(file).href}#${fragment}`;
    const flags = [...FLAGS.split(" "), profile, "--virtual-time-budget=5000", "--dump-dom"];
    const browser = new Peer("chromium", [...flags, address]);
    expect(await browser.exited, browser.output).to.equal(0);
    expect(browser.output).not.to.contain("Content Security Policy");
    return browser.output.replaceAll(/\s+/g, " ");
  }

  it("opens the scenario that its address names, and draws its call flow", async () => {
    const run = gatherRun([
      RUN_START,
      scenarioStart("one"),
      messageLine("one", "INVITE sip:1003@cm SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"),
      messageLine("one", "SIP/2.0 <b>486</b> Busy\r\n\r\n", { direction: "received" }),
      scenarioEnd("one"),
      runEnd(),
    ]);
    const page = await opened(run, "s0");
    expect(page).to.match(/<details class="scenario"[^>]* open=""/);
    expect(page).to.match(/class="lane-name target"[^>]*>call manager</);
    const words = '<span class="label"><span class="words">';
    expect(page).to.match(new RegExp(`class="arrow rightwards[^"]*"[^>]*>${words}INVITE sip:1003@cm<`));
    expect(page).to.match(new RegExp(`class="arrow leftwards[^"]*"[^>]*>${words}[^<]*octets, not SIP<`));
  });

  it("draws the last 300 messages before a failure, and the others when asked", async () => {
    const at = 1_790_000_000_100;
    const octets = "OPTIONS sip:cm SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n";
    const run = gatherRun([
      RUN_START,
      scenarioStart("one"),
      ...Array.from({ length: 420 }, (_, index) => messageLine("one", octets, { at: at + index, index })),
      scenarioEnd("one", { verdict: "failed", failure: { name: "E", message: "m", at: at + 399 } }),
      runEnd(1),
    ]);
    const page = await opened(run, "s0");
    expect(page).to.contain(">Show the 100 messages before</button>");
    expect(page.match(/<button class="ladder-row"/g)).to.have.length(320);
    expect(page).to.contain("— here it failed; what follows is clearing up —");
  });
});
