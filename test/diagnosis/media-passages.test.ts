import { expect } from "chai";
import { mediaPassages } from "../../src/diagnosis/media-passages.ts";
import type { Failure } from "../../src/results/index.ts";
import { caseOf, request, response, type Wire } from "./cases.ts";

const AUDIO = ["m=audio 4000 RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000"];
const VIDEO = ["m=video 4002 RTP/AVP 97", "a=rtpmap:97 H264/90000"];
const sdp = (...lines: string[]): string[] => ["v=0", ...lines];

function passages(wire: readonly Wire[], failure: Partial<Failure> = {}): ReturnType<typeof mediaPassages> {
  return mediaPassages(caseOf(wire, { failure }));
}

describe("the passages of media through the call manager", () => {
  it("stand beside what the other phone sent last, line by line", () => {
    const [invite, answer] = passages([
      request("alice", ">", "INVITE", { sdp: sdp(...AUDIO, ...VIDEO) }),
      request("bob", "<", "INVITE", { callId: "b", sdp: sdp(...AUDIO, "m=video 0 RTP/AVP 97") }),
      response("bob", ">", 200, "INVITE", { callId: "b", sdp: sdp("a=sendonly", ...AUDIO) }),
      response("alice", "<", 200, "INVITE", { sdp: sdp("a=recvonly", ...AUDIO, "m=video 0 RTP/AVP 97") }),
    ]);
    const audio = (direction: string): string => `audio: PCMU telephone-event, ${direction}`;
    expect(invite?.from).to.deep.equal({ phone: "alice", label: "INVITE" });
    expect(invite?.to).to.deep.equal({ phone: "bob", label: "INVITE" });
    expect(invite?.pairs).to.deep.equal([
      { sent: audio("sendrecv"), received: audio("sendrecv") },
      { sent: "video: H264, sendrecv", received: "video: refused (port 0)" },
    ]);
    expect(answer?.from).to.deep.equal({ phone: "bob", label: "200 Reason to INVITE" });
    expect(answer?.pairs).to.deep.equal([
      { sent: audio("sendonly"), received: audio("recvonly") },
      { sent: undefined, received: "video: refused (port 0)" },
    ]);
  });

  it("tell a line that was left out, and the kind of slides", () => {
    const [passage] = passages([
      request("alice", ">", "INVITE", { sdp: sdp(...AUDIO, ...VIDEO, "a=content:slides") }),
      request("bob", "<", "INVITE", { sdp: sdp(...AUDIO) }),
    ]);
    expect(passage?.pairs[1]).to.deep.equal({ sent: "video (slides): H264, sendrecv", received: undefined });
  });

  it("have no sender where the call manager speaks first", () => {
    const [passage] = passages([request("bob", "<", "INVITE", { sdp: sdp(...AUDIO) })]);
    expect(passage?.from).to.equal(undefined);
    expect(passage?.pairs[0]?.sent).to.equal(undefined);
  });

  it("have what another phone sent, not what the receiver sent itself since", () => {
    const [passage] = passages([
      response("bob", ">", 200, "INVITE", { sdp: sdp(...AUDIO) }),
      request("alice", ">", "INVITE", { sdp: sdp(...AUDIO, ...VIDEO) }),
      response("alice", "<", 183, "INVITE", { sdp: sdp(...AUDIO) }),
    ]);
    expect(passage?.from?.phone).to.equal("bob");
  });

  it("mark the message that was judged", () => {
    const wire = ["a", "b"].map((callId) => request("bob", "<", "INVITE", { callId, sdp: sdp(...AUDIO) }));
    const judged = passages(wire, { about: { callId: "b", cseq: "1 INVITE" } }).map((passage) => passage.judged);
    expect(judged).to.deep.equal([false, true]);
  });

  it("are at most four, the last ones", () => {
    const wire = ["a", "b", "c", "d", "e", "f"].map((phone) => request(phone, "<", "INVITE", { sdp: sdp(...AUDIO) }));
    expect(passages(wire).map(({ to }) => to.phone)).to.deep.equal(["c", "d", "e", "f"]);
  });
});
