import { expect } from "chai";
import { explainFailure } from "../../src/diagnosis/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { calls, caseOf, registers, request, response } from "./cases.ts";

const AUDIO = ["v=0", "m=audio 4000 RTP/AVP 0", "m=video 0 RTP/AVP 97"];

describe("a failure explained", () => {
  it("tells the rule: level, statement, what it accepts, where the document says so", () => {
    const { rule } = explainFailure(caseOf(registers(200), { rule: "REG-06" }), false);
    expect(rule).to.include({
      id: "REG-06",
      level: "must",
      statement: "Wrong password, check box on: refused; new 401 each time",
    });
    expect(rule?.accepts).to.match(/^REGISTER, wrong response → 401 with fresh nonce \(accept set 401, 403\)/);
    expect(rule?.document[0]).to.include({ anchor: "DIG", heading: "Enable digest authentication" });
  });

  it("takes the level that the rule has for the target at hand", () => {
    const scenario = caseOf([], { rule: "EXT-15" });
    expect(explainFailure(scenario, true).rule?.level).to.equal("must");
    expect(explainFailure(scenario, false).rule?.level).to.equal("info");
  });

  it("tells of a rule that points at another what that one accepts", () => {
    expect(explainFailure(caseOf([], { rule: "EXT-02" }), false).rule?.accepts).to.contain(
      "EXT-01: INVITE sip:x-cisco",
    );
    for (const rule of RULES.keys())
      expect(explainFailure(caseOf([], { rule }), false).rule?.accepts, rule).not.to.equal("");
  });

  it("tells what the phone sent and what came, in words", () => {
    const { sent, came } = explainFailure(caseOf(registers(200, [["Expires", "120"]])), false);
    expect(sent).to.deep.equal([{ phone: "alice", text: 'REGISTER 1002 (as user "swhite")', told: [] }]);
    expect(came).to.deep.equal([{ phone: "alice", text: "200 Reason (Expires: 120)", told: [] }]);
  });

  it("tells what the other phones got meanwhile, and what their SDP holds", () => {
    const wire = [
      ...calls(200),
      request("bob", "<", "INVITE", { callId: "b", sdp: AUDIO }),
      response("bob", ">", 180, "INVITE", { callId: "b" }),
    ];
    expect(explainFailure(caseOf(wire), false).came.map(({ phone, text }) => `${phone}: ${text}`)).to.deep.equal([
      "bob: INVITE 1003 (audio, video off)",
      "alice: 200 Reason",
    ]);
  });

  it("shows Warning, Reason, Retry-After and the like of a response", () => {
    const headers = [
      ["Warning", '399 cm "no device for digest user"'],
      ["Reason", "Q.850;cause=17"],
      ["Retry-After", "35"],
      ["Server", "CUCM"],
    ] as const;
    const { came } = explainFailure(caseOf(calls(503, headers)), false);
    expect(came[0]?.told).to.deep.equal([
      'Warning: 399 cm "no device for digest user"',
      "Reason: Q.850;cause=17",
      "Retry-After: 35",
    ]);
  });

  it("goes by the exchange that the failure names, whatever came after it", () => {
    const wire = [...registers(403), ...calls(200)];
    const about = { callId: "register", cseq: "2 REGISTER" };
    expect(explainFailure(caseOf(wire, { failure: { about } }), false).came[0]?.text).to.match(/^403/);
    expect(explainFailure(caseOf(wire), false).came[0]?.text).to.match(/^200/);
  });

  it("does not look beyond the failure: what comes later is clearing up", () => {
    const wire = [...calls(180), request("alice", ">", "CANCEL", { callId: "invite" })];
    expect(explainFailure(caseOf(wire, { failure: { at: 1_790_000_000_102 } }), false).sent[0]?.text).to.match(
      /^INVITE/,
    );
  });

  it("tells of silence how often was asked", () => {
    const again = request("alice", ">", "REGISTER");
    const { sent, came } = explainFailure(caseOf([again, again, again]), false);
    expect(sent[0]?.text).to.equal("REGISTER 1002, 3 times");
    expect(came[0]?.text).to.equal("no answer at all");
  });

  it("shows a digest only where one was refused", () => {
    const digests = [{ callId: "register", fits: true, lines: ["HA1 = …"] }];
    expect(explainFailure(caseOf(registers(401), { failure: { digests } }), false).digest).to.equal(digests[0]);
    expect(explainFailure(caseOf(registers(404), { failure: { digests } }), false).digest).to.equal(undefined);
  });

  it("gives no cause on the target for a mistake of the script", () => {
    expect(explainFailure(caseOf(registers(404), { verdict: "error" }), false).causes).to.deep.equal([]);
  });

  it("bears hostile headers", () => {
    const headers = [
      ["Warning", `399 x "\u001b[2J${"y".repeat(9_000)}"`],
      ["Reason", ";;;cause=;"],
    ] as const;
    const { came } = explainFailure(caseOf(calls(503, headers)), false);
    expect(came[0]?.told.every((line) => line.length <= 160)).to.equal(true);
  });
});
