import { expect } from "chai";
import fc from "fast-check";
import { formatNameAddr, isSipUri, parseNameAddr, SipParseError } from "../../../src/sip/message/index.ts";
import { tagAt } from "../../../src/sip/message/name-addr.ts";
import { Source } from "../../../src/sip/message/source.ts";

const READ: readonly (readonly [text: string, displayName: string | undefined, uri: string, parameters: object])[] = [
  ["<sip:a@h>", undefined, "sip:a@h", {}],
  ['"" <sip:a@h>', "", "sip:a@h", {}],
  ["Bob<sip:b@h>;tag=1", "Bob", "sip:b@h", { tag: "1" }],
  ["A. Bell\t Jr  <sip:a@h> ; Tag = x ;lr", "A. Bell\t Jr", "sip:a@h", { tag: "x", lr: undefined }],
  ['"J \\\\\\"<x>; R" <sip:a@h>', 'J \\"<x>; R', "sip:a@h", {}],
  ["sip:a@h;x=1", undefined, "sip:a@h", { x: "1" }],
  ["<sip:a@h;x=1>", undefined, "sip:a@h;x=1", {}],
  ["<sip:a,b@h?c=d>", undefined, "sip:a,b@h?c=d", {}],
  ['sip:a@h;p="<,;>"', undefined, "sip:a@h", { p: "<,;>" }],
  ['<sip:a@h>;p="";q=0.5;received=[2001:db8::1]', undefined, "sip:a@h", { p: "", q: "0.5", received: "[2001:db8::1]" }],
];

describe("parseNameAddr", () => {
  for (const [text, displayName, uriText, parameters] of READ) {
    it(`reads ${text}`, () => {
      const address = parseNameAddr(text);
      expect(address).to.include({ displayName, uriText, bracketed: text.includes("<sip") });
      expect(Object.fromEntries(address.parameters)).to.deep.equal(parameters);
      expect(address.uri.scheme).to.equal("sip");
    });
  }

  for (const text of [
    '"a <sip:a@h>',
    '"a\\" <sip:a@h>',
    '"a" sip:a@h',
    '"a"',
    "a, b <sip:a@h>",
    "\xe4 <sip:a@h>",
    "<sip:a@h",
    "<sip:a@h>;",
    "<sip:a@h>;;x",
    "<sip:a@h>;x=",
    "<sip:a@h>;x=1;X=2",
    '<sip:a@h>;x="1',
    "<sip:a@h> x",
    "<sip:a@h>;x=1 2",
    "sip:a@h?b=c",
    "sip:a,b@h",
  ]) {
    it(`refuses ${text}`, () => {
      expect(() => parseNameAddr(text)).to.throw(SipParseError);
    });
  }
});

describe("formatNameAddr", () => {
  it("quotes names that are no token, and values that have to be", () => {
    const parameters = new Map([
      ["tag", "1"],
      ["methods", "INVITE"],
      ["+sip.instance", "<urn:x>"],
      ["+a", "b"],
      ["lr", undefined],
    ]);
    expect(formatNameAddr({ displayName: 'J "R"', uriText: "sip:a@h", parameters })).to.equal(
      '"J \\"R\\"" <sip:a@h>;tag=1;methods="INVITE";+sip.instance="<urn:x>";+a="b";lr',
    );
    expect(formatNameAddr({ displayName: "Bob", uriText: "sip:a@h" })).to.equal("Bob <sip:a@h>");
  });

  it("is read again as the same address (property)", () => {
    const text = fc.string({ unit: "binary-ascii", maxLength: 10 }).map((value) => value.replace(/[\r\n]/g, ""));
    const name = fc.string({ unit: fc.constantFrom(..."abc-.+".split("")), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.option(text, { nil: undefined }),
        fc.dictionary(name, fc.option(text, { nil: undefined })),
        (displayName, values) => {
          const parts = { displayName, uriText: "sip:a@h;x", parameters: new Map(Object.entries(values)) };
          const read = parseNameAddr(formatNameAddr(parts));
          expect(read).to.include({ displayName, uriText: "sip:a@h;x" });
          expect(Object.fromEntries(read.parameters)).to.deep.equal(Object.fromEntries(parts.parameters));
        },
      ),
    );
  });
});

function scanTag(text: string): string | undefined {
  return tagAt(new Source(text), 0, text.length);
}

describe("tagAt", () => {
  it("finds what the full parser finds (property)", () => {
    const piece = fc.constantFrom(
      "sip:a@h",
      "<",
      ">",
      '"',
      "\\",
      ";",
      "=",
      "tag",
      "TAG",
      " ",
      "x",
      ";tag=a",
      '"tag=1"',
      ";lr",
      ";y=<tag>",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        let expected: string | undefined;
        try {
          const address = parseNameAddr(text);
          expected = address.parameters.get("tag");
          isSipUri(address.uri); // read on demand: throws where it is malformed
        } catch {
          return; // A malformed address may have any tag; checkMessage refuses it.
        }
        expect(scanTag(text), text).to.equal(expected);
      }),
      { numRuns: 5000, examples: [[['sip:a@h;p="<"', ";tag=a"]]] },
    );
  });

  it("is not misled by tags in names, URIs and values", () => {
    expect(scanTag('"x;tag=1" <sip:a@h;tag=2>;y=";tag=3";tagged=4;TAG = 5')).to.equal("5");
    expect(scanTag("sip:a@h;tag=1")).to.equal("1");
    expect(scanTag("<sip:a@h;tag=2>")).to.equal(undefined);
  });
});
