import { codecAttributes } from "../sdp/codecs.ts";
import {
  attributeOf,
  contentOf,
  isRtp,
  type Attribute,
  type Codec,
  type Connection,
  type Direction,
  type MediaDescription,
  type SessionDescription,
} from "../sdp/index.ts";
import { relayableCodecs } from "./payload-types.ts";

/**
 * Attributes that the call manager understands and passes on; it drops all others, as CUCM does without an SDP
 * transparency profile. So nothing that was taken away comes back by a side door: capability negotiation (VID-14),
 * groups (VID-13), ICE, keys. rtpmap, fmtp and rtcp-fb go with their codec, the direction by itself.
 */
const PASSED = new Set(
  (
    "ptime maxptime silenceSupp content label rtcp framesize framerate imageattr floorctrl confid userid floorid " +
    "bfcpver setup connection path accept-types accept-wrapped-types max-size"
  ).split(" "),
);
const T38 = /^T38/i;
const DIRECTIONS = new Set<string>(["sendrecv", "sendonly", "recvonly", "inactive"]);
const NOWHERE: Connection = { networkType: "IN", addressType: "IP4", address: "0.0.0.0" };

/** A media description and the session that it inherits from. */
export interface MediaPlace {
  readonly session: SessionDescription;
  readonly media: MediaDescription;
}

/** A live line for one phone, made from what the other said. */
export interface Transcript extends MediaPlace {
  /** Codecs that are passed on, each with the number that the reading phone knows it by. Empty unless RTP. */
  readonly numbers: ReadonlyMap<Codec, number>;
  readonly direction: Direction;
  /** As the reading phone's own line has it where it differs, `RTP/AVPF` for `RTP/AVP`. */
  readonly protocol: string;
  readonly setup?: string | undefined;
}

/** The line as the other phone described it, in the words and numbers of the one that reads it. */
export function transcribe(transcript: Transcript): MediaDescription {
  const { session, media, numbers, protocol } = transcript;
  const connection = media.connection ?? session.connection;
  const formats = isRtp(media) ? [...numbers.values()].map(String) : media.formats;
  return {
    kind: media.kind,
    port: media.port,
    ...(media.portCount !== undefined && { portCount: media.portCount }),
    protocol,
    formats,
    ...(connection && { connection }),
    bandwidths: media.bandwidths,
    attributes: [...codecLines(media, numbers), ...passedLines(transcript)],
  };
}

function codecLines(media: MediaDescription, numbers: ReadonlyMap<Codec, number>): Attribute[] {
  const feedback = media.attributes.filter(({ name }) => name === "rtcp-fb");
  const lines: Attribute[] = feedback.filter(({ value }) => value?.startsWith("* "));
  for (const [codec, payloadType] of numbers) {
    lines.push(...codecAttributes({ ...codec, payloadType }));
    const own = `${codec.payloadType} `;
    for (const { name, value } of feedback) {
      if (value?.startsWith(own)) lines.push({ name, value: `${payloadType} ${value.slice(own.length)}` });
    }
  }
  return lines;
}

function passedLines({ session, media, direction, setup }: Transcript): Attribute[] {
  const lines = media.attributes.filter(({ name }) => PASSED.has(name) || T38.test(name));
  const explicit = [...media.attributes, ...session.attributes].some(({ name }) => DIRECTIONS.has(name));
  const answered = lines.map((line) =>
    line.name === "setup" && setup !== undefined ? { ...line, value: setup } : line,
  );
  return direction !== "sendrecv" || explicit ? [...answered, { name: direction }] : answered;
}

/**
 * A line with port 0 in the form of CUCM's answers (VID-02, VID-10): formats and rtpmaps stay, so that the slot is
 * recognised; nothing that configures the media does (VID-13).
 */
export function reject(media: MediaDescription): MediaDescription {
  const content = attributeOf(media, "content");
  const rtp = isRtp(media);
  const rtpmaps = relayableCodecs(media).flatMap((codec) => codecAttributes(codec).slice(0, 1));
  return {
    kind: media.kind,
    port: 0,
    protocol: media.protocol,
    formats: media.formats,
    ...(rtp ? {} : { connection: NOWHERE }),
    bandwidths: [],
    attributes: [...rtpmaps, ...(content ? [content] : []), ...(rtp ? [{ name: "inactive" }] : [])],
  };
}

/** Whether two lines can be the ends of one stream: kind, purpose and a transport that fits. */
export function alike(a: MediaDescription, b: MediaDescription | undefined): boolean {
  if (!b || a.kind.toLowerCase() !== b.kind.toLowerCase()) return false;
  const slides = [a, b].map((media) => contentOf(media)?.split(",").includes("slides") === true);
  if (slides[0] !== slides[1]) return false;
  return isRtp(a) ? isRtp(b) && isFecc(a) === isFecc(b) : a.protocol.toUpperCase() === b.protocol.toUpperCase();
}

/** RTP of kind `application`: told apart by what it carries. */
function isFecc(media: MediaDescription): boolean {
  return (
    media.kind.toLowerCase() === "application" &&
    relayableCodecs(media).some(({ name }) => name.toUpperCase() === "H224")
  );
}
