import { readFileSync } from "node:fs";
import { expect } from "chai";
import { digestLines, explainDigest, type DigestQuestion } from "../../src/diagnosis/index.ts";
import { inputsOf, responseOf } from "../../src/diagnosis/digest-inputs.ts";
import {
  encodeText,
  formatCredentials,
  parseCredentials,
  type DigestCredentials,
} from "../../src/sip/message/index.ts";
import { testData } from "../support/test-data.ts";

interface Vector {
  readonly id: string;
  readonly username: string;
  readonly realm: string;
  readonly password?: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly cnonce?: string;
  readonly nc?: string;
  readonly algorithm: string | null;
  readonly qop: string | null;
  readonly body?: string;
  readonly expected: { readonly response: string };
}

const file = testData("digest", "vectors.json");
const VECTORS: readonly Vector[] = file
  ? (JSON.parse(readFileSync(file, "utf8")) as { vectors: Vector[] }).vectors.filter(
      ({ password }) => password !== undefined,
    )
  : [];

type Wishes = Partial<
  Record<"username" | "realm" | "nonce" | "uri" | "response" | "algorithm" | "qop" | "nc" | "cnonce", string>
>;

function credentialsOf(values: Wishes): DigestCredentials {
  const all = { username: "swhite", realm: "ccmsipline", nonce: "n0nce", uri: "sip:cm", response: "", ...values };
  const text = Object.entries(all).map(([name, value]) => `${name}="${encodeText(value).replace(/["\\]/g, "\\$&")}"`);
  return parseCredentials(`Digest ${text.join(", ")}`);
}

/** Credentials for password `s3cret-Pass` whose response was computed otherwise than they say. */
function mistaken(
  change: Parameters<typeof responseOf>[0] extends infer T ? Partial<T> : never,
  values: Wishes = {},
): DigestQuestion {
  const known = { password: "s3cret-Pass", method: "REGISTER", body: Buffer.alloc(0) };
  const credentials = credentialsOf(values);
  const response = responseOf({ ...inputsOf(credentials, known), ...change }) ?? "";
  return { ...known, credentials: credentialsOf({ ...values, response }) };
}

describe("the digest debugger", () => {
  it("finds that every given vector fits, and with another password none", function () {
    if (VECTORS.length === 0) return void this.skip();
    for (const { id, password = "", method, body = "", algorithm, qop, cnonce, nc, expected, ...rest } of VECTORS) {
      const optional = Object.entries({ algorithm, qop, cnonce, nc }).filter(
        ([, value]) => value !== null && value !== undefined,
      );
      const { username, realm, nonce, uri } = rest;
      const wishes: Wishes = {
        username,
        realm,
        nonce,
        uri,
        response: expected.response,
        ...Object.fromEntries(optional),
      };
      const question = { credentials: credentialsOf(wishes), password, method, body: Buffer.from(body) };
      expect(explainDigest(question).fits, id).to.equal(true);
      const found = explainDigest({ ...question, password: `${password} ` });
      expect(found.fits, id).to.equal(false);
      expect(found.wouldFit, id).to.include("the password without the blanks at its ends");
    }
  });

  const SESSION = { algorithm: "MD5", qop: "auth", nc: "00000001", cnonce: "c" };
  const MISTAKES: readonly (readonly [words: string, question: DigestQuestion])[] = [
    ["a space behind the password", mistaken({ password: "s3cret-Pass " })],
    ["the password in lower case", mistaken({ password: "s3cret-pass" })],
    ["the password with upper and lower case exchanged (Caps Lock)", mistaken({ password: "S3CRET-pASS" })],
    ["an empty password", mistaken({ password: "" })],
    ["the user name for a password", mistaken({ password: "swhite" })],
    ["the password cut off after 8", mistaken({ password: "s3cret-P" })],
    ["CR and LF behind the password", mistaken({ password: "s3cret-Pass\r\n" })],
    ["the user name with a capital first letter", mistaken({ username: "Swhite" })],
    ["the user name with @ and the realm", mistaken({ username: "swhite@ccmsipline" })],
    ["the realm in upper case", mistaken({ realm: "CCMSIPLINE" })],
    ["the uri in brackets", mistaken({ uri: "<sip:cm>" })],
    ["the uri without user", mistaken({ uri: "sip:cm" }, { uri: "sip:1002@cm" })],
    ["the method INVITE", mistaken({ method: "INVITE" })],
    ["the nonce in quotes", mistaken({ nonce: '"n0nce"' })],
    ["algorithm=SHA-256", mistaken({ algorithm: "SHA-256" })],
    ["algorithm=MD5-sess", mistaken({ algorithm: "MD5-sess" }, SESSION)],
    ["no qop at all (RFC 2069)", mistaken({ qop: undefined }, SESSION)],
    ["qop=auth-int", mistaken({ qop: "auth-int" }, SESSION)],
    ["nc=1, without leading zeros", mistaken({ nc: "1" }, SESSION)],
    ["HA1 given to the phone as if it were the password", mistaken({ password: "49fea6cc9162991c08732000a784557d" })],
    ["a space behind the password and the method INVITE", mistaken({ password: "s3cret-Pass ", method: "INVITE" })],
  ];
  for (const [words, question] of MISTAKES) {
    it(`tells ${words}`, () => {
      const { fits, wouldFit } = explainDigest(question);
      expect(fits).to.equal(false);
      expect(wouldFit).to.include(words);
    });
  }

  it("tells a known password that is HA1 itself", () => {
    const ha1 = "0123456789abcdef0123456789ABCDEF";
    const question = mistaken({ ha1: ha1.toLowerCase() });
    expect(explainDigest({ ...question, password: ha1 }).wouldFit).to.include("the password taken as HA1, which it is");
  });

  it("takes the challenge and the request for comparison", () => {
    const surroundings = { requestUri: "sip:10.0.0.5", challenge: { realm: "other", nonce: "fresh" } };
    expect(explainDigest({ ...mistaken({ realm: "other" }), ...surroundings }).wouldFit).to.include(
      "the challenge's realm",
    );
    const { oddities, wouldFit } = explainDigest({ ...mistaken({ uri: "sip:10.0.0.5" }), ...surroundings });
    expect(wouldFit).to.include("the Request-URI");
    expect(oddities).to.deep.equal([
      'realm "ccmsipline" is not the challenge\'s "other"',
      "the nonce is not the challenge's",
      'uri "sip:cm" is not the Request-URI "sip:10.0.0.5"',
    ]);
  });

  it("takes the clear name where the credentials hash it", () => {
    const username = "f0f1f2";
    const hashed = mistaken({ username: "swhite" }, { username });
    const credentials = { ...hashed.credentials, userhash: true };
    expect(explainDigest({ ...hashed, credentials, username: "swhite" }).fits).to.equal(true);
  });

  it("says that none of the usual mistakes explains a password of somebody else", () => {
    const explanation = explainDigest(mistaken({ password: "quite another" }));
    expect(explanation.wouldFit).to.deep.equal([]);
    expect(digestLines(explanation).join("\n")).to.match(/none of \d{4} usual mistakes explains it/);
  });

  it("tries pairs only where there is time for them", () => {
    const question = mistaken({ password: "s3cret-Pass ", method: "INVITE" });
    expect(explainDigest({ ...question, pairs: false }))
      .to.deep.include({ wouldFit: [] })
      .and.have.property("tried")
      .that.is.below(200);
  });

  it("names what is odd whatever the password", () => {
    const odd = (values: Wishes): readonly string[] =>
      explainDigest({ credentials: credentialsOf(values), password: "p", method: "REGISTER", body: Buffer.alloc(0) })
        .oddities;
    expect(odd({})).to.deep.equal(["the response is empty"]);
    expect(odd({ response: "abc", algorithm: "SHA-256" })).to.deep.equal([
      "the response is not 64 hexadecimal digits, as SHA-256 gives",
    ]);
    expect(odd({ response: "abc", algorithm: "FOO" })).to.deep.equal(['algorithm "FOO" is not known here']);
    expect(odd({ response: "0".repeat(32), qop: "auth", nc: "1" })).to.deep.equal([
      "with qop, nc has to be eight hexadecimal digits",
      "with qop, a cnonce has to be sent",
    ]);
  });

  it("shows no secret unless told to", () => {
    for (const [, question] of MISTAKES) {
      const { response } = question.credentials;
      const text = digestLines(explainDigest(question)).join("\n");
      for (const secret of [response, "s3cret", "S3CRET"]) expect(text).not.to.contain(secret);
      expect(digestLines(explainDigest({ ...question, unmasked: true })).join("\n"))
        .to.contain(response)
        .and.to.contain("s3cret-Pass");
    }
  });

  it("prints the formulas with their inputs", () => {
    const [ha1, ha2, response] = explainDigest(mistaken({}, SESSION)).inputs;
    expect(ha1).to.equal("HA1      = MD5(swhite:ccmsipline:********)");
    expect(ha2).to.equal("HA2      = MD5(REGISTER:sip:cm)");
    expect(response).to.equal("response = MD5(HA1:n0nce:00000001:c:auth:HA2) = ********");
    expect(explainDigest(mistaken({}, { ...SESSION, algorithm: "SHA-256-sess" })).inputs[0]).to.equal(
      "HA1      = SHA-256(SHA-256(swhite:ccmsipline:********):n0nce:c)",
    );
  });

  it("is over soon, whatever stands in the credentials", () => {
    const long = "x".repeat(20_000);
    const question = mistaken(
      { password: "quite another" },
      { username: long, realm: long, nonce: long, cnonce: long, qop: "auth" },
    );
    const explanation = explainDigest(question);
    expect(explanation.tried, "single mistakes only").to.be.within(50, 200);
    const text = digestLines(explanation).join("\n");
    expect(text.length).to.be.below(2_000);
    expect(formatCredentials(question.credentials).length).to.be.above(60_000);
  });
});
