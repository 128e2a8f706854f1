import { expect } from "chai";
import { parseParameters, SipParseError } from "../../../src/sip/message/index.ts";

/** `;p0=0;p1=1…`. */
function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `;p${index}=${index}`).join("");
}

describe("parseParameters", () => {
  for (const count of [0, 1, 15, 16, 17, 40]) {
    it(`keeps ${count} in order, and finds each`, () => {
      const parameters = parseParameters(many(count));
      expect(parameters.size).to.equal(count);
      expect([...parameters.keys()]).to.deep.equal(Array.from({ length: count }, (_, index) => `p${index}`));
      for (let index = 0; index < count; index += 1) expect(parameters.get(`p${index}`)).to.equal(String(index));
      expect([parameters.has("q"), parameters.get("q")]).to.deep.equal([false, undefined]);
    });

    it(`refuses one of ${count} that is repeated, in whatever case`, () => {
      if (count > 0) expect(() => parseParameters(`${many(count)};P${count - 1}`)).to.throw(SipParseError, "repeated");
    });
  }

  it("tells a name without value from one that is not there", () => {
    const parameters = parseParameters(";LR; Tag = x");
    expect([...parameters]).to.deep.equal([
      ["lr", undefined],
      ["tag", "x"],
    ]);
    expect([parameters.has("lr"), parameters.get("lr")]).to.deep.equal([true, undefined]);
  });
});
