import { expect as expectPlain } from "chai";
import { expect } from "../../src/assertions/index.ts";
import { withDirection } from "../../src/sdp/index.ts";
import { evidenceOf, failureOf } from "./failure.ts";
import { request } from "./messages.ts";
import { answerOf, offerOf } from "./sessions.ts";

const SENT = offerOf("audio", "video", "slides");
const AUDIO_ONLY = answerOf(SENT, "audio");

describe("relayedAs()", () => {
  it("holds for video stripped in either shape, and audio preserved", () => {
    expect(SENT).relayedAs(AUDIO_ONLY).to.have.stripped("video").stripped("slides").preserved("audio");
    expect(SENT).relayedAs(offerOf("audio")).to.have.stripped("video");
  });

  it("fails when one live line came through", () => {
    const failure = failureOf(() =>
      expect(SENT)
        .relayedAs(answerOf(SENT, "audio", "slides"))
        .to.have.stripped("video"),
    );
    expectPlain(failure.message).to.match(
      /but it is still live in m-line 3 of what was received\n {2}sent:\n[^]*\n {2}received:\n/,
    );
  });

  it("fails when audio was lost, or changed", () => {
    const changed = [
      [offerOf("video"), "not live where it was received"],
      [
        offerOf({ kind: "audio", codecs: ["PCMA", "PCMU"] }),
        "codecs pcmu/8000 pcma/8000 g722/8000 telephone-event/8000 became pcma/8000 pcmu/8000",
      ],
      [offerOf({ kind: "audio", codecs: ["G729"] }), "became g729/8000"],
      [offerOf({ kind: "audio", direction: "inactive" }), "sendrecv became inactive"],
      [offerOf("audio", "audio"), "1 more audio came out than went in"],
    ] as const;
    for (const [received, text] of changed) {
      expectPlain(failureOf(() => expect(SENT).relayedAs(received).to.have.preserved("audio")).message).to.contain(
        text,
      );
    }
  });

  it("allows codecs to be left out", () => {
    expect(SENT)
      .relayedAs(offerOf({ kind: "audio", codecs: ["PCMA"] }))
      .to.have.preserved("audio");
  });

  it("fails when a content got lost", () => {
    const plain = {
      ...SENT,
      media: SENT.media.map((line) =>
        withDirection({ ...line, attributes: line.attributes.filter(({ name }) => name !== "content") }, "sendrecv"),
      ),
    };
    expectPlain(failureOf(() => expect(SENT).relayedAs(plain).to.have.preserved("video")).message).to.contain(
      "content main became none",
    );
  });

  it("can't verify a strip where no SDP was received yet", async () => {
    const evidence = await evidenceOf(() => expect(SENT).relayedAs(request("INVITE")).to.have.stripped("video"));
    expectPlain(evidence.map(({ outcome }) => outcome)).to.deep.equal(["unverified"]);
  });

  it("can't verify a strip of what was never sent", async () => {
    const evidence = await evidenceOf(() =>
      expect(offerOf("audio")).relayedAs(AUDIO_ONLY).to.have.stripped("video").preserved("video"),
    );
    expectPlain(evidence.map(({ outcome }) => outcome)).to.deep.equal(["unverified", "unverified"]);
  });
});
