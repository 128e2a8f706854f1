import { expect as expectPlain } from "chai";
import { expect } from "../../src/assertions/index.ts";
import type { MediaReport, StreamReport } from "../../src/media/index.ts";
import { evidenceOf, failureOf } from "./failure.ts";

interface Flow {
  readonly kind?: string;
  readonly sent?: number;
  readonly audio?: number;
  readonly events?: number;
  readonly unlisted?: number;
  readonly localPort?: number;
}

function stream({
  kind = "audio",
  sent = 0,
  audio = 0,
  events = 0,
  unlisted = 0,
  localPort = 16_384,
}: Flow): StreamReport {
  const packets = audio + events + unlisted;
  return {
    line: 1,
    kind,
    live: true,
    direction: "sendrecv",
    localPort,
    remote: "192.0.2.2:20000",
    sent: { packets: sent, events, ssrc: 1, payloadTypes: sent === 0 ? {} : { 0: sent } },
    received: {
      ...{ packets, audio, events, unlisted, malformed: 0, lost: 0, outOfOrder: 0, duplicates: 0 },
      ...{ jitterMs: 0, sources: [], payloadTypes: {} },
    },
  };
}

const report = (flows: readonly Flow[], digits = ""): MediaReport => ({
  title: "bob's call from 1002",
  streams: flows.map(stream),
  digits,
});

describe("claims about media", () => {
  it("receivedAudio() wants packets of listed codecs, as many as are said", () => {
    expect(report([{ audio: 3 }]))
      .to.have.receivedAudio()
      .receivedAudio(3);
    const failure = failureOf(() => expect(report([{ audio: 3 }])).to.have.receivedAudio(4));
    expectPlain(failure.message).to.match(
      /^expected bob's call from 1002 to have received 4 packets of audio, but received 3\n {4}audio \(m-line 1/,
    );
    failureOf(() => expect(report([{ events: 3 }])).to.have.receivedAudio());
    failureOf(() => expect(report([{ kind: "video", audio: 3 }])).to.have.receivedAudio());
  });

  it("receivedAudio() points at packets of other payload types", () => {
    const failure = failureOf(() => expect(report([{ unlisted: 7 }])).to.have.receivedAudio());
    expectPlain(failure.message).to.contain("hint: 7 packets came with payload types that this phone did not list");
  });

  it("sentAudio() looks at what the phone sent", () => {
    expect(report([{ sent: 2 }])).to.have.sentAudio(2);
    failureOf(() => expect(report([{ audio: 2 }])).to.have.sentAudio());
    failureOf(() => expect(report([{ sent: 2, events: 1 }])).to.have.sentAudio(2));
  });

  it("receivedNothing() takes any RTP for something, of the kind that is named", () => {
    const media = report([{ audio: 3 }, { kind: "slides", unlisted: 1 }, { kind: "fecc" }]);
    expect(media).to.have.receivedNothing("fecc");
    expectPlain(failureOf(() => expect(media).to.have.receivedNothing("video")).message).to.match(
      /to have received no RTP of video, but received 1 packets\n/,
    );
    failureOf(() => expect(media).to.have.receivedNothing());
    expect(report([{ sent: 3 }])).to.have.receivedNothing();
  });

  it("receivedNothing() proves nothing where no port was told", async () => {
    const outcomes = await evidenceOf(() => {
      expect(report([{ kind: "video", localPort: 0 }])).to.have.receivedNothing("video");
      expect(report([])).to.have.receivedNothing();
      expect(report([{ kind: "video" }])).to.have.receivedNothing("video");
    });
    expectPlain(outcomes.map(({ outcome }) => outcome)).to.deep.equal(["unverified", "unverified", "passed"]);
  });

  it("sentNothing() looks at the phone itself", () => {
    expect(report([{ audio: 3 }])).to.have.sentNothing("audio");
    failureOf(() => expect(report([{ sent: 1 }])).to.have.sentNothing());
  });

  it("digits() wants exactly those, in order", () => {
    expect(report([], "12#")).to.have.digits("12#");
    expectPlain(failureOf(() => expect(report([], "12")).to.have.digits("12#")).message).to.contain("but heard 12");
    expectPlain(failureOf(() => expect(report([])).to.have.digits("1")).message).to.contain("but heard none");
  });

  it("look at the media of a call and nothing else", () => {
    const wrong = "text" as unknown as MediaReport;
    expectPlain(() => expect(wrong).to.have.receivedAudio()).to.throw("looks at the media of a call");
  });
});
