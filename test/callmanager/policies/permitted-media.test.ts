import { expect } from "chai";
import { readFileSync } from "node:fs";
import { permittedMedia, type MediaParty } from "../../../src/callmanager/policies/permitted-media.ts";
import { parseSdp, type MediaDescription } from "../../../src/sdp/index.ts";
import { parseNameAddr } from "../../../src/sip/message/index.ts";
import { testData } from "../../support/test-data.ts";
import { device } from "../support/lab.ts";

const BODY = [
  "v=0",
  "o=- 1 1 IN IP4 198.51.100.21",
  "s=-",
  "c=IN IP4 198.51.100.21",
  "t=0 0",
  "m=audio 20000 RTP/AVP 0",
  "m=VIDEO 20002 RTP/AVP 97",
  "a=rtpmap:97 H264/90000",
  "m=video 20004 RTP/AVP 97",
  "a=content:slides",
  "m=application 20006 TCP/TLS/BFCP *",
  "m=application 20008 RTP/AVP 100",
  "a=rtpmap:100 h224/4800",
  "m=application 20010 UDP/UDT/IX *",
  "m=image 20012 udptl t38",
  "m=text 20014 RTP/AVP 98",
  "a=rtpmap:98 t140/1000",
  "m=application 20016 UDP/DTLS/SCTP webrtc-datachannel",
  "",
].join("\r\n");
const media = parseSdp(BODY).media;
const AUDIO_SIDE = [true, false, false, false, false, false, true, true, true];

function permitted(lines: readonly MediaDescription[]) {
  return permittedMedia({ media: lines, from: "basic", to: "advanced" });
}

interface Entry {
  readonly id: string;
  readonly file: string;
  readonly mlines: readonly unknown[];
  readonly videoStrip?: { readonly videoAndConferenceControl: { readonly stripped: readonly number[] } };
}

describe("permittedMedia", () => {
  it("lets no video through a media termination point, whoever of the two needs it (DTM-06)", () => {
    const party = (mtpRequired: boolean): MediaParty => ({
      device: { ...device("advanced1"), mtpRequired },
      contact: parseNameAddr("<sip:2001@192.0.2.1>"),
    });
    const [plain, terminated] = [party(false), party(true)];
    for (const [sender, reader] of [
      [plain, terminated],
      [terminated, plain],
    ] as const) {
      const ruling = permittedMedia({ media, from: "advanced", to: "advanced", sender, reader });
      expect(ruling).to.deep.include({ outcome: "without video", rules: ["DTM-06"], permitted: AUDIO_SIDE });
    }
    const direct = permittedMedia({ media, from: "advanced", to: "advanced", sender: plain, reader: plain });
    expect(direct.outcome).to.equal("all");
  });

  it("keeps audio, fax, text and data, and nothing video-related, where one side is Basic", () => {
    for (const [from, to] of [
      ["basic", "advanced"],
      ["advanced", "basic"],
      ["basic", "basic"],
      ["cisco-7961", "basic"],
    ] as const) {
      // prettier-ignore
      const ruling = permittedMedia({ media, from, to });
      expect(ruling).to.deep.include({ outcome: "without video", permitted: AUDIO_SIDE });
    }
  });

  it("keeps everything between Advanced and Cisco devices", () => {
    const ruling = permittedMedia({ media, from: "advanced", to: "cisco-7961" });
    expect(ruling).to.deep.include({ outcome: "all", permitted: media.map(() => true) });
  });

  it("finds nothing left of an offer with only video", () => {
    const video = media.filter(({ kind }) => kind.toLowerCase() === "video");
    expect(permitted(video).outcome).to.equal("nothing");
  });

  it("takes video with port 0 for no video at all", () => {
    const lines = media.slice(0, 2).map((line, index) => (index === 0 ? line : { ...line, port: 0 }));
    expect(permitted(lines).outcome).to.equal("all");
  });

  it("strips what an independent script strips from real descriptions", function () {
    const manifest = testData("sdp", "MANIFEST.json");
    if (manifest === undefined) return this.skip();
    const { entries } = JSON.parse(readFileSync(manifest, "utf8")) as { entries: readonly Entry[] };
    let compared = 0;
    for (const { id, file, videoStrip } of entries) {
      const path = testData("sdp", file);
      if (!videoStrip || path === undefined) continue;
      const lines = parseSdp(readFileSync(path)).media;
      const stripped = permitted(lines).permitted.flatMap((kept, index) => (kept ? [] : [index]));
      expect(stripped, id).to.deep.equal(videoStrip.videoAndConferenceControl.stripped);
      compared += 1;
    }
    expect(compared).to.be.above(20);
  });
});
