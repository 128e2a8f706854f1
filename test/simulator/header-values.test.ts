import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { mergeHeaders } from "../../src/simulator/header-values.ts";

describe("mergeHeaders", () => {
  it("lets later layers replace earlier ones, however the name is spelt", () => {
    const merged = mergeHeaders({ Contact: "<sip:a@b>", Expires: "60" }, undefined, { m: "<sip:c@d>" });
    expect(merged).to.deep.equal({ m: "<sip:c@d>", Expires: "60" });
  });

  it("refuses a name that is no token, which drachtio-srf would leave out in silence", () => {
    expect(() => mergeHeaders({ "X Y": "a" }))
      .to.throw(UsageError)
      .with.property("code", "ERR_HEADER_NAME");
  });

  it("refuses a line break, which would become a header of its own", () => {
    expect(() => mergeHeaders({ Subject: "a\r\nX-Injected: b" }))
      .to.throw(UsageError)
      .with.property("code", "ERR_HEADER_VALUE");
  });
});
