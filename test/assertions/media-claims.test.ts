import { expect as expectPlain } from "chai";
import { expect, expectEvery } from "../../src/assertions/index.ts";
import { withDirection, writeSdp, type SessionDescription } from "../../src/sdp/index.ts";
import { evidenceOf, failureOf } from "./failure.ts";
import { request, response } from "./messages.ts";
import { answerOf, offerOf, sessionOf } from "./sessions.ts";

const OFFER = offerOf("audio", "video", "slides", "bfcp", "fecc", "fax");
const AUDIO_ONLY = answerOf(OFFER, "audio");
const WITHOUT_VIDEO = offerOf("audio");

describe("media() of one description", () => {
  it("tells live, rejected and absent apart", () => {
    expect(OFFER).to.have.media("video").live();
    expect(AUDIO_ONLY).to.have.media("video").rejected();
    expect(WITHOUT_VIDEO).to.have.media("video").absent();
    const wrong = [
      () => expect(OFFER).to.have.media("video").rejected(),
      () => expect(OFFER).to.have.media("video").absent(),
      () => expect(OFFER).to.have.media("video").notLive(),
      () => expect(AUDIO_ONLY).to.have.media("video").live(),
      () => expect(AUDIO_ONLY).to.have.media("video").absent(),
      () => expect(WITHOUT_VIDEO).to.have.media("video").live(),
      () => expect(WITHOUT_VIDEO).to.have.media("video").rejected(),
    ];
    for (const check of wrong) failureOf(check);
  });

  it("takes rejected and absent together in notLive()", () => {
    expect(AUDIO_ONLY).to.have.media("video").notLive();
    expect(WITHOUT_VIDEO).to.have.media("video").notLive();
  });

  it("finds every kind of line", () => {
    for (const kind of ["audio", "video", "slides", "bfcp", "fecc", "fax", "application", "image"] as const) {
      expect(OFFER).to.have.media(kind).live();
      expect(offerOf(kind === "audio" ? "fax" : "audio"))
        .to.have.media(kind)
        .absent();
    }
    expect(AUDIO_ONLY).to.have.media("fecc").rejected();
    expect(AUDIO_ONLY).to.have.media("bfcp").rejected();
  });

  it("speaks of all lines of a kind unless one is named", () => {
    const slidesOnly = answerOf(OFFER, "audio", "slides");
    failureOf(() => expect(slidesOnly).to.have.media("video").notLive());
    expect(slidesOnly).to.have.media("video", 0).rejected();
    expect(slidesOnly).to.have.media("video", 1).live().content("slides");
    expect(slidesOnly).to.have.media("video").live().content("slides");
    expect(slidesOnly).to.have.media("video", 2).absent();
  });

  it("looks at codec, direction and content", () => {
    expect(OFFER).to.have.media("video").live().codec("h264").and.direction("sendrecv").content("main");
    expect(OFFER).to.have.media("audio").direction("inactive", "sendrecv");
    const messages = [
      failureOf(() => expect(OFFER).to.have.media("video").codec("AV1")).message,
      failureOf(() => expect(OFFER).to.have.media("video").direction("inactive")).message,
      failureOf(() => expect(OFFER).to.have.media("audio").content("main")).message,
      failureOf(() => expect(AUDIO_ONLY).to.have.media("video").codec("H264")).message,
    ];
    expectPlain(messages.map((message) => message.split("\n")[0])).to.deep.equal([
      "expected the SDP to have video with codec AV1, but m-line 2 has H264, H263, VP8",
      "expected the SDP to have video inactive, but m-line 2 is sendrecv",
      "expected the SDP to have audio with a=content:main, but content is none",
      "expected the SDP to have video with codec H264, but m-lines 2, 3 are rejected (port 0)",
    ]);
  });

  it("shows the m-lines of a failure, those meant with an arrow", () => {
    const failure = failureOf(() =>
      expect(answerOf(offerOf("audio", "video"), "audio"))
        .to.have.media("video")
        .live(),
    );
    expectPlain(failure.message.split("\n")).to.deep.equal([
      "expected the SDP to have video live, but m-line 2 is rejected (port 0)",
      "    1  m=audio 30000 RTP/AVP 0 8 9 101  (0 PCMU/8000, 8 PCMA/8000, 9 G722/8000, 101 telephone-event/8000, sendrecv)",
      "  ▶ 2  m=video 0 RTP/AVP 97 34 100",
    ]);
    expectPlain(failure).to.include({ expected: "video live", actual: "m-line 2 is rejected (port 0)" });
  });

  it("says of a missing slot that an answer keeps it", () => {
    const failure = failureOf(() => expect(WITHOUT_VIDEO).to.have.media("video").rejected());
    expectPlain(failure.message).to.contain("keeps the slot of every offered m-line");
  });
});

describe("media() of a message", () => {
  it("reads its body", () => {
    expect(request("INVITE", [], writeSdp(OFFER)))
      .to.have.media("slides")
      .live();
    const failure = failureOf(() =>
      expect(request("INVITE", [], writeSdp(OFFER)))
        .to.have.media("video")
        .notLive(),
    );
    expectPlain(failure.message).to.match(
      /^expected the SDP of INVITE sip:cm\.example\.com to have video rejected or absent/,
    );
  });

  it("can't verify absence where there is no SDP, and fails for presence", async () => {
    expectPlain(
      await evidenceOf(() => expect(request("INVITE")).to.have.media("video").notLive()),
    ).to.have.nested.property("[0].outcome", "unverified");
    failureOf(() => expect(request("INVITE")).to.have.media("video").live());
    failureOf(() => expect(request("INVITE")).to.have.media("video").rejected());
    const { offer } = {} as { offer?: SessionDescription };
    failureOf(() => expect(offer).to.have.media("audio").live());
  });
});

describe("media() of a session", () => {
  it("is live when both sides gave a port", () => {
    expect(sessionOf(OFFER, answerOf(OFFER, "audio", "video")))
      .to.have.media("video", 0)
      .live()
      .codec("VP8");
    expect(sessionOf(OFFER, AUDIO_ONLY)).to.have.media("video").rejected();
    expect(sessionOf(WITHOUT_VIDEO, answerOf(WITHOUT_VIDEO, "audio")))
      .to.have.media("video")
      .absent();
    const shortened = { ...AUDIO_ONLY, media: AUDIO_ONLY.media.slice(0, 1) };
    expect(sessionOf(OFFER, shortened)).to.have.media("video").notLive();
  });

  it("has the codecs of the answer", () => {
    const answer = answerOf(OFFER, { kind: "video", codecs: ["VP8"] });
    failureOf(() => expect(sessionOf(OFFER, answer)).to.have.media("video").live().codec("H264"));
  });

  it("has the direction that this side sees", () => {
    const offer = offerOf({ kind: "audio", direction: "sendonly" });
    const answer = answerOf(offer, "audio");
    expect(sessionOf(offer, answer, "offerer"))
      .to.have.media("audio")
      .direction("sendonly");
    expect(sessionOf(offer, answer, "answerer"))
      .to.have.media("audio")
      .direction("recvonly");
  });

  it("knows a refused line by what was offered", () => {
    const bare = { ...AUDIO_ONLY, media: AUDIO_ONLY.media.map((line) => ({ ...line, attributes: [] })) };
    expect(sessionOf(OFFER, bare)).to.have.media("slides").rejected();
  });
});

describe("expectEvery()", () => {
  it("holds when each stands the claim", () => {
    expectEvery([AUDIO_ONLY, WITHOUT_VIDEO]).to.have.media("video").notLive();
  });

  it("fails for the first that does not, and says which", () => {
    const failure = failureOf(() => expectEvery([AUDIO_ONLY, OFFER]).to.have.media("video").notLive());
    expectPlain(failure.message).to.match(/^expected each of 2 \(here 2, the SDP\) to have video rejected or absent/);
  });

  it("turns round for each of them behind not", () => {
    expectEvery([response(200), response(202)]).not.to.be.refused();
    failureOf(() => expectEvery([response(200), response(403)]).not.to.be.refused());
    failureOf(() => expectEvery([response(403), response(200)]).not.to.be.refused());
  });

  it("narrows each of them", () => {
    const held = { ...OFFER, media: OFFER.media.map((line) => withDirection(line, "sendonly")) };
    expectEvery([held, OFFER]).to.have.media("video").live().content("main");
    failureOf(() => expectEvery([held, OFFER]).to.have.media("video").live().direction("sendonly"));
  });

  it("is unverified for an empty list", async () => {
    const evidence = await evidenceOf(() =>
      expectEvery([] as SessionDescription[])
        .to.have.media("video")
        .notLive(),
    );
    expectPlain(evidence.map(({ outcome }) => outcome)).to.deep.equal(["unverified"]);
  });
});
