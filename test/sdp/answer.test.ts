import { expect } from "chai";
import {
  attributeOf,
  codecsOf,
  contentOf,
  createAnswer,
  createOffer,
  directionOf,
  hasLiveMedia,
  parseSdp,
  type Direction,
  type SessionDescription,
} from "../../src/sdp/index.ts";
import { phoneOptions } from "./session-options.ts";

function offerOf(...lines: string[]): SessionDescription {
  return parseSdp(
    ["v=0", "o=- 1 1 IN IP4 h", "s=-", "c=IN IP4 10.0.0.9", "t=3034423619 3042462419", ...lines].join("\r\n"),
  );
}

function codecs(session: SessionDescription, index = 0): string[] {
  return codecsOf(session.media[index]!).map(({ payloadType, name }) => `${payloadType} ${name}`);
}

describe("createAnswer", () => {
  const everything = createOffer(phoneOptions({ media: ["audio", "video", "slides", "bfcp", "fecc", "fax"] }));

  it("keeps number and order of m-lines and refuses what is not wanted with port 0", () => {
    const answer = createAnswer(everything, phoneOptions({ media: ["audio"] }));
    expect(answer.media.map(({ kind, port, formats }) => [kind, port, formats.length])).to.deep.equal([
      ["audio", 20000, 4],
      ["video", 0, 3],
      ["video", 0, 3],
      ["application", 0, 1],
      ["application", 0, 1],
      ["image", 0, 1],
    ]);
  });

  it("accepts each role that is wanted, content kept and floor control complemented", () => {
    const answer = createAnswer(
      everything,
      phoneOptions({ media: ["audio", "video", "slides", "bfcp", "fecc", "fax"] }),
    );
    expect(answer.media.every(({ port }) => port > 0)).to.equal(true);
    expect(answer.media.map(contentOf).slice(1, 3)).to.deep.equal(["main", "slides"]);
    expect(attributeOf(answer.media[3]!, "setup")?.value).to.equal("active");
    const clientOnly = offerOf("m=application 5 UDP/BFCP *", "a=floorctrl:c-only", "a=setup:passive");
    const [bfcp] = createAnswer(clientOnly, phoneOptions({ media: ["bfcp"] })).media;
    expect(["floorctrl", "setup"].map((name) => attributeOf(bfcp!, name)?.value)).to.deep.equal(["s-only", "active"]);
    const unheardOf = offerOf("m=application 5 UDP/BFCP *", "a=floorctrl:toString", "a=setup:constructor");
    expect(createAnswer(unheardOf, phoneOptions({ media: ["bfcp"] })).media[0]?.attributes).to.deep.equal([]);
  });

  it("accepts one line for each entry of its role", () => {
    const offer = offerOf("m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0");
    expect(createAnswer(offer, phoneOptions()).media.map(({ port }) => port)).to.deep.equal([20000, 0]);
    expect(createAnswer(offer, phoneOptions({ media: ["audio", "audio"] })).media[1]!.port).to.equal(20002);
  });

  it("takes the first line of a role that it can take", () => {
    const ports = (...lines: string[]): number[] =>
      createAnswer(offerOf(...lines), phoneOptions()).media.map(({ port }) => port);
    expect(ports("m=audio 4000 RTP/SAVP 0", "m=audio 4002 RTP/AVP 0")).to.deep.equal([0, 20000]);
    expect(ports("m=audio 4000 RTP/AVP 97", "a=rtpmap:97 X/1", "m=audio 4002 RTP/AVP 0")).to.deep.equal([0, 20000]);
  });

  it("maps codecs by name, rate and channels, in the order and the numbers of the offer", () => {
    const offer = offerOf(
      "m=audio 4000 RTP/AVP 111 96 8 0 97",
      "a=rtpmap:111 opus/48000/2",
      "a=rtpmap:96 pcmu/8000",
      "a=rtpmap:97 telephone-event/8000",
      "a=fmtp:97 0-11,16",
    );
    const answer = createAnswer(offer, phoneOptions());
    expect(codecs(answer)).to.deep.equal(["96 pcmu", "8 PCMA", "0 PCMU", "97 telephone-event"]);
    expect(codecsOf(answer.media[0]!).at(-1)?.fmtp).to.equal("0-11,16");
  });

  it("refuses a line that has only tones in common, and one without a common codec", () => {
    const tones = offerOf("m=audio 4000 RTP/AVP 3 101", "a=rtpmap:101 telephone-event/8000");
    expect(createAnswer(tones, phoneOptions()).media[0]).to.include({ port: 0 });
    expect(createAnswer(tones, phoneOptions()).media[0]!.formats).to.deep.equal(["3", "101"]);
    expect(hasLiveMedia(createAnswer(tones, phoneOptions()))).to.equal(false);
  });

  it("refuses encrypted media, an offered port 0 and media it does not know", () => {
    const offer = offerOf(
      "m=audio 4000 RTP/SAVP 0",
      "m=audio 0 RTP/AVP 0",
      "m=foobar 4 RTP/AVP 0",
      "m=audio 6 RTP/AVPF 0",
    );
    const answer = createAnswer(offer, phoneOptions({ media: ["audio", "audio", "audio"] }));
    expect(answer.media.map(({ port }) => port)).to.deep.equal([0, 0, 0, 20000]);
    expect(answer.media[3]!.protocol).to.equal("RTP/AVPF");
  });

  const h264: [offered: string, answered: string | undefined][] = [
    ["profile-level-id=42801F;packetization-mode=1", "profile-level-id=42801f;packetization-mode=1"],
    ["profile-level-id=42e00c", "profile-level-id=42e00c"],
    ["profile-level-id=428029; packetization-mode=1; max-br=5", "profile-level-id=42801f;packetization-mode=1"],
    ["profile-level-id=64001f;packetization-mode=1", undefined],
    ["profile-level-id=42801f;packetization-mode=2", undefined],
  ];
  for (const [offered, answered] of h264) {
    it(`answers H264 ${offered} with ${answered ?? "a refusal"}`, () => {
      const offer = offerOf("m=video 4000 RTP/AVP 97", "a=rtpmap:97 H264/90000", `a=fmtp:97 ${offered}`);
      const [codec] = codecsOf(createAnswer(offer, phoneOptions({ media: ["video"] })).media[0]!);
      expect(codec?.fmtp?.toLowerCase()).to.equal(answered);
    });
  }

  it("tells AMR payload formats apart", () => {
    const amr = { name: "AMR", clockRate: 8000, fmtp: "octet-align=1" };
    const offer = offerOf(
      "m=audio 4000 RTP/AVP 96 97",
      "a=rtpmap:96 AMR/8000",
      "a=rtpmap:97 AMR/8000",
      "a=fmtp:97 mode-set=7; octet-align=1",
    );
    expect(codecs(createAnswer(offer, phoneOptions({ audioCodecs: [amr] })))).to.deep.equal(["97 AMR"]);
  });

  const directions: [offered: Direction, own: Direction, answered: Direction][] = [
    ["sendrecv", "sendrecv", "sendrecv"],
    ["sendrecv", "recvonly", "recvonly"],
    ["sendonly", "sendrecv", "recvonly"],
    ["sendonly", "sendonly", "inactive"],
    ["recvonly", "sendrecv", "sendonly"],
    ["inactive", "sendrecv", "inactive"],
  ];
  for (const [offered, own, answered] of directions) {
    it(`answers ${offered} with ${answered} when it would ${own}`, () => {
      const offer = offerOf(`a=${offered}`, "m=audio 4000 RTP/AVP 0");
      const answer = createAnswer(offer, phoneOptions({ direction: own }));
      expect(directionOf(answer, answer.media[0]!)).to.equal(answered);
    });
  }

  it("takes c=0.0.0.0 for the hold that it was before RFC 3264", () => {
    const offer = offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0");
    const answer = createAnswer(offer, phoneOptions());
    expect(directionOf(answer, answer.media[0]!)).to.equal("recvonly");
  });

  it("copies t= and names itself in o=", () => {
    const answer = createAnswer(offerOf("m=audio 4000 RTP/AVP 0"), phoneOptions());
    expect(answer.times).to.deep.equal(["3034423619 3042462419"]);
    expect(answer.origin).to.include({ sessionId: "4711", sessionVersion: "1", address: "10.0.0.1" });
  });

  it("keeps ports and version in a later answer that says the same, and adds one when it does not", () => {
    const offer = offerOf("m=audio 4000 RTP/AVP 0", "m=video 4002 RTP/AVP 34");
    const first = createAnswer(offer, phoneOptions());
    const same = createAnswer(offer, phoneOptions({ ports: () => 1, previous: first }));
    expect(same).to.deep.equal(first);
    const more = createAnswer(offer, phoneOptions({ media: ["audio", "video"], ports: () => 30_000, previous: first }));
    expect(more.media.map(({ port }) => port)).to.deep.equal([20000, 30000]);
    expect(more.origin.sessionVersion).to.equal("2");
  });
});
