import { expect } from "chai";
import { groupBy } from "../../src/core/grouping.ts";

describe("groupBy", () => {
  it("keeps the order in which keys and items came, and leaves out what has no key", () => {
    const groups = groupBy(["b1", "a1", "-", "b2"], (item) => (item === "-" ? undefined : item[0]));
    expect([...groups]).to.deep.equal([
      ["b", ["b1", "b2"]],
      ["a", ["a1"]],
    ]);
  });
});
