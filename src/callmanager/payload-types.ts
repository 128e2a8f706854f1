import { isTelephoneEvent } from "../sdp/codecs.ts";
import { codecsOf, fmtpParameters, type Codec, type MediaDescription } from "../sdp/index.ts";

/**
 * Payload types of one m-line as its phone numbers them, by codec. Kept for the life of a session, since a number must
 * not get another meaning in it (RFC 3264 §8.3.2).
 */
export type Numbering = ReadonlyMap<string, number>;

/** Their format parameters name other payload types, so they cannot be renumbered one by one; not relayed. */
const REFERRING = new Set(["rtx", "red"]);
const DYNAMIC_FIRST = 96;
const DYNAMIC_LAST = 127;

/** Codecs of a line that can be relayed, in its order. */
export function relayableCodecs(media: MediaDescription): Codec[] {
  return codecsOf(media).filter(({ name }) => !REFERRING.has(name.toLowerCase()));
}

/**
 * What makes two payload types the same codec whatever their numbers: name, clock rate, channels; for H.264 also
 * packetization mode and profile, without which it is another format (RFC 6184 §8.2.2).
 */
export function codecKey(codec: Codec): string {
  const base = `${codec.name.toLowerCase()}/${codec.clockRate}/${codec.channels ?? 1}`;
  if (codec.name.toUpperCase() !== "H264") return base;
  const parameters = fmtpParameters(codec.fmtp);
  const profile = parameters.get("profile-level-id")?.slice(0, 2).toLowerCase() ?? "42";
  return `${base};${parameters.get("packetization-mode") ?? "0"};${profile}`;
}

/** The numbering with what a description of the line adds; what is known stays. */
export function learn(known: Numbering | undefined, media: MediaDescription): Numbering {
  const numbering = new Map(known);
  for (const codec of relayableCodecs(media)) {
    const key = codecKey(codec);
    if (!numbering.has(key)) numbering.set(key, codec.payloadType);
  }
  return numbering;
}

/** Numbers for codecs to be told to a phone: the phone's own; else as they come; else a free dynamic one. */
export function numberFor(codecs: readonly Codec[], known: Numbering | undefined): Map<Codec, number> {
  const used = new Set(known?.values());
  const numbers = new Map<Codec, number>();
  for (const codec of codecs) {
    const number = known?.get(codecKey(codec)) ?? freeNumber(codec.payloadType, used);
    if (number === undefined) continue;
    used.add(number);
    numbers.set(codec, number);
  }
  return numbers;
}

function freeNumber(wished: number, used: ReadonlySet<number>): number | undefined {
  if (!used.has(wished)) return wished;
  for (let number = DYNAMIC_FIRST; number <= DYNAMIC_LAST; number += 1) if (!used.has(number)) return number;
  return undefined;
}

/** Tones, events and comfort noise are no media by themselves. */
export function isAuxiliary(codec: Codec): boolean {
  return isTelephoneEvent(codec) || codec.name.toUpperCase() === "CN";
}
