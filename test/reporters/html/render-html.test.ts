import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { expect } from "chai";
import { renderHtml } from "../../../src/reporters/html/render-html.ts";
import { gatherRun, type JournalLine } from "../../../src/results/index.ts";
import { challenge, registers } from "../../diagnosis/cases.ts";
import { check, messageLine, runEnd, RUN_START, scenarioEnd, scenarioStart } from "../../support/journal-lines.ts";

const HOSTILE = `"><img src=x onerror=alert(1)></script><script>alert(2)</script>'&\x1b[31m`;

function rendered(...lines: JournalLine[]): string {
  return renderHtml(gatherRun([RUN_START, ...lines]), "/suite");
}

/** Content of the first element of that name. */
function contentOf(page: string, opening: string, closing: string): string {
  const from = page.indexOf(opening) + opening.length;
  return page.slice(from, page.indexOf(closing, from));
}

function unpacked(page: string): { phones: string[]; until: number | null; rows: unknown[][] }[] {
  const packed = contentOf(page, 'id="messages">', "</script>");
  return JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString()) as ReturnType<typeof unpacked>;
}

describe("the HTML report", () => {
  it("says how the run went, and how many scenarios had which verdict", () => {
    const page = rendered(
      scenarioStart("one"),
      scenarioEnd("one"),
      scenarioStart("two"),
      scenarioEnd("two", { verdict: "failed" }),
      runEnd(1),
    );
    expect(page).to.match(/<h1>.*The run did not pass<\/h1>/);
    expect(page).to.match(/data-verdict="passed"[^>]*>.*<b>1<\/b> passed/);
    expect(page).to.match(/data-verdict="failed"[^>]*>.*<b>1<\/b> failed/);
    expect(page).to.contain('<a href="#s1">');
  });

  it("tells a run without an end as one that did not end", () => {
    const page = rendered(scenarioStart("one"));
    expect(page).to.contain("The run did not end");
    expect(page).to.contain('data-verdict="incomplete"');
  });

  it("lets nothing that came from outside become markup or a control character", () => {
    const failure = { name: "AssertionError", message: HOSTILE, expected: HOSTILE, received: HOSTILE, step: HOSTILE };
    const page = rendered(
      scenarioStart(HOSTILE, { phones: { [HOSTILE]: { device: HOSTILE, type: HOSTILE, lines: [HOSTILE] } } }),
      messageLine(HOSTILE, `INVITE ${HOSTILE} SIP/2.0\r\n\r\n`),
      { ...check(HOSTILE, ["REG-03"], "failed"), claim: HOSTILE } as JournalLine,
      { type: "observation", scenario: `a.scenario.ts › ${HOSTILE}`, at: 1, text: HOSTILE },
      scenarioEnd(HOSTILE, { verdict: "failed", failure }),
      runEnd(1),
    );
    expect(page).not.to.contain("<img");
    expect(page).not.to.contain("\x1b");
    expect(page.match(/<script/g)).to.have.length(2);
    expect(page).to.contain("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
  });

  it("allows its own script and style by their hashes, and nothing else", () => {
    const page = rendered(runEnd());
    const policy = contentOf(page, 'http-equiv="Content-Security-Policy" content="', '">');
    const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64");
    expect(policy).to.contain(`script-src 'sha256-${hashOf(contentOf(page, "<script>", "</script>"))}'`);
    expect(policy).to.contain(`style-src 'sha256-${hashOf(contentOf(page, "<style>", "</style>"))}'`);
    expect(policy).to.match(/^default-src 'none'; /);
    expect(policy).not.to.contain("unsafe");
    expect(page).not.to.match(/ style="| on[a-z]+="/);
  });

  it("carries the messages of each scenario, readable, with times from the first", () => {
    const octets = `INVITE sip:1003@cm SIP/2.0\r\nSubject: ${Buffer.from("grüß").toString("latin1")}\x07\r\n\r\n`;
    const page = rendered(
      scenarioStart("one"),
      messageLine("one", octets, { at: 1_000 }),
      messageLine("one", "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n", {
        at: 1_250,
        direction: "received",
        endpoint: "bob",
        notes: ["background"],
      }),
      scenarioEnd("one", { verdict: "failed", failure: { name: "E", message: "m", at: 1_200 } }),
      runEnd(1),
    );
    const [one] = unpacked(page);
    expect(one?.phones).to.deep.equal(["alice", "bob"]);
    expect(one?.until).to.equal(200);
    expect(one?.rows.map((row) => row.slice(0, 7))).to.deep.equal([
      [0, 0, 1, "udp", "127.0.0.1:5060", "INVITE sip:1003@cm", ""],
      [250, 1, 0, "udp", "127.0.0.1:5060", "200 OK to INVITE", "background"],
    ]);
    expect(one?.rows[0]?.[7]).to.equal("INVITE sip:1003@cm SIP/2.0\nSubject: grüß·\n\n");
  });

  it("gives a failure to the rule that was judged, and leaves the others of its scenario as they were", () => {
    const page = rendered(
      scenarioStart("one", { rules: ["VID-01", "VID-02", "VID-03"] }),
      check("one", ["VID-02"]),
      check("one", ["VID-01"], "failed"),
      scenarioEnd("one", { verdict: "failed", failure: { name: "E", message: "m", rule: "VID-01" } }),
      runEnd(1),
    );
    const tiles = [...page.matchAll(/class="tile (\S+)" data-rule="(VID-0[123])"/g)].map(([, word, id]) => [id, word]);
    expect(Object.fromEntries(tiles)).to.deep.equal({ "VID-01": "failed", "VID-02": "passed", "VID-03": "none" });
  });

  it("explains a failure: rule, what was sent and came, likely cause, and the digest", () => {
    const digests = [{ callId: "register", fits: false, lines: ["the digest <debugger>'s lines"] }];
    const wire = registers(401, [challenge('realm="ccmsipline", nonce="n2"')]);
    const failure = { name: "AssertionError", message: "expected a 2xx", rule: "REG-03", digests };
    const page = rendered(
      scenarioStart("one"),
      ...wire.map((message, index) => message("one", index)),
      scenarioEnd("one", { verdict: "failed", failure }),
      runEnd(1),
    );
    const section = contentOf(page, '<section class="failure', "</section>");
    for (const label of ["rule", "accepts", "document", "sent", "came", "likely", "look at", "digest"]) {
      expect(section).to.contain(`<dt>${label}</dt>`);
    }
    expect(section).to.contain("the digest &lt;debugger&gt;&#39;s lines");
  });

  it("lists troubles by the rule that is broken, each with what was judged, five at most of one kind unfolded", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const failure = { name: "E", message: "expected a 2xx, but it was 503\n    SIP/2.0 503", rule: "REG-03" };
    const page = rendered(
      ...names.flatMap((name) => [scenarioStart(name), scenarioEnd(name, { verdict: "failed", failure })]),
      runEnd(1),
    );
    const list = contentOf(page, '<section class="troubles">', "</section>");
    expect(list.match(/<h3>/g)).to.have.length(1);
    expect(list).to.contain('<span class="rule">REG-03</span>');
    expect(list.match(/<span class="why">expected a 2xx, but it was 503<\/span>/g)).to.have.length(7);
    expect(list).to.contain("<summary>and 2 more</summary>");
  });

  it("calls a run inconclusive whose exit code says so, with the reason once above its scenarios", () => {
    const page = rendered(
      scenarioStart("one"),
      scenarioEnd("one", { verdict: "inconclusive", reason: "nobody listens" }),
      scenarioStart("two"),
      scenarioEnd("two", { verdict: "inconclusive", reason: "nobody listens" }),
      runEnd(3),
    );
    expect(page).to.match(/<h1>.*The run is inconclusive<\/h1><p class="tally">2 inconclusive of 2 scenarios</);
    expect(contentOf(page, '<section class="troubles">', "</section>").match(/nobody listens/g)).to.have.length(1);
  });

  it("says once why scenarios were not run, and how many", () => {
    const page = rendered(
      ...["a", "b"].flatMap((name) => [
        scenarioStart(name),
        scenarioEnd(name, { verdict: "skipped", reason: "no administration" }),
      ]),
      runEnd(),
    );
    const list = contentOf(page, '<section class="skipped">', "</section>");
    expect(list).to.contain("<li><b>2</b> × no administration</li>");
  });

  it("shows for a video rule what one phone sent beside what the other got", () => {
    const sdp = (video: string): string =>
      `\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video ${video} RTP/AVP 97\r\n`;
    const invite = "INVITE sip:1003@cm SIP/2.0\r\nCall-ID: c\r\nCSeq: 1 INVITE";
    const page = rendered(
      scenarioStart("one"),
      messageLine("one", invite + sdp("4002")),
      messageLine("one", invite + sdp("0"), { direction: "received", endpoint: "bob" }),
      scenarioEnd("one", { verdict: "failed", failure: { name: "E", message: "m", rule: "VID-01" } }),
      runEnd(1),
    );
    const table = contentOf(page, '<table class="passage">', "</table>");
    expect(table).to.match(/<b>alice<\/b> sent in INVITE<.*\n?.*<b>bob<\/b> got in INVITE/);
    expect(table).to.contain('<td class="on">video: 97, sendrecv</td><td class="off">video: refused (port 0)</td>');
  });

  it("gives the command that runs a scenario again at the same target", () => {
    const start = { ...RUN_START, options: { target: "sip:10.0.0.5:5060" } } as JournalLine;
    const page = renderHtml(gatherRun([start, scenarioStart("one"), scenarioEnd("one"), runEnd()]), "/suite");
    expect(page).to.contain("<code>npx offhook run a.scenario.ts:7 --target sip:10.0.0.5:5060</code>");
  });

  it("shows the last attempt of a scenario, that it was flaky, and what the one before came to", () => {
    const page = rendered(
      scenarioStart("one"),
      scenarioEnd("one", { verdict: "failed", failure: { name: "E", message: "no answer" } }),
      scenarioStart("one", { attempt: 2 }),
      scenarioEnd("one", { attempt: 2, flaky: true }),
      runEnd(),
    );
    expect(page.match(/<details class="scenario"/g)).to.have.length(1);
    expect(page).to.contain("flaky: passed at try 2");
    expect(page).to.contain("<b>try 1 failed:</b> no answer");
  });
});
