/** What a phone says: a tone of 400 Hz, or nothing. */
export type AudioSource = "tone" | "silence";

/** One packet's worth of sound, RFC 3551 §4.2. */
export const FRAME_MS = 20;
/** Samples of the RTP clock in it, for every codec here: also G.722's clock runs at 8 kHz (RFC 3551 §4.5.2). */
export const FRAME_SAMPLES = 160;
/** Clock rate of every codec here. */
export const CLOCK_RATE = 8000;

const TONE_HERTZ = 400;
/** Of 32767: about −16 dBm0. */
const TONE_AMPLITUDE = 5000;

/** Every frame of a codec is the same: 20 ms are eight whole periods of the tone. */
type Frames = Readonly<Record<AudioSource, Buffer>>;

const FRAMES: ReadonlyMap<string, Frames> = new Map([
  ["pcmu", g711Frames(toMuLaw)],
  ["pcma", g711Frames(toALaw)],
  // An octet whose steps are so small that a decoder comes to rest on them. Our phones carry G.722, they don't speak it.
  ["g722", { tone: Buffer.alloc(FRAME_SAMPLES, 0xfa), silence: Buffer.alloc(FRAME_SAMPLES, 0xfa) }],
]);

/** Whether phones can fill packets of that codec. */
export function isSpoken(codec: { readonly name: string; readonly clockRate: number }): boolean {
  return codec.clockRate === CLOCK_RATE && FRAMES.has(codec.name.toLowerCase());
}

/** The payload of each packet; undefined: the codec is not spoken. Shared: not to be written to. */
export function frameOf(codecName: string, source: AudioSource): Buffer | undefined {
  return FRAMES.get(codecName.toLowerCase())?.[source];
}

function g711Frames(encode: (sample: number) => number): Frames {
  const tone = Array.from({ length: FRAME_SAMPLES }, (_, index) =>
    encode(Math.round(TONE_AMPLITUDE * Math.sin((2 * Math.PI * TONE_HERTZ * index) / CLOCK_RATE))),
  );
  return { tone: Buffer.from(tone), silence: Buffer.alloc(FRAME_SAMPLES, encode(0)) };
}

/** ITU-T G.711 µ-law of a linear sample of 16 bits. */
export function toMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** ITU-T G.711 A-law of a linear sample of 16 bits. */
export function toALaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32_767);
  const exponent = Math.max(0, 24 - Math.clz32(magnitude));
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}
