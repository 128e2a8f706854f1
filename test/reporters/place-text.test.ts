import { expect } from "chai";
import { placeText } from "../../src/reporters/index.ts";

describe("placeText", () => {
  it("is file and line, seen from a folder", () => {
    expect(placeText({ file: "/suite/calls/a.scenario.ts", line: 7 }, "/suite")).to.equal("calls/a.scenario.ts:7");
    expect(placeText({ file: "/suite/a.scenario.ts", line: 7 }, "/suite/reports")).to.equal("../a.scenario.ts:7");
  });
});
