import { expect } from "chai";
import { seededIds } from "../../../src/core/ids.ts";
import {
  allowsUpdate,
  glareDelayMs,
  glareRetryAfter,
  meansNoDialog,
  SipRequest,
  SipResponse,
} from "../../../src/sip/message/index.ts";

function invite(...allow: readonly string[]): SipRequest {
  const headers = allow.map((value) => ["Allow", value] as const);
  return SipRequest.create({ method: "INVITE", requestUri: "sip:1002@192.0.2.1", headers });
}

describe("what a message says of dialogs", () => {
  it("is that there is none any more, by 408 and 481 alone", () => {
    const ending = Array.from({ length: 600 }, (_, index) => 100 + index).filter((status) => meansNoDialog({ status }));
    expect(ending).to.deep.equal([408, 481]);
  });

  it("is, by 491, to ask again in 2.1 s to 4 s where the Call-ID is ours, else within 2 s, in steps of 10 ms", () => {
    const ids = seededIds("glare");
    for (const [ownsCallId, from, to] of [
      [true, 2100, 4000],
      [false, 0, 2000],
    ] as const) {
      const delays = Array.from({ length: 5000 }, () => glareDelayMs(SipResponse.to(invite(), 491), ownsCallId, ids)!);
      expect([Math.min(...delays), Math.max(...delays)]).to.deep.equal([from, to]);
      expect(delays.filter((delay) => delay % 10 !== 0)).to.deep.equal([]);
    }
  });

  it("is, by 500, to ask again when its Retry-After says, where that is 10 s at most", () => {
    const delayAfter = (status: number, ...retryAfter: readonly string[]): number | undefined => {
      const headers = retryAfter.map((value) => ["Retry-After", value] as const);
      return glareDelayMs(SipResponse.to(invite(), status, { headers }), true, seededIds("glare"));
    };
    expect(["0", "4", "10 (soon)", "3;duration=60"].map((value) => delayAfter(500, value))).to.deep.equal([
      0, 4000, 10_000, 3000,
    ]);
    expect(["11", "100", "-1", "soon", ""].map((value) => delayAfter(500, value))).to.deep.equal(
      Array.from({ length: 5 }, () => undefined),
    );
    expect([delayAfter(500), delayAfter(503, "4"), delayAfter(488)]).to.deep.equal([undefined, undefined, undefined]);
  });

  it("is, by our own 500, to ask again in 0 to 10 s, which the other side takes", () => {
    const ids = seededIds("glare");
    const values = new Set(Array.from({ length: 1000 }, () => glareRetryAfter(ids)));
    expect([...values].map(Number).sort((a, b) => a - b)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const value of values) {
      const response = SipResponse.to(invite(), 500, { headers: [["Retry-After", value]] });
      expect(glareDelayMs(response, true, ids)).to.equal(1000 * Number(value));
    }
  });

  it("is whether UPDATE is taken, over several lines, in its own case", () => {
    expect(allowsUpdate(invite("INVITE, ACK", "BYE , UPDATE"))).to.equal(true);
    expect(allowsUpdate(invite("INVITE, update, UPDATES"))).to.equal(false);
  });

  it("is nothing of UPDATE where no methods are listed", () => {
    expect(allowsUpdate(invite())).to.equal(undefined);
    expect(allowsUpdate(invite(""))).to.equal(undefined);
  });
});
