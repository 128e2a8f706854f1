import { expect } from "chai";
import fc from "fast-check";
import {
  expiryDelayMs,
  formatSessionExpires,
  minSessionSecondsOf,
  refreshDelayMs,
  sessionExpiresOf,
  SipRequest,
  supportsSessionTimer,
  type HeaderField,
} from "../../../src/sip/message/index.ts";

function invite(...headers: HeaderField[]): SipRequest {
  return SipRequest.create({ method: "INVITE", requestUri: "sip:1003@192.0.2.10", headers });
}

describe("Session-Expires", () => {
  for (const [value, expected] of [
    ["1800", { seconds: 1800, refresher: undefined }],
    [" 90 ; refresher = UAC ", { seconds: 90, refresher: "uac" }],
    ["4294967295;x=1;refresher=uas", { seconds: 4294967295, refresher: "uas" }],
    ["9999999999", { seconds: 4294967295, refresher: undefined }],
    ["1800;refresher=both", { seconds: 1800, refresher: undefined }],
    ["1800;refresher=uac;refresher=uas", { seconds: 1800, refresher: undefined }],
    ["soon;refresher=uac", undefined],
    ["-90", undefined],
    ["", undefined],
  ] as const) {
    it(`reads "${value}" as ${JSON.stringify(expected)}`, () => {
      expect(sessionExpiresOf(invite(["x", value]))).to.deep.equal(expected);
    });
  }

  it("reads what it writes", () => {
    const refreshers = fc.constantFrom("uac" as const, "uas" as const, undefined);
    fc.assert(
      fc.property(fc.nat(), refreshers, (seconds, refresher) => {
        const written = formatSessionExpires({ seconds, refresher });
        expect(sessionExpiresOf(invite(["Session-Expires", written]))).to.deep.equal({ seconds, refresher });
      }),
    );
  });

  it("is absent where there is none", () => {
    expect(sessionExpiresOf(invite())).to.equal(undefined);
    expect(minSessionSecondsOf(invite())).to.equal(undefined);
  });

  it("has Min-SE beside it, with parameters that nobody knows", () => {
    expect(minSessionSecondsOf(invite(["Min-SE", "120;x=1"]))).to.equal(120);
    expect(minSessionSecondsOf(invite(["Min-SE", "two"]))).to.equal(undefined);
  });

  it("is understood by who lists timer in Supported or Require", () => {
    expect(supportsSessionTimer(invite(["k", "100rel, Timer"]))).to.equal(true);
    expect(supportsSessionTimer(invite(["Require", "timer"]))).to.equal(true);
    expect(supportsSessionTimer(invite(["Supported", "timers"]))).to.equal(false);
  });
});

describe("a session interval", () => {
  it("is refreshed at its half, and ended 32 s or a third before its end (RFC 4028 §7.2, §10)", () => {
    expect([refreshDelayMs(1800), expiryDelayMs(1800)]).to.deep.equal([900_000, 1_768_000]);
    expect([refreshDelayMs(90), expiryDelayMs(90)]).to.deep.equal([45_000, 60_000]);
    expect(expiryDelayMs(96)).to.equal(64_000);
    expect(expiryDelayMs(99)).to.equal(67_000);
  });

  it("sets no timer that a platform cannot hold, however long it is", () => {
    expect(refreshDelayMs(2 ** 32)).to.equal(2 ** 31 - 1);
    expect(expiryDelayMs(2 ** 32)).to.equal(2 ** 31 - 1);
  });
});
