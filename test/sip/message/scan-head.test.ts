import { expect } from "chai";
import { LIMITS } from "../../../src/sip/message/index.ts";
import { headerId, HEADER_SPELLINGS } from "../../../src/sip/message/header-names.ts";
import { scanHead } from "../../../src/sip/message/scan-head.ts";

/** Id, name and value of each line of a head that is given without its line ends; undefined where it is not regular. */
function scanned(...lines: string[]): [id: number, name: string, value: string][] | undefined {
  const head = scanHead(Buffer.from(["INVITE sip:h SIP/2.0", ...lines, "", ""].join("\r\n"), "latin1"));
  if (!head) return undefined;
  const found = head.lines;
  return Array.from({ length: found.length }, (_, index) => [
    found.idAt(index),
    found.nameAt(index),
    found.valueAt(index),
  ]);
}

describe("scanHead", () => {
  it("knows every header by each of its names, in any case", () => {
    for (const name of HEADER_SPELLINGS) {
      for (const spelling of [name, name.toUpperCase()]) {
        expect(scanned(`${spelling}: 1`), spelling).to.deep.equal([[headerId(name), spelling, "1"]]);
      }
    }
  });

  it("takes no other name for one that it knows", () => {
    for (const name of ["Vi", "Viaa", "Vib", "Call_ID", "Call.ID", "Q", "z", "Content-Lengtg", "Content-Typf"]) {
      expect(scanned(`${name}: x`), name).to.deep.equal([[0, name, "x"]]);
    }
  });

  it("finds values of any length at any place, without the blanks round them", () => {
    for (let length = 0; length < 70; length += 1) {
      const value = "v".repeat(length);
      const found = scanned(`X:${value}`, `To: \t ${value}`, `Subject:${value} \t`, `Via: :${value}`);
      expect(found?.map(([, , text]) => text)).to.deep.equal([value, value, value, `:${value}`]);
    }
  });

  it("lets every octet stand in a value but CR and LF", () => {
    for (let code = 0; code < 256; code += 1) {
      const character = String.fromCharCode(code);
      const expected =
        code === 0x0d || code === 0x0a ? undefined : [[headerId("Subject"), "Subject", `a${character}b`]];
      expect(scanned(`Subject: a${character}b`), String(code)).to.deep.equal(expected);
    }
  });

  it("leaves heads that are not regular", () => {
    for (const line of [
      "To : x",
      "To",
      ": x",
      " To: x",
      "T o: x",
      "X\x7f: y",
      "To: x\r\n y",
      `${"n".repeat(128)}: x`,
    ]) {
      expect(scanned("Via: x", line, "From: y"), line).to.equal(undefined);
    }
    expect(scanned(`${"n".repeat(127)}: x`)).to.have.length(1);
  });

  it("finds no end where there is none", () => {
    const text = "INVITE sip:h SIP/2.0\r\nVia: x\r\n\r\n";
    for (let length = text.length; length >= 0; length -= 1) {
      const expected = length === text.length ? length : undefined;
      expect(scanHead(Buffer.from(text.slice(0, length)))?.end, String(length)).to.equal(expected);
    }
  });

  it("looks for the end of a head as far as the limit goes", () => {
    const withHead = (octets: number): Buffer => Buffer.from(`A b SIP/2.0\r\nX: ${"y".repeat(octets - 16)}\r\n\r\n`);
    expect(scanHead(withHead(LIMITS.headOctets))?.end).to.equal(LIMITS.headOctets + 4);
    expect(scanHead(withHead(LIMITS.headOctets + 1))).to.equal(undefined);
  });

  it("takes as many lines as the limit allows", () => {
    const lines = Array.from({ length: LIMITS.headerLines }, () => "X: y");
    expect(scanned(...lines)).to.have.length(LIMITS.headerLines);
    expect(scanned(...lines, "X: y")).to.equal(undefined);
  });
});
