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
  /**
   * Codecs that are passed on, with the numbers of the phone that listed them: media goes direct, so these are the ones
   * that the other phone has to send with (RFC 3264 §5.1, §6.1; docs/decisions/0007). Empty unless RTP.
   */
  readonly codecs: readonly Codec[];
  readonly direction: Direction;
  /** As the reading phone's own line has it where it differs, `RTP/AVPF` for `RTP/AVP`. */
  readonly protocol: string;
  readonly setup?: string | undefined;
}

/** The line as the other phone described it, less what is not passed on. */
export function transcribe(transcript: Transcript): MediaDescription {
  const { session, media, codecs, protocol } = transcript;
  const connection = media.connection ?? session.connection;
  const formats = isRtp(media) ? codecs.map(({ payloadType }) => String(payloadType)) : media.formats;
  return {
    kind: media.kind,
    port: media.port,
    ...(media.portCount !== undefined && { portCount: media.portCount }),
    protocol,
    formats,
    ...(connection && { connection }),
    bandwidths: media.bandwidths,
    attributes: [...codecLines(media, codecs), ...passedLines(transcript)],
  };
}

function codecLines(media: MediaDescription, codecs: readonly Codec[]): Attribute[] {
  const feedback = media.attributes.filter(({ name }) => name === "rtcp-fb");
  const ofAll = feedback.filter(({ value }) => value?.startsWith("* "));
  const ofEach = codecs.flatMap((codec) => {
    const own = `${codec.payloadType} `;
    return [...codecAttributes(codec), ...feedback.filter(({ value }) => value?.startsWith(own))];
  });
  return [...ofAll, ...ofEach];
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
  return transportOf(a) === transportOf(b) && isFecc(a) === isFecc(b);
}

/** Feedback is optional, so that `RTP/AVPF` goes with `RTP/AVP` (RFC 4585 §4). */
function transportOf(media: MediaDescription): string {
  const protocol = media.protocol.toUpperCase();
  return isRtp(media) ? protocol.replace(/AVPF$/, "AVP") : protocol;
}

/** RTP of kind `application`: told apart by what it carries. */
function isFecc(media: MediaDescription): boolean {
  return (
    media.kind.toLowerCase() === "application" &&
    relayableCodecs(media).some(({ name }) => name.toUpperCase() === "H224")
  );
}
