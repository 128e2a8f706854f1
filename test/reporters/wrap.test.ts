import { expect } from "chai";
import { wrap } from "../../src/reporters/wrap.ts";

describe("wrap", () => {
  it("breaks between words, and longer words where it has to", () => {
    expect(wrap("a rule of three words", 10)).to.deep.equal(["a rule of", "three", "words"]);
    expect(wrap("see 0123456789abcdef", 8)).to.deep.equal(["see", "01234567", "89abcdef"]);
  });

  it("gives one line for nothing", () => {
    expect(wrap("", 10)).to.deep.equal([""]);
  });
});
