import { isTelephoneEvent } from "../sdp/codecs.ts";
import { codecsOf, fmtpParameters, type Codec, type MediaDescription } from "../sdp/index.ts";

/** Their format parameters name other payload types, which may have been left out; not relayed. */
const REFERRING = new Set(["rtx", "red"]);

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

/** Tones, events and comfort noise are no media by themselves. */
export function isAuxiliary(codec: Codec): boolean {
  return isTelephoneEvent(codec) || codec.name.toUpperCase() === "CN";
}
