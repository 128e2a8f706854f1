import { expect } from "chai";
import { describeStream, reportSince, type MediaReport, type StreamReport } from "../../src/media/index.ts";

function stream(factor: number, more: Partial<StreamReport> = {}): StreamReport {
  return {
    line: 1,
    kind: "audio",
    live: true,
    direction: "sendrecv",
    localPort: 16_384,
    remote: "192.0.2.2:20000",
    sent: { packets: 10 * factor, events: 2 * factor, ssrc: 5, payloadTypes: { 0: 8 * factor, 101: 2 * factor } },
    received: {
      packets: 9 * factor,
      malformed: factor,
      lost: 2 * factor,
      outOfOrder: factor,
      duplicates: factor,
      jitterMs: 0.5 * factor,
      sources: [7],
      payloadTypes: { 0: 9 * factor },
      audio: 9 * factor,
      events: 0,
      unlisted: 3 * factor,
    },
    ...more,
  };
}

const report = (digits: string, ...streams: StreamReport[]): MediaReport => ({ title: "a call", digits, streams });

describe("reports about media", () => {
  it("tell what came between two of them", () => {
    const since = reportSince(report("1", stream(1)), report("123", stream(3), stream(1, { line: 2 })));
    expect(since.digits).to.equal("23");
    const { jitterMs, ...counts } = stream(2).received;
    expect(since.streams[0]?.received).to.deep.equal({ ...counts, jitterMs: jitterMs * 1.5 });
    expect(since.streams[0]?.sent).to.deep.equal(stream(2).sent);
    expect(since.streams[1]).to.deep.equal(stream(1, { line: 2 }));
    const nothing = reportSince(report("1", stream(1)), report("1", stream(1)));
    expect(nothing.streams[0]?.received.payloadTypes).to.deep.equal({});
  });

  it("are a line for each stream", () => {
    expect(describeStream(stream(1))).to.equal(
      "audio (m-line 1, sendrecv) with 192.0.2.2:20000: sent 10, received 9, 2 lost, 1 out of order, 1 duplicate, 3 of unlisted type, jitter 0.5 ms",
    );
    expect(describeStream(stream(0, { kind: "video", line: 2, live: false, remote: undefined }))).to.equal(
      "video (m-line 2, refused): sent 0, received 0, jitter 0 ms",
    );
  });
});
