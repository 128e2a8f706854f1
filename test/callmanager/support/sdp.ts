/** A session description of a test phone: session lines, then blocks of one m-line each. */
export function sdp(address: string, ...blocks: string[]): string {
  const lines = ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", ...blocks];
  return `${lines.join("\r\n")}\r\n`;
}

/** The same with another version of the o= line, for later offers. */
export function laterSdp(version: number, address: string, ...blocks: string[]): string {
  return sdp(address, ...blocks).replace("o=- 1 1 ", `o=- 1 ${version} `);
}

export function block(...lines: string[]): string {
  return lines.join("\r\n");
}

export const AUDIO = block(
  "m=audio 20000 RTP/AVP 0 8 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-15",
);

/** The same codecs under other numbers and in another order. */
export const AUDIO_RENUMBERED = block(
  "m=audio 30000 RTP/AVP 8 0 96",
  "a=rtpmap:96 telephone-event/8000",
  "a=fmtp:96 0-15",
);

export const VIDEO = block(
  "m=video 20002 RTP/AVP 97",
  "b=TIAS:1000000",
  "a=rtpmap:97 H264/90000",
  "a=fmtp:97 profile-level-id=42801F;packetization-mode=1",
  "a=rtcp-fb:97 nack pli",
);

export const VIDEO_RENUMBERED = block(
  "m=video 30002 RTP/AVP 110 120",
  "a=rtpmap:110 VP8/90000",
  "a=rtpmap:120 h264/90000",
  "a=fmtp:120 packetization-mode=1;profile-level-id=428014",
  "a=rtcp-fb:120 nack pli",
);

export const SLIDES = block("m=video 20004 RTP/AVP 97", "a=rtpmap:97 H264/90000", "a=content:slides");
export const BFCP = block("m=application 20006 UDP/BFCP *", "a=floorctrl:c-s", "a=setup:actpass", "a=connection:new");
export const FECC = block("m=application 20008 RTP/AVP 100", "a=rtpmap:100 H224/4800");
