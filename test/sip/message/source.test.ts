import { expect } from "chai";
import { Source } from "../../../src/sip/message/source.ts";

function octetsOf(text: string): number[] {
  return [...new Source(text).octets.subarray(0, text.length)];
}

describe("Source", () => {
  it("has an octet for each unit of a text, short or long", () => {
    for (const length of [0, 1, 39, 40, 41, 5000, 70_000]) {
      for (const character of ["a", "\0", "\xe4", "\xff"]) {
        const text = `b${character.repeat(length)}`;
        expect(octetsOf(text)).to.deep.equal([0x62, ...Array<number>(length).fill(character.charCodeAt(0))]);
      }
    }
  });

  it("has NUL for a unit that is no octet, so that it passes for nothing else", () => {
    // The low octet of U+0120 is a space.
    for (const length of [1, 60]) expect(octetsOf("\u0120".repeat(length))).to.deep.equal(Array(length).fill(0));
  });

  it("lends the octets of the text that is looked at", () => {
    const one = new Source("one");
    const two = new Source("two");
    expect([one.octets[0], two.octets[0], one.octets[0]]).to.deep.equal([0x6f, 0x74, 0x6f]);
  });

  it("keeps the octets that it is given", () => {
    const octets = Buffer.from("abc");
    expect(new Source("abc", octets).octets).to.equal(octets);
  });
});
