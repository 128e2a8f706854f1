import { expect as expectPlain } from "chai";
import { expect } from "../../src/assertions/index.ts";
import { writeSdp } from "../../src/sdp/index.ts";
import { failureOf } from "./failure.ts";
import { request, response } from "./messages.ts";
import { answerOf, offerOf, sessionOf } from "./sessions.ts";

const OFFER = offerOf("audio", "video");
const ANSWER = answerOf(OFFER, "audio");
const SHORTENED = { ...ANSWER, media: ANSWER.media.slice(0, 1) };

describe("answerTo()", () => {
  it("holds for a correct answer, to an offer as such or in a message", () => {
    expect(ANSWER).to.be.answerTo(OFFER);
    expect(request("ACK", [], writeSdp(ANSWER))).to.be.answerTo(request("INVITE", [], writeSdp(OFFER)));
  });

  it("fails with the rule that is broken and the m-lines in pairs", () => {
    const failure = failureOf(() => expect(SHORTENED).to.be.answerTo(OFFER));
    expectPlain(failure.message).to.match(
      /^expected the SDP to be a correct answer to the offer \(RFC 3264 §6\), but 1 m-lines answer 2 .* \[line-count\]\n/,
    );
    expectPlain(failure.message).to.match(/\n {2}▶ 2 {2}offered {2}m=video 20002 .*\n {7}answered nothing$/);
  });

  it("fails for a message without SDP", () => {
    expectPlain(failureOf(() => expect(response(200)).to.be.answerTo(OFFER)).message).to.contain("there is no SDP");
  });

  it("wants an offer to compare with", () => {
    expectPlain(() => expect(ANSWER).to.be.answerTo(response(200))).to.throw("that message carries no SDP");
  });
});

describe("answered()", () => {
  it("holds offer and answer of a session together", () => {
    expect(sessionOf(OFFER, ANSWER)).to.be.answered();
    failureOf(() => expect(sessionOf(OFFER, SHORTENED)).to.be.answered());
  });
});
