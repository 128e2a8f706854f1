import { expect } from "chai";
import { frameOf, isSpoken, toALaw, toMuLaw } from "../../src/media/audio-frames.ts";

describe("audio frames", () => {
  it("are companded by ITU-T G.711", () => {
    expect([0, 32_767, -32_767, 1000, -1000].map(toMuLaw)).to.deep.equal([0xff, 0x80, 0x00, 0xce, 0x4e]);
    expect([0, 32_767, -32_768, 1000, -1000].map(toALaw)).to.deep.equal([0xd5, 0xaa, 0x2a, 0xfa, 0x7a]);
    expect([16, -16, -17].map(toALaw)).to.deep.equal([0xd4, 0x55, 0x54]);
  });

  it("hold 20 ms, of a tone or of silence", () => {
    for (const [codec, silence] of [
      ["PCMU", 0xff],
      ["pcma", 0xd5],
      ["G722", 0xfa],
    ] as const) {
      expect(frameOf(codec, "silence")).to.deep.equal(Buffer.alloc(160, silence));
      expect(frameOf(codec, "tone")).to.have.length(160);
    }
    const tone = frameOf("PCMU", "tone")!;
    expect(tone.subarray(0, 20)).to.deep.equal(tone.subarray(140, 160)); // 400 Hz: 20 samples
    expect(tone).not.to.deep.equal(frameOf("PCMU", "silence"));
  });

  it("are there for codecs at 8 kHz that phones speak", () => {
    expect(isSpoken({ name: "PCMU", clockRate: 8000 })).to.equal(true);
    expect(isSpoken({ name: "PCMU", clockRate: 16_000 })).to.equal(false);
    expect(isSpoken({ name: "opus", clockRate: 48_000 })).to.equal(false);
  });
});
