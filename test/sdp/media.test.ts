import { expect } from "chai";
import {
  complementOf,
  connectionOf,
  contentOf,
  directionOf,
  isLive,
  parseSdp,
  rejectedLine,
  roleOf,
  withDirection,
  writeSdp,
} from "../../src/sdp/index.ts";

const SESSION = parseSdp(
  [
    "v=0",
    "o=- 1 1 IN IP4 h",
    "s=-",
    "c=IN IP4 10.0.0.1",
    "t=0 0",
    "a=recvonly",
    "m=audio 4000 RTP/AVP 0",
    "m=video 4002 RTP/AVP 97",
    "c=IN IP4 10.0.0.2",
    "a=rtpmap:97 H264/90000",
    "a=content:slides",
    "a=inactive",
    "m=application 4004 UDP/BFCP *",
    "m=application 4006 RTP/AVP 100",
    "a=rtpmap:100 H224/4800",
    "m=image 4008 udptl t38",
    "m=video 0 RTP/AVP 34",
    "m=text 4010 RTP/AVP 98",
  ].join("\r\n"),
);
const [audio, slides, , , , rejected] = SESSION.media;

describe("what a media description says", () => {
  it("has its own direction, else that of the session, else sendrecv", () => {
    expect(directionOf(SESSION, slides!)).to.equal("inactive");
    expect(directionOf(SESSION, audio!)).to.equal("recvonly");
    expect(directionOf({ ...SESSION, attributes: [] }, audio!)).to.equal("sendrecv");
  });

  it("has its own connection, else that of the session", () => {
    expect(connectionOf(SESSION, slides!)?.address).to.equal("10.0.0.2");
    expect(connectionOf(SESSION, audio!)?.address).to.equal("10.0.0.1");
  });

  it("has a role, where it is one of our phones'", () => {
    const roles = ["audio", "slides", "bfcp", "fecc", "fax", "video", undefined];
    expect(SESSION.media.map(roleOf)).to.deep.equal(roles);
  });

  it("is live unless its port is 0", () => {
    expect(isLive(audio!)).to.equal(true);
    expect(isLive(rejected!)).to.equal(false);
  });

  it("gets another direction in place of its own", () => {
    const changed = withDirection(slides!, "sendonly");
    expect(directionOf(SESSION, changed)).to.equal("sendonly");
    expect(changed.attributes.map(({ name }) => name)).to.deep.equal(["rtpmap", "content", "sendonly"]);
    expect(contentOf(changed)).to.equal("slides");
  });

  it("is rejected with its formats and nothing else", () => {
    expect(writeSdp({ ...SESSION, media: [rejectedLine(slides!)] })).to.match(
      /a=recvonly\r\nm=video 0 RTP\/AVP 97\r\n$/,
    );
  });

  it("answers a direction with its complement", () => {
    expect((["sendrecv", "sendonly", "recvonly", "inactive"] as const).map(complementOf)).to.deep.equal([
      "sendrecv",
      "recvonly",
      "sendonly",
      "inactive",
    ]);
  });
});
