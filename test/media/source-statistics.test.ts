import { expect } from "chai";
import { ReceptionCounter } from "../../src/media/reception.ts";
import { SourceStatistics } from "../../src/media/source-statistics.ts";

const packet = (sequenceNumber: number, timestamp = sequenceNumber * 160, ssrc = 1) => ({
  payloadType: 0,
  marker: false,
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: timestamp >>> 0,
  ssrc,
  payload: Buffer.alloc(0),
});

/** Statistics of packets with these sequence numbers, each on time. */
function received(...numbers: number[]): SourceStatistics {
  const statistics = new SourceStatistics(packet(numbers[0]!));
  for (const number of numbers) statistics.receive(packet(number), number * 160);
  return statistics;
}

const counts = ({ packets, lost, outOfOrder, duplicates }: SourceStatistics): number[] => [
  packets,
  lost,
  outOfOrder,
  duplicates,
];

describe("statistics of a source", () => {
  it("count packets, losses, stragglers and copies", () => {
    expect(counts(received(1, 2, 3))).to.deep.equal([3, 0, 0, 0]);
    expect(counts(received(1, 2, 5))).to.deep.equal([3, 2, 0, 0]);
    expect(counts(received(1, 3, 2, 4))).to.deep.equal([4, 0, 1, 0]);
    expect(counts(received(1, 2, 2, 1, 3))).to.deep.equal([5, 0, 0, 2]);
    expect(counts(received(5, 4, 7))).to.deep.equal([3, 1, 1, 0]);
    expect(counts(received(1000, 1001, 800, 1002))).to.deep.equal([4, 0, 0, 0]); // too late to belong there
  });

  it("go on over the wrap of the sequence number", () => {
    expect(counts(received(65_534, 65_535, 65_536, 65_538))).to.deep.equal([4, 1, 0, 0]);
    expect(counts(received(65_535, 65_537, 65_536, 65_535))).to.deep.equal([4, 0, 1, 1]);
  });

  it("begin anew after a jump that is confirmed, and leave out one that is not (RFC 3550 A.1)", () => {
    expect(counts(received(1, 2, 20_000, 20_001, 20_002))).to.deep.equal([5, 0, 0, 0]);
    expect(counts(received(1, 2, 20_000, 3, 20_001, 5))).to.deep.equal([6, 1, 0, 0]);
    expect(counts(received(1, 2, 4, 20_000, 20_001, 20_003))).to.deep.equal([6, 2, 0, 0]);
  });

  it("have the jitter of RFC 3550 §6.4.1", () => {
    const statistics = new SourceStatistics(packet(0));
    // On time, 32 units late (D = 32), back on time (D = −32).
    for (const [number, late] of [
      [0, 0],
      [1, 32],
      [2, 0],
    ] as const)
      statistics.receive(packet(number), number * 160 + late);
    const first = 32 / 16;
    expect(statistics.jitter).to.equal(first + (32 - first) / 16);
  });

  it("have no jitter from packets of one event, which share a timestamp", () => {
    const statistics = new SourceStatistics(packet(0));
    for (const number of [0, 1, 2, 3]) statistics.receive(packet(number, 0), number * 160);
    expect(statistics.jitter).to.equal(0);
  });
});

describe("what arrives on a port", () => {
  it("is counted by payload type and source, with the jitter of the main one in ms", () => {
    const counter = new ReceptionCounter();
    for (const [number, at] of [
      [1, 0],
      [2, 24],
    ] as const)
      counter.count(packet(number), 8000, at);
    counter.count({ ...packet(9, 0, 2), payloadType: 101 }, 8000, 30);
    counter.countMalformed();
    expect(counter.report()).to.deep.equal({
      packets: 3,
      malformed: 1,
      lost: 0,
      outOfOrder: 0,
      duplicates: 0,
      jitterMs: 0.3, // 32 units of 8 kHz / 16
      sources: [1, 2],
      payloadTypes: { 0: 2, 101: 1 },
    });
  });

  it("is looked into for eight sources, and counted for all", () => {
    const counter = new ReceptionCounter();
    for (let ssrc = 0; ssrc < 100; ssrc += 1) counter.count(packet(1, 0, ssrc), 8000, 0);
    expect(counter.report().sources).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(counter.report().packets).to.equal(100);
  });
});
