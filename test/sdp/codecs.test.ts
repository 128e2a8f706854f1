import { expect } from "chai";
import { codecsOf, fmtpParameters, parseSdp } from "../../src/sdp/index.ts";

function line(...lines: string[]): ReturnType<typeof parseSdp>["media"][number] {
  return parseSdp(["v=0", "o=- 1 1 IN IP4 h", "s=-", "t=0 0", ...lines].join("\r\n")).media[0]!;
}

describe("codecsOf", () => {
  it("reads rtpmap and fmtp, and RFC 3551 for static payload types", () => {
    const media = line(
      "m=audio 4000 RTP/AVP 0 114 101",
      "a=rtpmap:114 opus/48000/2",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=fmtp:114 useinbandfec=1; stereo=0",
    );
    expect(codecsOf(media)).to.deep.equal([
      { payloadType: 0, name: "PCMU", clockRate: 8000 },
      { payloadType: 114, name: "opus", clockRate: 48000, channels: 2, fmtp: "useinbandfec=1; stereo=0" },
      { payloadType: 101, name: "telephone-event", clockRate: 8000, fmtp: "0-15" },
    ]);
  });

  it("leaves out dynamic payload types without rtpmap, and all formats of other protocols", () => {
    expect(codecsOf(line("m=video 4000 RTP/AVP 97 34")).map(({ name }) => name)).to.deep.equal(["H263"]);
    expect(codecsOf(line("m=image 4000 udptl t38"))).to.deep.equal([]);
    expect(codecsOf(line("m=application 4000 UDP/BFCP 0"))).to.deep.equal([]);
  });

  it("takes a rtpmap of a static payload type rather than the table, and the first of two", () => {
    const media = line("m=audio 4000 RTP/AVP 8", "a=rtpmap:8 x-new/16000", "a=rtpmap:8 PCMA/8000");
    expect(codecsOf(media)).to.deep.equal([{ payloadType: 8, name: "x-new", clockRate: 16000 }]);
  });

  it("reads format parameters without case of their names", () => {
    expect([...fmtpParameters("Profile-Level-ID=42e01f; packetization-mode=1;x")]).to.deep.equal([
      ["profile-level-id", "42e01f"],
      ["packetization-mode", "1"],
      ["x", ""],
    ]);
  });
});
