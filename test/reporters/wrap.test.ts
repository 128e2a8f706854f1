import { expect } from "chai";
import { wrap, wrapHanging } from "../../src/reporters/wrap.ts";

describe("wrap", () => {
  it("breaks between words, and longer words where it has to", () => {
    expect(wrap("a rule of three words", 10)).to.deep.equal(["a rule of", "three", "words"]);
    expect(wrap("see 0123456789abcdef", 8)).to.deep.equal(["see", "01234567", "89abcdef"]);
  });

  it("gives one line for nothing", () => {
    expect(wrap("", 10)).to.deep.equal([""]);
  });
});

describe("wrapHanging", () => {
  it("indents further lines by the label, and leaves short ones as they are", () => {
    expect(wrapHanging("label:  a rule of three words", 18, 8)).to.deep.equal([
      "label:  a rule of",
      "        three",
      "        words",
    ]);
    expect(wrapHanging("HA1     = x", 18, 8)).to.deep.equal(["HA1     = x"]);
  });
});
