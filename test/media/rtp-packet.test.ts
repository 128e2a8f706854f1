import { expect } from "chai";
import fc from "fast-check";
import { readRtp, sequenceDistance, timestampDistance, writeRtp } from "../../src/media/rtp-packet.ts";

/** V=2, marker, type 0, sequence 0x0102, timestamp 0x03040506, SSRC 0x0708090a. */
const HEADER = [0x80, 0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a];

function withFirst(first: number, ...behind: number[]): Buffer {
  return Buffer.from([first, ...HEADER.slice(1), ...behind]);
}

describe("RTP packets", () => {
  it("have a header of 12 octets (RFC 3550 §5.1)", () => {
    const packet = {
      payloadType: 0,
      marker: true,
      sequenceNumber: 0x0102,
      timestamp: 0x03040506,
      ssrc: 0x0708090a,
      payload: Buffer.from([0xff]),
    };
    expect(writeRtp(packet).toString("hex")).to.equal(Buffer.from([...HEADER, 0xff]).toString("hex"));
    expect(readRtp(Buffer.from([...HEADER, 0xff]))).to.deep.equal(packet);
  });

  it("read as they were written", () => {
    const packets = fc.record({
      payloadType: fc.integer({ min: 96, max: 127 }),
      marker: fc.boolean(),
      sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
      timestamp: fc.integer({ min: 0, max: 0xffffffff }),
      ssrc: fc.integer({ min: 0, max: 0xffffffff }),
      payload: fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
    });
    fc.assert(
      fc.property(packets, (packet) => {
        expect(readRtp(writeRtp(packet))).to.deep.equal(packet);
      }),
    );
  });

  it("may have contributing sources, an extension and padding around their payload", () => {
    expect(readRtp(withFirst(0x82, 1, 1, 1, 1, 2, 2, 2, 2, 0xaa))?.payload).to.deep.equal(Buffer.from([0xaa]));
    expect(readRtp(withFirst(0x90, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 0xaa))?.payload).to.deep.equal(Buffer.from([0xaa]));
    expect(readRtp(withFirst(0xa0, 0xaa, 0, 0, 3))?.payload).to.deep.equal(Buffer.from([0xaa]));
  });

  for (const [what, octets] of [
    ["too short", Buffer.from(HEADER.slice(0, 11))],
    ["of version 1", withFirst(0x40, 0xaa)],
    ["with sources that are not there", withFirst(0x81, 1, 1, 1)],
    ["with an extension that is cut off", withFirst(0x90, 0xbe, 0xde)],
    ["with an extension that says it is longer", withFirst(0x90, 0xbe, 0xde, 0xff, 0xff, 1)],
    ["with more padding than there is", withFirst(0xa0, 0xaa, 99)],
    ["with padding of no octet", withFirst(0xa0, 0xaa, 0)],
    ["that are RTCP", Buffer.from([0x80, 200, 0, 6, ...HEADER.slice(4)])],
  ] as const) {
    it(`are none: datagrams ${what}`, () => {
      expect(readRtp(octets)).to.equal(undefined);
    });
  }

  it("never read beyond the datagram, whatever it holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        const packet = readRtp(Buffer.from(octets));
        expect(packet?.payload.length ?? 0).to.be.at.most(Math.max(0, octets.length - 12));
      }),
    );
  });

  it("are compared over the wrap of their numbers", () => {
    expect(sequenceDistance(2, 0xfffe)).to.equal(4);
    expect(sequenceDistance(0xfffe, 2)).to.equal(-4);
    expect(timestampDistance(10, 0xfffffff0)).to.equal(26);
    expect(timestampDistance(0xfffffff0, 10)).to.equal(-26);
  });
});
