import { expect } from "chai";
import { factsOf } from "../../src/diagnosis/case-facts.ts";
import { CAUSE_TABLES, likelyCauses } from "../../src/diagnosis/causes.ts";
import type { ScenarioRecord } from "../../src/results/index.ts";
import { messageLine } from "../support/journal-lines.ts";
import { calls, caseOf, challenge, credentials, NONCE, registers, request, response, type Wire } from "./cases.ts";

const SDP_VIDEO = ["v=0", "m=audio 4000 RTP/AVP 0", "m=video 4002 RTP/AVP 97"];
const SDP_NO_VIDEO = ["v=0", "m=audio 4000 RTP/AVP 0", "m=video 0 RTP/AVP 97"];
const registered = registers(200);
const rings = (status: number): readonly [ReturnType<typeof request>, ReturnType<typeof response>] => [
  request("bob", "<", "INVITE", { callId: "b" }),
  response("bob", ">", status, "INVITE", { callId: "b" }),
];
const [invite] = calls(486);
const invites = invite ? [...registered, invite] : [];
const digests = (fits: boolean): object => ({ digests: [{ callId: "register", fits, lines: [] }] });
const noise: Wire = (title, index) =>
  messageLine(title, "HTTP/1.1 400 Bad Request\r\n\r\n", {
    endpoint: "alice",
    direction: "received",
    index,
    notes: ["not-sip"],
  });
const inVain = { name: "WaitTimeoutError", code: "ERR_WAIT_TIMEOUT" };
const ended = (code: string, message = "it broke"): object => ({ failure: { name: "TransportError", code, message } });
const sends = (method: string, status: number, headers: readonly (readonly [string, string])[] = []): ScenarioRecord =>
  caseOf([...registered, request("alice", ">", method), response("alice", "<", status, method, { headers })]);

/** For each cause a scenario whose trace shows it. */
const CASES: Readonly<Record<string, ScenarioRecord>> = {
  impaired: caseOf(registered, { verdict: "inconclusive", ...ended("ERR_IMPAIRED") }),
  "tls-certificate": caseOf([], ended("ERR_TLS_CERTIFICATE")),
  "tls-client-certificate": caseOf([], ended("ERR_TLS_HANDSHAKE", "the peer sent alert 40")),
  "tls-handshake": caseOf([], ended("ERR_TLS_HANDSHAKE")),
  "connection-refused": caseOf([], ended("ERR_CONNECTION_REFUSED")),
  "connection-lost": caseOf([request("alice", ">", "REGISTER")], ended("ERR_CONNECTION_CLOSED")),
  "answers-no-sip": caseOf([request("alice", ">", "REGISTER"), noise], ended("ERR_TARGET_UNREACHABLE")),
  "target-silent": caseOf([request("alice", ">", "REGISTER"), request("alice", ">", "REGISTER")]),
  "request-ignored": caseOf([...registered, request("alice", ">", "INVITE"), request("alice", ">", "INVITE")]),
  "password-not-verified": caseOf(registered, { rule: "REG-06", failure: digests(false) }),
  "accepted-without-digest": caseOf([request("alice", ">", "REGISTER"), response("alice", "<", 200, "REGISTER")]),
  "own-contact-missing": caseOf(registered, { failure: { message: "200 OK does not list sip:1002@127.0.0.1" } }),
  "nonce-stale": caseOf(registers(401, [challenge('realm="ccmsipline", nonce="n2", stale=true')])),
  "realm-of-another": caseOf(registers(401, [challenge()], credentials(`realm="else", nonce="${NONCE}"`))),
  "nonce-repeated": caseOf(registers(401, [challenge()])),
  "password-differs": caseOf(registers(401, [challenge('realm="ccmsipline", nonce="n2"')]), { failure: digests(true) }),
  "password-verified-though-off": caseOf(registers(401, [challenge('realm="ccmsipline", nonce="n2"')]), {
    rule: "REG-15",
    failure: digests(false),
  }),
  "response-misfits": caseOf(registers(401, [challenge('realm="ccmsipline", nonce="n2"')]), {
    failure: digests(false),
  }),
  "credentials-refused": caseOf(registers(401, [challenge('realm="ccmsipline", nonce="n2"')])),
  "challenge-unanswered": caseOf([
    request("alice", ">", "REGISTER"),
    response("alice", "<", 401, "REGISTER", { headers: [challenge()] }),
  ]),
  "everything-forbidden": caseOf([
    request("alice", ">", "REGISTER"),
    response("alice", "<", 403, "REGISTER"),
    request("alice", ">", "OPTIONS"),
    response("alice", "<", 403, "OPTIONS"),
  ]),
  "forbidden-unasked": caseOf([request("alice", ">", "REGISTER"), response("alice", "<", 403, "REGISTER")]),
  "register-forbidden": caseOf(registers(403)),
  "line-or-user-unknown": caseOf(registers(404)),
  "domain-unknown": caseOf([request("alice", ">", "REGISTER"), response("alice", "<", 404, "REGISTER")]),
  "interval-too-brief": caseOf(registers(423, [["Min-Expires", "60"]])),
  "register-unavailable": caseOf(registers(503)),
  "video-reached-basic": caseOf([...registered, request("bob", "<", "INVITE", { sdp: SDP_VIDEO })], {
    rule: "VID-04",
    bob: "basic",
  }),
  "video-from-basic": caseOf(
    [
      request("alice", ">", "INVITE", { sdp: SDP_VIDEO }),
      request("bob", "<", "INVITE", { callId: "b", sdp: SDP_VIDEO }),
    ],
    { rule: "VID-01" },
  ),
  "video-lost": caseOf(
    [
      request("alice", ">", "INVITE", { sdp: SDP_VIDEO }),
      request("bob", "<", "INVITE", { callId: "b", sdp: SDP_NO_VIDEO }),
    ],
    { rule: "VID-07", alice: "advanced" },
  ),
  "shared-user-accepted": caseOf(registered, { rule: "REG-10" }),
  "foreign-line-accepted": caseOf(registered, { rule: "REG-12" }),
  "unknown-user-accepted": caseOf(registered, { rule: "REG-08" }),
  "feature-accepted": caseOf([...registered, ...calls(200)], { rule: "EXT-01" }),
  "one-call-too-many": caseOf([...registered, ...calls(200), ...rings(180)], { rule: "CAP-04" }),
  "digits-lost": caseOf([...registered, ...calls(200)], { rule: "DTM-01" }),
  "called-phone-said-so": caseOf([...registered, ...calls(486), ...rings(486)]),
  "caller-not-registered": caseOf(calls(503)),
  "contact-moved": caseOf([...registered, ...calls(503, [], "6000")]),
  overload: caseOf([...registered, ...calls(503, [["Retry-After", "10"]])]),
  "call-unavailable": caseOf([...registered, ...calls(503)]),
  "busy-trigger": caseOf([...registered, ...calls(486, [["Reason", "Q.850;cause=17"]])]),
  busy: caseOf([...registered, ...calls(486), ...rings(180)]),
  "callee-not-registered": caseOf([...registered, ...calls(404, [["Reason", "Q.850;cause=20"]])]),
  "no-answer": caseOf([...registered, ...calls(408)]),
  "number-incomplete": caseOf([...registered, ...calls(484)]),
  "number-unknown": caseOf([...registered, ...calls(404)]),
  "call-forbidden": caseOf([...registered, ...calls(403)]),
  redirected: caseOf([...registered, ...calls(302)]),
  "codecs-differ": caseOf([...registered, ...calls(488)]),
  declined: caseOf([...registered, ...calls(603)]),
  "request-terminated": caseOf([...registered, ...calls(487)]),
  glare: caseOf([...registered, ...calls(491)]),
  "rang-elsewhere": caseOf([...registered, ...calls(180)], { failure: inVain }),
  "only-trying": caseOf([...invites, response("alice", "<", 100, "INVITE")]),
  "rings-on": caseOf([...invites, response("alice", "<", 180, "INVITE"), ...rings(180)]),
  "transfer-left-to-phones": caseOf(
    [...registered, request("alice", ">", "REFER"), request("bob", "<", "REFER"), response("alice", "<", 202, "REFER")],
    { failure: { ...inVain, message: "alice waited 5000 ms for BYE in its call to sip:1003@cm" } },
  ),
  "hang-up-not-passed-on": caseOf([...registered, ...calls(200)], {
    failure: { ...inVain, message: "bob waited 4000 ms for a BYE" },
  }),
  "bad-request": sends("INVITE", 400),
  "method-unknown": sends("PUBLISH", 501),
  "body-refused": sends("REFER", 415),
  "scheme-refused": sends("INVITE", 416),
  "extension-unknown": sends("INVITE", 420, [["Unsupported", "join"]]),
  "extension-wanted": sends("INVITE", 421),
  "session-interval-small": sends("INVITE", 422, [["Min-SE", "1800"]]),
  "dialog-unknown": sends("REFER", 481),
  "request-loops": sends("INVITE", 483),
  "event-unknown": sends("SUBSCRIBE", 489),
  "timed-out-beyond": sends("SUBSCRIBE", 504),
  "gateway-trouble": sends("INVITE", 502),
  "too-large": sends("INVITE", 513),
  "server-error": sends("SUBSCRIBE", 500),
};

describe("likely causes", () => {
  const rows = CAUSE_TABLES.flat();

  it("are at least forty, each under a name of its own", () => {
    expect(new Set(rows.map(({ id }) => id)).size)
      .to.equal(rows.length)
      .and.to.be.at.least(40);
  });

  it("all have a case here", () => {
    expect(Object.keys(CASES)).to.have.members(rows.map(({ id }) => id));
  });

  for (const [id, scenario] of Object.entries(CASES)) {
    it(`tell ${id} where the trace shows it`, () => {
      const causes = likelyCauses(factsOf(scenario));
      expect(causes.map((cause) => cause.id)).to.include(id);
      for (const { cause, look } of causes) {
        expect(cause, id)
          .to.match(/^[\w"].*\.$/s)
          .and.not.to.contain("undefined");
        expect(look, id).to.match(/[.?]$/).and.not.to.contain("undefined");
      }
    });
  }

  it("are two at most", () => {
    for (const scenario of Object.values(CASES)) expect(likelyCauses(factsOf(scenario))).to.have.length.within(1, 2);
  });

  it("go by what the trace shows, not by the status alone", () => {
    const idsOf = (scenario: ScenarioRecord): string[] => likelyCauses(factsOf(scenario)).map(({ id }) => id);
    expect(idsOf(caseOf(calls(404)))[0]).to.equal("caller-not-registered");
    expect(idsOf(caseOf([...registered, ...calls(404)]))).to.deep.equal(["number-unknown"]);
    const trying = [...invites, response("alice", "<", 100, "INVITE"), request("bob", "<", "INVITE", { callId: "b" })];
    expect(idsOf(caseOf(trying))).not.to.include("only-trying");
    expect(idsOf(caseOf([...registered, ...calls(404), ...rings(404)]))[0]).to.equal("called-phone-said-so");
  });

  it("go back to the REGISTER that was refused when a call comes to nothing", () => {
    const scenario = caseOf([...registers(404), ...calls(503)]);
    expect(likelyCauses(factsOf(scenario))[0])
      .to.have.property("cause")
      .that.matches(/^alice did not register\. "swhite" is the Digest User of no device/);
  });

  it("do not go back to a refused REGISTER when the call came about all the same", () => {
    const ids = likelyCauses(factsOf(caseOf([...registers(404), ...calls(200), ...rings(180)]))).map(({ id }) => id);
    expect(ids).not.to.include("line-or-user-unknown");
  });

  it("are none where the tables know nothing", () => {
    expect(likelyCauses(factsOf(caseOf([])))).to.deep.equal([]);
  });
});
