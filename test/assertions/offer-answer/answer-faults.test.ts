import { readFileSync } from "node:fs";
import { expect } from "chai";
import { answerFaults, type AnswerRule } from "../../../src/assertions/index.ts";
import { parseSdp, type SessionDescription } from "../../../src/sdp/index.ts";
import { testData } from "../../support/test-data.ts";
import { answerOf, offerOf } from "../sessions.ts";

interface Pair {
  readonly title: string;
  readonly offer: string;
  readonly answer: string;
}

interface Round {
  readonly kind: "LOCAL_OFFER" | "REMOTE_OFFER";
  readonly [part: string]: string | null;
}

interface Data {
  readonly rfc4317: readonly {
    readonly id: string;
    readonly title: string;
    readonly exchanges: readonly { offer: string; answer: string; answerLegalPerRFC3264: boolean }[];
  }[];
  readonly pjsipNegotiation: readonly {
    readonly id: string;
    readonly title: string;
    readonly rounds: readonly Round[];
  }[];
  readonly pjsuaOffers: readonly { readonly id: string; readonly offer: string }[];
}

const OFFERED = "sdp1 (LOCAL_OFFER: our offer; REMOTE_OFFER: their offer)";
const ANSWERED = "sdp2 (LOCAL_OFFER: their answer; REMOTE_OFFER: our capabilities)";
const ACTIVE = "expected active local SDP after negotiation";

/** The illegal answers of the collection (pjsip mends them), and the rule that each breaks. */
const ILLEGAL: Readonly<Record<string, AnswerRule>> = { "pjneg-13 #1": "line-kind", "pjneg-15 #2": "line-kind" };

function pairsOf(data: Data): Pair[] {
  const fromRfc = data.rfc4317.flatMap(({ id, title, exchanges }) =>
    exchanges.map(({ offer, answer }, index) => ({ title: `${id} #${index + 1} ${title}`, offer, answer })),
  );
  const fromPjsip = data.pjsipNegotiation.flatMap(({ id, title, rounds }) =>
    rounds.map((round, index) => ({
      title: `${id} #${index + 1} ${title}`,
      offer: round[OFFERED] ?? "",
      answer: round[round.kind === "LOCAL_OFFER" ? ANSWERED : ACTIVE] ?? "",
    })),
  );
  return [...fromRfc, ...fromPjsip];
}

describe("answerFaults on shared/data/sdp/offer-answer.json", () => {
  const file = testData("sdp", "offer-answer.json");
  if (file === undefined) {
    it("needs the data, which is absent here");
    return;
  }
  const data = JSON.parse(readFileSync(file, "utf8")) as Data;
  const pairs = pairsOf(data);

  it("has 26 pairs, and all of RFC 4317 are legal", () => {
    expect(pairs).to.have.length(26);
    expect(data.rfc4317.flatMap(({ exchanges }) => exchanges).every((pair) => pair.answerLegalPerRFC3264)).to.equal(
      true,
    );
  });

  for (const { title, offer, answer } of pairs) {
    const rule = Object.entries(ILLEGAL).find(([id]) => title.startsWith(id))?.[1];
    it(`${rule === undefined ? "passes" : `finds ${rule} broken in`} ${title}`, () => {
      const broken = answerFaults(parseSdp(offer), parseSdp(answer)).map((fault) => fault.rule);
      if (rule === undefined) expect(broken).to.deep.equal([]);
      else expect(broken).to.include(rule);
    });
  }

  for (const { title, offer, answer } of pairs) {
    const { media } = parseSdp(answer);
    if (media.length === 0) continue;
    it(`finds a line that is missing or added in ${title}`, () => {
      const shorter = { ...parseSdp(answer), media: media.slice(1) };
      const longer = { ...parseSdp(answer), media: [...media, media[0]!] };
      for (const changed of [shorter, longer]) {
        expect(answerFaults(parseSdp(offer), changed).map(({ rule }) => rule)).to.include("line-count");
      }
    });
  }

  for (const { id, offer } of data.pjsuaOffers) {
    it(`passes our own answers to ${id}`, () => {
      const offered = parseSdp(offer);
      expect(answerFaults(offered, answerOf(offered, "audio"))).to.deep.equal([]);
      expect(answerFaults(offered, answerOf(offered, "audio", "video", "audio"))).to.deep.equal([]);
    });
  }
});

function body(...lines: string[]): SessionDescription {
  return parseSdp(["v=0", "o=- 1 1 IN IP4 h", "s=-", "t=0 0", ...lines].join("\r\n"));
}

const AUDIO = ["m=audio 4000 RTP/AVP 0 101", "c=IN IP4 h", "a=rtpmap:101 telephone-event/8000"];

describe("answerFaults names the broken rule:", () => {
  const cases: [rule: AnswerRule, offer: SessionDescription, answer: SessionDescription][] = [
    ["line-protocol", body(...AUDIO), body("m=audio 5 RTP/SAVP 0", "c=IN IP4 h")],
    ["formats", body(...AUDIO), body("m=audio 0 RTP/AVP")],
    ["rejected-stays-rejected", body("m=audio 0 RTP/AVP 0"), body("m=audio 5 RTP/AVP 0", "c=IN IP4 h")],
    ["common-format", body(...AUDIO), body("m=audio 5 RTP/AVP 8", "c=IN IP4 h")],
    ["common-format", body(...AUDIO), body("m=audio 5 RTP/AVP 101", "c=IN IP4 h", "a=rtpmap:101 telephone-event/8000")],
    [
      "common-format",
      body("m=video 4 RTP/AVP 97", "a=rtpmap:97 H264/90000"),
      body("m=video 5 RTP/AVP 97", "c=IN IP4 h", "a=rtpmap:97 VP8/90000"),
    ],
    ["common-format", body("m=image 4 udptl t38"), body("m=image 5 udptl x", "c=IN IP4 h")],
    ["direction", body(...AUDIO, "a=sendonly"), body("m=audio 5 RTP/AVP 0", "c=IN IP4 h")],
    ["direction", body(...AUDIO, "a=recvonly"), body("m=audio 5 RTP/AVP 0", "c=IN IP4 h", "a=recvonly")],
    ["direction", body(...AUDIO, "a=inactive"), body("m=audio 5 RTP/AVP 0", "c=IN IP4 h", "a=sendonly")],
    ["connection", body(...AUDIO), body("m=audio 5 RTP/AVP 0")],
    ["time", body(...AUDIO), { ...body("m=audio 5 RTP/AVP 0", "c=IN IP4 h"), times: ["1 2"] }],
    ["rtcp-mux", body(...AUDIO), body("m=audio 5 RTP/AVP 0", "c=IN IP4 h", "a=rtcp-mux")],
  ];
  for (const [rule, offer, answer] of cases) {
    it(`${rule}, in ${answer.media.map((line) => `m=${line.kind} ${line.port} ${line.protocol} ${line.formats.join(" ")}`).join()}`, () => {
      expect(answerFaults(offer, answer).map((fault) => fault.rule)).to.deep.equal([rule]);
    });
  }

  it("with the m-line it stands in", () => {
    const offer = offerOf("audio", { kind: "video", direction: "sendonly" });
    const answer = { ...offer, media: offer.media };
    expect(answerFaults(offer, answer).map(({ rule, line }) => ({ rule, line }))).to.deep.equal([
      { rule: "direction", line: 2 },
    ]);
  });

  it("and none for a bundle-only line that is accepted, or tones that answer tones", () => {
    const bundled = body("m=audio 0 RTP/AVP 0", "a=bundle-only");
    expect(answerFaults(bundled, body("m=audio 5 RTP/AVP 0", "c=IN IP4 h"))).to.deep.equal([]);
    const tones = ["m=audio 5 RTP/AVP 101", "c=IN IP4 h", "a=rtpmap:101 telephone-event/8000"];
    expect(answerFaults(body(...tones), body(...tones))).to.deep.equal([]);
  });
});
