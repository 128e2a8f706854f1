import { expect } from "chai";
import fc from "fast-check";
import {
  canonicalHeaderName,
  decodeText,
  encodeText,
  headerKey,
  isToken,
  quote,
  reasonPhrase,
  splitList,
  unquote,
} from "../../../src/sip/message/index.ts";
import { headerId, isListId } from "../../../src/sip/message/header-names.ts";

describe("splitList", () => {
  it("splits at commas outside quotes and brackets", () => {
    expect(splitList(' a , "b,\\",c" ,<sip:d,e@f>;g="h,i",j')).to.deep.equal([
      "a",
      '"b,\\",c"',
      '<sip:d,e@f>;g="h,i"',
      "j",
    ]);
  });

  it("keeps empty items, but an empty value has none", () => {
    expect(splitList("a,,b,")).to.deep.equal(["a", "", "b", ""]);
    expect([splitList(""), splitList(" \t"), splitList(",")]).to.deep.equal([[], [], ["", ""]]);
  });

  it("does not run past what never closes", () => {
    expect(splitList('a, "b, c')).to.deep.equal(["a", '"b, c']);
    expect(splitList("a, <b, c")).to.deep.equal(["a", "<b, c"]);
    expect(splitList('a, "b\\')).to.deep.equal(["a", '"b\\']);
  });
});

describe("quote and unquote", () => {
  it("are each other's reverse (property)", () => {
    fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (text) => unquote(quote(text)) === text));
  });

  it("read any quoted pair, and leave unquoted text", () => {
    expect(unquote('"\\a\\\\\\"b"')).to.equal('a\\"b');
    expect([unquote("a\\b"), unquote('"'), unquote('""')]).to.deep.equal(["a\\b", '"', ""]);
  });
});

describe("octet strings", () => {
  it("are decoded as UTF-8 and encoded again (property)", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => decodeText(encodeText(text)) === text));
    expect(decodeText("\xff")).to.equal("\ufffd");
    expect(encodeText("é")).to.equal("\xc3\xa9");
  });
});

describe("isToken", () => {
  it("knows the characters of RFC 3261 §25.1", () => {
    expect(isToken("aZ09-.!%*_+`'~")).to.equal(true);
    for (const text of ["", "a b", "a@", "a\0", "\xe4", "a=b", "(a)"]) expect(isToken(text), text).to.equal(false);
  });
});

describe("header names", () => {
  /** sip-syntax.md §3: the complete set of IANA. */
  const COMPACT =
    "a Accept-Contact b Referred-By c Content-Type d Request-Disposition e Content-Encoding f From i Call-ID " +
    "j Reject-Contact k Supported l Content-Length m Contact n Identity-Info o Event r Refer-To s Subject t To " +
    "u Allow-Events v Via x Session-Expires y Identity";

  it("have their compact forms, in any case", () => {
    const words = COMPACT.split(" ");
    for (let index = 0; index < words.length; index += 2) {
      expect(canonicalHeaderName(words[index]!)).to.equal(words[index + 1]);
      expect(headerId(words[index]!.toUpperCase())).to.equal(headerId(words[index + 1]!.toLowerCase()));
    }
    expect(words.length).to.equal(40);
  });

  it("are spelt as their RFCs print them; unknown ones stay", () => {
    expect(["cseq", "CALL-id", "www-authenticate", "sip-etag", "mime-version"].map(canonicalHeaderName)).to.deep.equal([
      "CSeq",
      "Call-ID",
      "WWW-Authenticate",
      "SIP-ETag",
      "MIME-Version",
    ]);
    expect(canonicalHeaderName("X-oWn")).to.equal("X-oWn");
    expect([headerKey("M"), headerKey("X-oWn")]).to.deep.equal(["contact", "x-own"]);
  });

  it("tell lists from single and opaque ones", () => {
    expect(["Via", "k", "Reason", "P-Asserted-Identity"].every((name) => isListId(headerId(name)))).to.equal(true);
    expect(["To", "Subject", "Authorization", "Date", "X-Own"].some((name) => isListId(headerId(name)))).to.equal(
      false,
    );
  });

  it("that resemble known ones are unknown", () => {
    for (const name of ["Vi", "Viaa", "Call_ID", "g", "Call-I", ""]) expect(headerId(name), name).to.equal(0);
  });
});

describe("reasonPhrase", () => {
  it("falls back on the class of an unknown status", () => {
    expect([486, 499, 299, 999].map(reasonPhrase)).to.deep.equal(["Busy Here", "Bad Request", "OK", ""]);
  });
});
