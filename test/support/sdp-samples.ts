function sdp(...lines: readonly string[]): string {
  const head = ["v=0", "o=- 7 1 IN IP4 192.0.2.10", "s=-", "c=IN IP4 192.0.2.10", "t=0 0"];
  return [...head, ...lines].map((line) => `${line}\r\n`).join("");
}

/** Audio and video, as a peer may offer them. */
export const OFFER = sdp(
  "m=audio 30000 RTP/AVP 0 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "m=video 30002 RTP/AVP 97",
  "a=rtpmap:97 H264/90000",
);

/** Audio alone, as a peer may answer. */
export const ANSWER = sdp("m=audio 30000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000");
