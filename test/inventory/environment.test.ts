import { expect } from "chai";
import { substitute } from "../../src/inventory/environment.ts";

const env = { PASSWORD: "s3cret", EMPTY: "", TRICK: "${PASSWORD}" };

describe("variables of the environment in a lab file", () => {
  const texts: [text: string, replaced: string][] = [
    ["${PASSWORD}", "s3cret"],
    ["a${PASSWORD}b${PASSWORD}", "as3cretbs3cret"],
    ["${EMPTY}", ""],
    ["${NOT_SET:-default}", "default"],
    ["${EMPTY:-default}", "default"],
    ["${PASSWORD:-default}", "s3cret"],
    ["${NOT_SET:-}", ""],
    ["$${PASSWORD}", "${PASSWORD}"],
    ["$PASSWORD and $5", "$PASSWORD and $5"],
    ["${TRICK}", "${PASSWORD}"],
  ];
  for (const [text, replaced] of texts) {
    it(`makes ${text} ${JSON.stringify(replaced)}`, () => {
      expect(substitute(text, env)).to.deep.equal({ text: replaced, missing: [], malformed: false });
    });
  }

  it("tells every variable that is not set", () => {
    expect(substitute("${ONE}${PASSWORD}${TWO}", env).missing).to.deep.equal(["ONE", "TWO"]);
  });

  for (const text of ["${}", "${1A}", "${A-B}", "${A", "${A B}", "${${A}}"]) {
    it(`takes ${text} for a mistake`, () => {
      expect(substitute(text, env)).to.include({ text, malformed: true });
    });
  }

  it("reads a long text of unfinished references in linear time", () => {
    expect(substitute("${".repeat(200_000), env).malformed).to.equal(true);
  }).timeout(1000);
});
