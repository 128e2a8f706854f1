import { expect } from "chai";
import fc from "fast-check";
import { FRAME_LIMIT, FrameReader, writeFrame } from "../../src/drachtio/frames.ts";

function bodiesOf(...chunks: (Buffer | string)[]): string[] {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => Array.from(reader.push(Buffer.from(chunk)), (body) => body.toString()));
}

describe("drachtio frames", () => {
  it("counts octets, not characters", () => {
    expect(writeFrame("grüße").toString()).to.equal("7#grüße");
    expect(writeFrame("ü", Buffer.from("ß")).toString()).to.equal("6#ü\r\nß");
    expect(bodiesOf("7#grüße2#ok")).to.deep.equal(["grüße", "ok"]);
  });

  it("come out whole wherever the stream is cut or glued", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        (bodies, cuts) => {
          const stream = Buffer.concat(bodies.map((body) => writeFrame("ü", Buffer.from(body))));
          const reader = new FrameReader();
          const read: Buffer[] = [];
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const end = at + (cuts[turn % cuts.length] ?? 1);
            for (const body of reader.push(stream.subarray(at, end))) read.push(Buffer.from(body));
            at = end;
          }
          expect(read.map((body) => body.toString("hex"))).to.deep.equal(
            bodies.map((body) => Buffer.concat([Buffer.from("ü\r\n"), body]).toString("hex")),
          );
        },
      ),
    );
  });

  it("of length zero are ignored", () => {
    expect(bodiesOf("0#00#2#ok")).to.deep.equal(["ok"]);
  });

  for (const broken of ["x", "12a#", "-1#", " 3#abc", "#abc", "123456#"]) {
    it(`that begin with ${JSON.stringify(broken)} are an error`, () => {
      expect(() => bodiesOf(broken))
        .to.throw()
        .with.property("code", "ERR_DRACHTIO_FRAME");
    });
  }

  it("hold a body of the largest length and no larger one", () => {
    const largest = Buffer.alloc(FRAME_LIMIT - "m\r\n".length, 0x61);
    const frame = writeFrame("m", largest);
    expect(bodiesOf(frame.subarray(0, 50_000), frame.subarray(50_000))).to.deep.equal([`m\r\n${largest.toString()}`]);
    expect(() => writeFrame("mm", largest))
      .to.throw()
      .with.property("code", "ERR_DRACHTIO_FRAME");
  });
});
