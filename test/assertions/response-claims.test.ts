import { expect as expectPlain } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { expect, messageJudged } from "../../src/assertions/index.ts";
import type { SipResponse } from "../../src/sip/message/index.ts";
import { failureOf } from "./failure.ts";
import { CHALLENGE, registration, request, response } from "./messages.ts";

const BOUND = ["Contact", "<sip:1001@10.0.0.1:5060>;expires=3600"] as const;

describe("registered()", () => {
  it("holds for 2xx that lists the phone's Contact", () => {
    expect(registration(response(401, [CHALLENGE]), response(200, [BOUND]))).to.be.registered();
  });

  it("fails for a refusal and shows it", () => {
    const failure = failureOf(() =>
      expect(registration(response(401, [CHALLENGE]), response(401, [CHALLENGE]))).to.be.registered(),
    );
    expectPlain(failure.message).to.match(
      /^expected the final response to be a registration, but it was 401 Unauthorized/,
    );
    expectPlain(failure.message).to.contain("    SIP/2.0 401 Unauthorized\n");
    expectPlain(failure).to.include({
      expected: "2xx with the binding listed",
      actual: "it was 401 Unauthorized to REGISTER",
    });
  });

  it("fails for 200 without the binding, and for 200 with another one", () => {
    for (const contact of [[], [["Contact", "<sip:1002@10.0.0.1:5060>"] as const]]) {
      const failure = failureOf(() => expect(registration(response(200, contact))).to.be.registered());
      expectPlain(failure.message).to.contain("does not list sip:1001@10.0.0.1:5060 (RFC 3261 §10.3 step 8)");
    }
  });
});

describe("a failed claim", () => {
  it("keeps the message that it was about, also behind a selector", () => {
    const refusal = response(404);
    const failures = [
      failureOf(() => expect(refusal).to.have.status(200)),
      failureOf(() => expect(registration(response(401, [CHALLENGE]), refusal)).to.be.registered()),
      failureOf(() => expect(refusal).to.have.media("audio").live()),
    ];
    for (const failure of failures) expectPlain(messageJudged(failure)).to.equal(refusal);
    expectPlain(messageJudged(failureOf(() => expect(1).to.equal(2)))).to.equal(undefined);
  });

  it("tells the line of the script, behind whatever words it stands", () => {
    const failures = [
      failureOf(() => expect(response(404)).to.have.status(200)),
      failureOf(() => expect(response(404)).not.to.be.refused()),
      failureOf(() => expect(1, "one").to.equal(2)),
    ];
    for (const { stack } of failures) expectPlain(stack.split("\n    at ")[1]).to.contain("response-claims.test.ts");
  });
});

describe("status() and refused()", () => {
  it("take one code or any of several", () => {
    expect(response(486)).to.have.status(486);
    expect(response(486)).to.have.status([480, 486]);
    expect(registration(response(403))).to.be.refused();
    expect(registration(response(403))).to.be.refused([403, 404]);
    expect(registration(response(503))).to.be.refused([403, "5xx"]);
  });

  it("fail for others, and name all accepted ones", () => {
    expectPlain(failureOf(() => expect(response(200)).to.have.status([480, 486, 600])).message).to.match(
      /^expected the final response to have status 480, 486 or 600, but it was 200 OK to REGISTER\n/,
    );
    expectPlain(failureOf(() => expect(response(302)).to.be.refused()).message).to.contain("(4xx, 5xx or 6xx)");
    expectPlain(failureOf(() => expect(response(404)).to.be.refused([403, "5xx"])).message).to.contain("403 or 5xx");
  });

  it("turn round behind not", () => {
    expect(response(200)).to.not.be.refused();
    const failure = failureOf(() => expect(response(404)).not.to.be.refused());
    expectPlain(failure.message).to.match(/^expected the final response not to be refused/);
  });

  it("fail for a missing response, either way round", () => {
    const { responses } = { responses: [] as SipResponse[] };
    const failure = failureOf(() => expect(responses[0]).to.have.status(200));
    expectPlain(failure.message).to.equal("expected something to stand the claim, but there is undefined");
    failureOf(() => expect(responses[0]).not.to.be.refused());
  });

  it("refuse what is no response, with the mend", () => {
    // A promise that was not awaited is a type error; a script without types learns it here.
    const untyped = expect as unknown as (subject: unknown) => { to: { have: { status(code: number): void } } };
    expectPlain(() => {
      untyped(Promise.resolve()).to.have.status(200);
    }).to.throw(UsageError, "Is an await missing?");
  });
});

describe("header()", () => {
  it("holds for presence, a text and an expression, in any spelling of the name", () => {
    const subject = response(200, [BOUND, ["Expires", "60"]]);
    expect(subject)
      .to.have.header("expires")
      .header("Expires", "60")
      .header("m", /expires=3600$/);
    expect(registration(subject)).to.have.header("Expires", "60");
    expect(request("INVITE", [["Supported", "timer"]])).to.have.header("k", "timer");
  });

  it("gives the same answer each time for a global expression", () => {
    const expression = /60/g;
    for (let round = 0; round < 3; round += 1)
      expect(response(200, [["Expires", "60"]])).to.have.header("Expires", expression);
  });

  it("fails with what the header is instead", () => {
    expectPlain(
      failureOf(() => expect(response(200, [["Expires", "60"]])).to.have.header("Expires", "3600")).message,
    ).to.match(/^expected 200 OK to REGISTER to have the header Expires "3600", but it has "60"\n/);
    expectPlain(failureOf(() => expect(response(200)).to.have.header("X-Y")).message).to.contain("but it has none");
  });

  it("shows no digest response", () => {
    const credentials = 'Digest username="a", response="0123456789abcdef0123456789abcdef"';
    const failure = failureOf(() =>
      expect(request("REGISTER", [["Authorization", credentials]])).to.have.header("Authorization", "x"),
    );
    expectPlain(failure.message).not.to.contain("0123456789abcdef");
    expectPlain(String(failure.actual)).not.to.contain("0123456789abcdef");
  });
});

describe("challenged()", () => {
  const challenged = registration(response(401, [CHALLENGE]), response(200, [BOUND]));

  it("holds when one of the responses carries such a challenge", () => {
    expect(challenged).to.be.challenged();
    expect(challenged).to.be.challenged({
      status: 401,
      scheme: "digest",
      realm: "ccmsipline",
      algorithm: "md5",
      qop: null,
    });
    expect(challenged).to.be.challenged({ realm: /^ccm/, nonce: "abc", stale: false });
    expect(
      response(407, [["Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth,auth-int"']]),
    ).to.be.challenged({
      status: 407,
      algorithm: "MD5",
      qop: "auth",
    });
  });

  const wrong = [
    [{ realm: "other" }, 'realm "ccmsipline"'],
    [{ opaque: "x" }, "opaque missing"],
    [{ algorithm: "SHA-256" }, "algorithm MD5"],
    [{ qop: "auth" }, "no qop"],
    [{ stale: true }, "stale false"],
    [{ scheme: "Basic" }, "scheme Digest"],
    [{ status: 407 }, "status 401"],
  ] as const;
  for (const [expectation, received] of wrong) {
    it(`fails for ${JSON.stringify(expectation)}, having ${received}`, () => {
      const failure = failureOf(() => expect(challenged).to.be.challenged(expectation));
      expectPlain(failure.message).to.contain(`but 401 Unauthorized to REGISTER has ${received}`);
    });
  }

  it("fails when nothing was challenged, or the challenge is missing", () => {
    expectPlain(failureOf(() => expect(registration(response(200))).to.be.challenged()).message).to.contain(
      "it answered 200 OK",
    );
    expectPlain(failureOf(() => expect(response(401)).to.be.challenged()).message).to.contain("no challenge in it");
  });
});
