import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LIMITS } from "../../../src/sip/message/index.ts";
import { headerId, headerSpellings } from "../../../src/sip/message/header-names.ts";
import { ReceivedLines } from "../../../src/sip/message/received-lines.ts";
import { SCAN_LINES_CODE } from "../../../src/sip/message/scan-lines-code.ts";
import { scanLines } from "../../../src/sip/message/scan-lines.ts";
import { Source } from "../../../src/sip/message/source.ts";

/** Id, name and value of each line of a head that is given without its line ends; undefined where it is not regular. */
function scanned(...lines: string[]): [id: number, name: string, value: string][] | undefined {
  const text = ["INVITE sip:h SIP/2.0", ...lines, "", ""].join("\r\n");
  const octets = Buffer.from(text, "latin1");
  const cells = scanLines(octets);
  if (!cells) return undefined;
  const found = new ReceivedLines(new Source(text, octets), cells);
  return Array.from({ length: found.length }, (_, index) => [
    found.idAt(index),
    found.nameAt(index),
    found.valueAt(index),
  ]);
}

describe("scanLines", () => {
  it("runs what was compiled from scan-lines.wat", () => {
    const source = readFileSync(new URL("../../../src/sip/message/scan-lines.wat", import.meta.url));
    expect(createHash("sha256").update(source).digest("hex")).to.equal(SCAN_LINES_CODE.source);
  });

  it("knows every header by each of its names, in any case", () => {
    for (const [name, id] of headerSpellings()) {
      for (const spelling of [name, name.toUpperCase()]) {
        expect(scanned(`${spelling}: x`), spelling).to.deep.equal([[id, spelling, "x"]]);
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
    for (const line of ["To : x", "To", ": x", " To: x", "T o: x", "X\x7f: y", "To: x\r\n y", `${"n".repeat(32)}: x`]) {
      expect(scanned("Via: x", line, "From: y"), line).to.equal(undefined);
    }
    expect(scanned(`${"n".repeat(31)}: x`)).to.have.length(1);
  });

  it("finds no end where there is none, whatever was scanned before", () => {
    const text = "INVITE sip:h SIP/2.0\r\nVia: x\r\n\r\n";
    for (let length = text.length; length >= 0; length -= 1) {
      const expected = length === text.length ? 3 : undefined;
      expect(scanLines(Buffer.from(text.slice(0, length)))?.length, String(length)).to.equal(expected);
    }
    expect(scanLines(Buffer.from(text), text.length - 1)).to.equal(undefined);
  });

  it("takes as many lines as the limit allows", () => {
    const lines = Array.from({ length: LIMITS.headerLines }, () => "X: y");
    expect(scanned(...lines)).to.have.length(LIMITS.headerLines);
    expect(scanned(...lines, "X: y")).to.equal(undefined);
  });
});
