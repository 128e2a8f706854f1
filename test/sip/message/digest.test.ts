import { readFileSync } from "node:fs";
import { expect } from "chai";
import { HarnessError } from "../../../src/core/errors.ts";
import {
  answerChallenge,
  chooseChallenge,
  computeResponse,
  computeServerProof,
  encodeText,
  formatChallenge,
  formatCredentials,
  NonceCounter,
  parseChallenge,
  parseChallenges,
  parseCredentials,
  responseMatches,
  SipParseError,
  type DigestChallenge,
} from "../../../src/sip/message/index.ts";
import { testData } from "../../support/test-data.ts";

interface Vector {
  readonly id: string;
  readonly username: string;
  readonly realm: string;
  readonly password?: string;
  readonly ha1?: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly cnonce?: string;
  readonly nc?: string;
  readonly algorithm: string | null;
  readonly qop: string | null;
  readonly body?: string;
  readonly expected: { readonly response: string; readonly rspauth?: string };
}

interface ChallengeCase {
  readonly id: string;
  readonly header?: readonly string[];
}

const vectors = testData("digest", "vectors.json");

/** wire-examples.md §2.16. */
const WIRE_VECTORS = [
  [
    "swhite",
    "s3cret-1002",
    "Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh",
    "REGISTER",
    "sip:192.0.2.10",
    "06dac41242fd3d1bcdbcfef056aeafcc",
  ],
  [
    "swhite",
    "wrong",
    "Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh",
    "REGISTER",
    "sip:192.0.2.10",
    "ba7e502916de13c567b4d7a3653e5be5",
  ],
  [
    "swhite",
    "s3cret-1002",
    "Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh",
    "INVITE",
    "sip:1003@192.0.2.10",
    "8ca9dfd4cd3009afeebfef7990324f00",
  ],
  [
    "1000",
    "pw1000",
    "U0VDT05ELU5PTkNFLTI0LUJZVEVTISEh",
    "REGISTER",
    "sip:192.0.2.10",
    "04640c067c660b66d61a3a1380ca6ca6",
  ],
  [
    "swhite",
    "s3cret-1002",
    "GBauADss2qoWr6k9y3hGGVDAqnLfoLk5",
    "REGISTER",
    "sip:172.18.197.224",
    "071c071bb0846550e1ac09a569a93a5f",
  ],
] as const;

/** The sample of the Cisco document, its three lines joined: no qop, algorithm before response. */
const SAMPLE =
  'Digest username="swhite", realm="ccmsipline", nonce="GBauADss2qoWr6k9y3hGGVDAqnLfoLk5", ' +
  'uri="sip:172.18.197.224", algorithm=MD5, response="126c0643a4923359ab59d4f53494552e"';

const CUCM_CHALLENGE = 'Digest realm="ccmsipline", nonce="Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh", algorithm=MD5';

function challenge(value: string): DigestChallenge {
  const parsed = parseChallenge(value);
  if (!parsed) throw new Error(`no challenge: ${value}`);
  return parsed;
}

describe("digest", () => {
  describe("published vectors", () => {
    if (vectors === undefined) {
      it("give the printed responses (skipped: test data absent)", function () {
        this.skip();
      });
      return;
    }
    const data = JSON.parse(readFileSync(vectors, "utf8")) as { vectors: Vector[]; challengeCases: ChallengeCase[] };
    for (const vector of data.vectors) {
      it(`${vector.id} gives the printed response`, () => {
        const input = {
          ...vector,
          username: encodeText(vector.username),
          algorithm: vector.algorithm ?? undefined,
          qop: vector.qop ?? undefined,
        };
        expect(computeResponse(input)).to.equal(vector.expected.response);
        if (vector.expected.rspauth !== undefined) expect(computeServerProof(input)).to.equal(vector.expected.rspauth);
      });
    }

    it("the challenge cases are read as they describe", () => {
      const of = (id: string): (DigestChallenge | undefined)[] =>
        (data.challengeCases.find((one) => one.id === id)?.header ?? []).map((line) =>
          parseChallenge(line.slice(line.indexOf(":") + 1)),
        );
      expect(chooseChallenge(of("ch-multi-alg"))?.algorithm).to.equal("SHA-256");
      expect(chooseChallenge(of("ch-unknown-alg"))).to.equal(undefined);
      expect(chooseChallenge(of("ch-stale"))).to.include({ stale: true, nonce: "2" });
      expect(of("ch-two-realms").map((one) => one?.realm)).to.deep.equal(["a", "b"]);
    });
  });

  describe("vectors of the wire examples", () => {
    for (const [username, password, nonce, method, uri, response] of WIRE_VECTORS) {
      it(`${username} with ${password}: ${method} ${uri}`, () => {
        expect(computeResponse({ username, realm: "ccmsipline", password, nonce, method, uri })).to.equal(response);
      });
    }
  });

  describe("credentials", () => {
    it("of the document's sample are written again octet for octet", () => {
      const credentials = parseCredentials(SAMPLE);
      expect(credentials).to.include({ username: "swhite", realm: "ccmsipline", algorithm: "MD5" });
      expect(credentials).to.include({ qop: undefined, nc: undefined, cnonce: undefined, opaque: undefined });
      expect(credentials.response).to.equal("126c0643a4923359ab59d4f53494552e");
      expect(formatCredentials(credentials)).to.equal(SAMPLE);
    });

    it("are read in any order and quoting, with empty elements and unknown parameters", () => {
      const credentials = parseCredentials(
        'dIgEsT ,nc="00000001",, qop="auth" , algorithm="md5",nonce = n/+= ,x=y, uri="sip:a;b=c@d",' +
          'REALM="a, \\"b\\" \\\\",username="u",response=ABC, cnonce="c"',
      );
      expect(credentials).to.include({ nc: "00000001", qop: "auth", algorithm: "md5", nonce: "n/+=" });
      expect(credentials).to.include({ realm: 'a, "b" \\', username: "u", response: "ABC", uri: "sip:a;b=c@d" });
    });

    it("read a user name from username* (RFC 7616 §3.4.4)", () => {
      const credentials = parseCredentials(
        `Digest username*=UTF-8''J%C3%A4s, realm="r", nonce="n", uri="sip:h", response=""`,
      );
      expect(credentials.username).to.equal("J\xc3\xa4s");
    });

    for (const [title, value] of [
      ["of another scheme", 'Basic realm="r"'],
      ["without a scheme", 'username="u"'],
      ["without username", 'Digest realm="r", nonce="n", uri="u", response="0"'],
      ["without response", 'Digest username="u", realm="r", nonce="n", uri="u"'],
      ["with a parameter twice", 'Digest username="u", realm="r", nonce="n", uri="u", response="0", nonce="m"'],
      ["with a quote that never closes", 'Digest username="u'],
      ["with text behind a quoted value", 'Digest username="u" x, realm="r"'],
      ["that are empty", "Digest "],
    ] as const) {
      it(`${title} are refused`, () => {
        expect(() => parseCredentials(value)).to.throw(SipParseError);
      });
    }
  });

  describe("answers", () => {
    const user = { username: "swhite", password: "s3cret-1002", method: "REGISTER", uri: "sip:192.0.2.10" };

    it("a challenge without qop with none of qop, nc and cnonce", () => {
      expect(
        formatCredentials(answerChallenge({ challenge: challenge(CUCM_CHALLENGE), ...user, cnonce: "c" })),
      ).to.equal(
        'Digest username="swhite", realm="ccmsipline", nonce="Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh", ' +
          'uri="sip:192.0.2.10", algorithm=MD5, response="06dac41242fd3d1bcdbcfef056aeafcc"',
      );
    });

    it("qop with nc in eight hex digits, unquoted, and gives opaque back", () => {
      const offered = challenge('Digest realm="r", nonce="n", qop="auth-int,auth", opaque=""');
      const text = formatCredentials(answerChallenge({ challenge: offered, ...user, nc: 26, cnonce: "c" }));
      expect(text).to.include('opaque="", qop=auth, cnonce="c", nc=0000001a');
      expect(text).to.not.include("algorithm");
    });

    it("in the order and quoting of a phone profile", () => {
      const style = { order: ["realm", "nonce", "username", "response", "uri"], quoted: ["username", "uri"] };
      const offered = challenge('Digest realm="r", nonce="n"');
      expect(formatCredentials(answerChallenge({ challenge: offered, ...user, style }))).to.match(
        /^Digest realm=r, nonce=n, username="swhite", response=[0-9a-f]{32}, uri="sip:192.0.2.10"$/,
      );
    });

    it("as the grammar wants it where a phone profile is silent about a parameter", () => {
      const style = { order: ["username", "realm", "nonce", "response"], quoted: ["username", "realm"] };
      const offered = challenge('Digest realm="r", nonce="n", opaque="a, \\"b\\"", qop="auth"');
      const sent = formatCredentials(answerChallenge({ challenge: offered, ...user, style, cnonce: "c" }));
      expect(sent).to.contain('opaque="a, \\"b\\"", qop=auth, cnonce="c", nc=00000001');
      expect(sent).to.contain("nonce=n,");
    });

    it("what a verifier accepts, for every algorithm and qop", () => {
      for (const algorithm of ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"]) {
        for (const qop of ["auth", "auth-int"]) {
          const offered = challenge(formatChallenge({ realm: 'a "b"', nonce: "n", algorithm, qop: [qop] }));
          const body = Buffer.from("v=0\r\n");
          const sent = formatCredentials(answerChallenge({ challenge: offered, ...user, cnonce: "c", body }));
          const credentials = parseCredentials(sent);
          expect(responseMatches(credentials, "s3cret-1002", "REGISTER", body), sent).to.equal(true);
          expect(responseMatches(credentials, "s3cret", "REGISTER", body), sent).to.equal(false);
          expect(responseMatches(credentials, "s3cret-1002", "INVITE", body), sent).to.equal(false);
          expect(responseMatches(credentials, "s3cret-1002", "REGISTER", Buffer.from("x"))).to.equal(qop === "auth");
        }
      }
    });

    it("a name and password beyond ASCII as UTF-8", () => {
      const offered = challenge('Digest realm="r", nonce="n"');
      const text = formatCredentials(
        answerChallenge({ challenge: offered, ...user, username: "Jäger", password: "pässword" }),
      );
      const credentials = parseCredentials(text);
      expect(credentials.username).to.equal("J\xc3\xa4ger");
      expect(responseMatches(credentials, "pa\u0308ssword", "REGISTER")).to.equal(true);
    });

    it("a challenge with userhash with the hashed name (RFC 7616 §3.4.4)", () => {
      const offered = challenge('Digest realm="r", nonce="n", qop="auth", userhash=true');
      const credentials = answerChallenge({ challenge: offered, ...user, cnonce: "c" });
      expect(credentials).to.include({ userhash: true });
      expect(credentials.username).to.match(/^[0-9a-f]{32}$/);
      const known = { password: "s3cret-1002", username: "swhite" };
      expect(responseMatches(credentials, known, "REGISTER")).to.equal(true);
    });

    it("no qop without a cnonce, and no algorithm that it lacks", () => {
      const offered = challenge('Digest realm="r", nonce="n", qop="auth"');
      expect(() => answerChallenge({ challenge: offered, ...user })).to.throw(HarnessError, /cnonce/);
      const unknown = challenge('Digest realm="r", nonce="n", algorithm=FOO');
      expect(() => answerChallenge({ challenge: unknown, ...user })).to.throw(HarnessError, /FOO/);
    });

    it("with a name that would break out of its quotes kept inside them", () => {
      const offered = challenge('Digest realm="r", nonce="n"');
      const text = formatCredentials(
        answerChallenge({ challenge: offered, ...user, username: 'a", realm="x\r\nB: c' }),
      );
      expect(parseCredentials(text)).to.include({ username: 'a", realm="x B: c', realm: "r" });
    });
  });

  describe("verification", () => {
    const sent = 'Digest username="u", realm="r", nonce="n", uri="sip:h"';
    const response = computeResponse({
      username: "u",
      realm: "r",
      password: "p",
      nonce: "n",
      method: "BYE",
      uri: "sip:h",
    });

    it("reads hex in either case", () => {
      const credentials = parseCredentials(`${sent}, response="${response.toUpperCase()}"`);
      expect(responseMatches(credentials, "p", "BYE")).to.equal(true);
    });

    it("takes H(A1) in place of the password", () => {
      const credentials = parseCredentials(`${sent}, response="${response}"`);
      expect(responseMatches(credentials, { ha1: "44ADD22B6F3179B751EAFD68EE370F7D" }, "BYE")).to.equal(true);
      expect(responseMatches(credentials, { ha1: "54ADD22B6F3179B751EAFD68EE370F7D" }, "BYE")).to.equal(false);
    });

    for (const [title, rest] of [
      ["an empty response", 'response=""'],
      ["a response of another length", 'response="00"'],
      ["a response that is not ASCII", `response="${"\xe4".repeat(32)}"`],
      ["an unknown algorithm", `response="${response}", algorithm=AKAv1-MD5`],
      ["an unknown qop", `response="${response}", qop=x, nc=00000001, cnonce="c"`],
      ["qop without nc", `response="${response}", qop=auth, cnonce="c"`],
      ["nc that is not eight hex digits", `response="${response}", qop=auth, cnonce="c", nc=1`],
    ] as const) {
      it(`refuses ${title}`, () => {
        expect(responseMatches(parseCredentials(`${sent}, ${rest}`), "p", "BYE")).to.equal(false);
      });
    }
  });

  describe("challenges", () => {
    it("are read with qop list, stale and opaque, quoted or not", () => {
      expect(challenge('digest Realm="r",nonce="n",stale="TRUE",qop=auth ,opaque=""')).to.include({
        realm: "r",
        stale: true,
        opaque: "",
      });
      expect(challenge('Digest realm="r", nonce="n", qop=" auth , ,AUTH-int"').qop).to.deep.equal(["auth", "auth-int"]);
    });

    it("that no client can answer are none", () => {
      for (const value of ['Basic realm="r"', 'Digest realm="r"', 'Digest nonce="n"', 'Digest realm="r', ""]) {
        expect(parseChallenge(value), value).to.equal(undefined);
      }
    });

    it("are told apart where several stand in one line", () => {
      const told = (value: string): string[] =>
        parseChallenges(value).map(({ nonce, qop }) => `${nonce} ${qop.join()}`);
      const [one, other] = ['Digest realm="a, b", nonce="1", qop="auth,auth-int"', 'digest\tnonce = "2",realm=c'];
      expect(told(`${one}, ${other}`)).to.deep.equal(["1 auth,auth-int", "2 "]);
      expect(told(`Basic realm="x",,Negotiate, ${other} ,`)).to.deep.equal(["2 "]);
      expect(told('Digest realm="a", nonce="1", qop=auth,auth-int')).to.deep.equal(["1 auth"]);
      expect(told('Digest realm="a", nonce="1, Digest realm="b"')).to.deep.equal([]);
      expect(told("")).to.deep.equal([]);
    });

    it("of one realm: the first that we can answer, in the server's order", () => {
      const offers = [
        'Digest realm="r", nonce="1", algorithm=AKAv1-MD5',
        'Digest realm="r", nonce="2", algorithm=SHA-256, qop="token"',
        'Digest realm="r", nonce="3", algorithm=MD5-sess',
        'Digest realm="r", nonce="4", algorithm=SHA-512-256, qop="auth"',
        'Digest realm="r", nonce="5"',
      ].map(challenge);
      expect(chooseChallenge(offers)?.nonce).to.equal("4");
    });

    it("are written with the quoting of the grammar, CUCM's octet for octet", () => {
      const nonce = "Q0hBTExFTkdFLU5PTkNFLTI0Qnl0ZXMh";
      expect(formatChallenge({ realm: "ccmsipline", nonce, algorithm: "MD5" })).to.equal(CUCM_CHALLENGE);
      expect(formatChallenge({ realm: "r", nonce: "n", qop: ["auth", "auth-int"], stale: true, opaque: "o" })).to.equal(
        'Digest realm="r", nonce="n", opaque="o", qop="auth,auth-int", stale=true',
      );
    });
  });

  describe("nonce counts", () => {
    it("go up by one for each use of a nonce", () => {
      const counter = new NonceCounter();
      expect([counter.next("a"), counter.next("a"), counter.next("b")]).to.deep.equal([1, 2, 1]);
    });

    it("are accepted once, and only upwards", () => {
      const counter = new NonceCounter();
      expect(
        ["00000001", "00000001", "0000000a", "00000009", "0000000B", "xyz", undefined].map((nc) =>
          counter.accepts("n", nc),
        ),
      ).to.deep.equal([true, false, true, false, true, false, false]);
      counter.forget("n");
      expect(counter.accepts("n", "00000001")).to.equal(true);
    });
  });
});
