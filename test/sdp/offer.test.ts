import { expect } from "chai";
import {
  attributeOf,
  codecsOf,
  contentOf,
  createAnswer,
  createOffer,
  directionOf,
  holdOffer,
  isLive,
  nextVersion,
  parseSdp,
  resumeOffer,
  roleOf,
  writeSdp,
  type MediaDescription,
} from "../../src/sdp/index.ts";
import { phoneOptions } from "./session-options.ts";

function names(media: MediaDescription): string[] {
  return codecsOf(media).map(({ payloadType, name }) => `${payloadType} ${name}`);
}

describe("createOffer", () => {
  it("offers audio with telephone-event", () => {
    expect(writeSdp(createOffer(phoneOptions()))).to.equal(
      [
        "v=0",
        "o=- 4711 1 IN IP4 10.0.0.1",
        "s=-",
        "c=IN IP4 10.0.0.1",
        "t=0 0",
        "m=audio 20000 RTP/AVP 0 8 9 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=sendrecv",
        "",
      ].join("\r\n"),
    );
  });

  it("offers every role, the first video marked as main beside slides", () => {
    const media = ["audio", "video", "slides", "bfcp", "fecc", "fax"] as const;
    const offer = createOffer(phoneOptions({ media }));
    expect(offer.media.map(roleOf)).to.deep.equal(media);
    expect(offer.media.map(contentOf)).to.deep.equal([undefined, "main", "slides", undefined, undefined, undefined]);
    expect(names(offer.media[1]!)).to.deep.equal(["97 H264", "34 H263", "100 VP8"]);
    const bfcp = ["floorctrl", "setup", "connection"].map((name) => attributeOf(offer.media[3]!, name)?.value);
    expect(bfcp).to.deep.equal(["c-s", "actpass", "new"]);
    expect(names(offer.media[4]!)).to.deep.equal(["107 H224"]);
    expect(offer.media[5]!.formats).to.deep.equal(["t38"]);
    expect(offer.media.map(({ port }) => port)).to.deep.equal([20000, 20002, 20004, 20006, 20008, 20010]);
  });

  it("offers what a model asks for: codecs, direction, port 0", () => {
    const offer = createOffer(
      phoneOptions({
        media: [
          { kind: "audio", codecs: ["g722"], direction: "sendonly" },
          { kind: "video", codecs: [{ name: "AV1", clockRate: 90000 }], port: 0 },
        ],
        telephoneEvent: false,
      }),
    );
    expect(names(offer.media[0]!)).to.deep.equal(["9 G722"]);
    expect(directionOf(offer, offer.media[0]!)).to.equal("sendonly");
    expect(names(offer.media[1]!)).to.deep.equal(["96 AV1"]);
    expect(isLive(offer.media[1]!)).to.equal(false);
  });

  it("gives no payload type two meanings", () => {
    const offer = createOffer(phoneOptions({ audioCodecs: ["opus", "PCMU"], telephoneEvent: 114 }));
    expect(names(offer.media[0]!)).to.deep.equal(["114 opus", "0 PCMU", "96 telephone-event"]);
  });

  it("says what an unknown codec was meant to be", () => {
    expect(() => createOffer(phoneOptions({ audioCodecs: ["PCNU"] }))).to.throw('Did you mean "PCMU"?');
  });

  it("writes IPv6 addresses as such", () => {
    expect(writeSdp(createOffer(phoneOptions({ address: "::1" })))).to.contain("c=IN IP6 ::1");
  });
});

describe("a later offer", () => {
  const previous = createOffer(phoneOptions({ media: ["audio", "video", "bfcp"] }));

  it("keeps the slots, ports and the session id, and raises the version", () => {
    const offer = createOffer(phoneOptions({ media: ["video", "audio"], previous }));
    expect(offer.media.map(roleOf)).to.deep.equal(["audio", "video", "bfcp"]);
    expect(offer.media.map(({ port }) => port)).to.deep.equal([20000, 20002, 0]);
    expect(offer.origin).to.include({ sessionId: "4711", sessionVersion: "2" });
  });

  it("puts new media at the end, or into a slot that is off", () => {
    const off = createOffer(phoneOptions({ media: ["audio"], previous }));
    expect(createOffer(phoneOptions({ media: ["audio", "fax"], previous: off })).media.map(roleOf)).to.deep.equal([
      "audio",
      "fax",
      "bfcp",
    ]);
    const more = createOffer(phoneOptions({ media: ["audio", "video", "bfcp", "slides"], previous }));
    expect(more.media.map(roleOf)).to.deep.equal(["audio", "video", "bfcp", "slides"]);
  });

  it("keeps the payload types that the peer's offer gave", () => {
    const theirs = createOffer(
      phoneOptions({ media: [{ kind: "video", codecs: [{ name: "VP8", clockRate: 90000, payloadType: 97 }] }] }),
    );
    const answer = createAnswer(theirs, phoneOptions({ media: ["video"] }));
    const offer = createOffer(phoneOptions({ media: ["video"], previous: answer }));
    expect(names(offer.media[0]!)).to.deep.equal(["96 H264", "34 H263", "97 VP8"]);
  });

  it("has the same version when it says the same", () => {
    const same = createOffer(phoneOptions({ media: ["audio", "video", "bfcp"], previous }));
    expect(writeSdp(same)).to.equal(writeSdp(previous));
  });

  it("holds and resumes what is live, floor control aside", () => {
    const held = holdOffer(previous);
    expect(held.media.map((line) => directionOf(held, line))).to.deep.equal(["sendonly", "sendonly", "sendrecv"]);
    const again = holdOffer({ ...held, media: held.media });
    expect(again.origin.sessionVersion).to.equal("2");
    const resumed = resumeOffer(held);
    expect(resumed.media.map((line) => directionOf(resumed, line))).to.deep.equal(["sendrecv", "sendrecv", "sendrecv"]);
    expect(resumed.origin.sessionVersion).to.equal("3");
  });

  it("holds a stream that only receives by stopping it", () => {
    const receiving = createOffer(phoneOptions({ direction: "recvonly" }));
    const held = holdOffer(receiving);
    expect(directionOf(held, held.media[0]!)).to.equal("inactive");
  });
});

describe("nextVersion", () => {
  it("counts beyond 2^53", () => {
    const previous = parseSdp("v=0\r\no=- 1 9007199254740993 IN IP4 h\r\ns=-\r\nt=0 0\r\n");
    expect(nextVersion(previous, { ...previous, name: "x" }).origin.sessionVersion).to.equal("9007199254740994");
  });

  it("begins to count after a version that is no number", () => {
    const previous = parseSdp("v=0\r\no=- 1 x IN IP4 h\r\ns=-\r\nt=0 0\r\n");
    expect(nextVersion(previous, { ...previous, name: "x" }).origin.sessionVersion).to.equal("1");
  });
});
