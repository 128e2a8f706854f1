/* eslint-disable @typescript-eslint/no-unsafe-call -- the mistakes are the point */
import { expect as expectPlain } from "chai";
import { expect, expectEvery } from "../../src/assertions/index.ts";
import { registration, request, response, traceOf } from "./messages.ts";
import { offerOf } from "./sessions.ts";

/** Never run: `tsc` is the test. A line below an expected error that were none would fail the build. */
export function mistakes(): void {
  // @ts-expect-error -- a misspelt claim
  expect(response(200)).to.have.statsu(200);
  // @ts-expect-error -- a request has no status
  expect(request("INVITE")).to.have.status(200);
  // @ts-expect-error -- only an exchange can be a registration
  expect(response(200)).to.be.registered();
  // @ts-expect-error -- a missing await
  expect(Promise.resolve(registration(response(200)))).to.be.registered();
  // @ts-expect-error -- no kind of media
  expect(offerOf("audio")).to.have.media("vidoe").live();
  // @ts-expect-error -- no direction
  expect(offerOf("audio")).to.have.media("audio").direction("sendreceive");
  // @ts-expect-error -- an item has an arrow
  expect(traceOf()).to.show("REGISTER");
  // @ts-expect-error -- no items
  expect(traceOf()).to.show();
  // @ts-expect-error -- no challenge parameter
  expect(response(401)).to.be.challenged({ relam: "x" });
  // @ts-expect-error -- nothing of ours
  expectEvery([1, 2]).to.equal(1);
}

describe("expect", () => {
  it("compares our subjects by identity, too", () => {
    const { offer } = {} as { offer?: ReturnType<typeof offerOf> };
    expect(offer).to.equal(undefined);
    expectPlain(() => expect(offerOf("audio")).to.equal(undefined)).to.throw("to equal undefined");
  });

  it("leaves chai's own checks to everything else", () => {
    expect([1, 2]).to.have.length(2);
    expect("text").to.match(/^t/);
    expectPlain(() => expect(1, "the count").to.equal(2)).to.throw("the count: expected 1 to equal 2");
  });
});
