import { expect } from "chai";
import { closest, counted, didYouMean } from "../../src/core/text.ts";

describe("closest", () => {
  it("finds the word that was meant, whatever the case", () => {
    expect(closest("Regsiter", ["register", "invite"])).to.equal("register");
  });

  it("finds a word with two letters swapped", () => {
    expect(closest("gerp", ["grep", "list"])).to.equal("grep");
  });

  it("finds nothing where nothing is near", () => {
    expect(closest("telephone", ["grep", "list"])).to.equal(undefined);
  });
});

describe("didYouMean", () => {
  it("is a sentence to put behind a message, or nothing", () => {
    expect(didYouMean("tiemout", ["timeout"])).to.equal(' Did you mean "timeout"?');
    expect(didYouMean("xyz", ["timeout"])).to.equal("");
  });
});

describe("counted", () => {
  it("has one of a thing, and none or several of things", () => {
    expect([counted(0, "line"), counted(1, "line"), counted(2, "line")]).to.deep.equal([
      "0 lines",
      "1 line",
      "2 lines",
    ]);
  });
});
