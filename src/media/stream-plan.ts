import { isIP } from "node:net";
import {
  codecsOf,
  complementOf,
  connectionOf,
  directionOf,
  isLive,
  isRtp,
  isTelephoneEvent,
  narrowestOf,
  roleOf,
  sameEncoding,
  type Codec,
  type Direction,
  type MediaDescription,
  type SessionDescription,
} from "../sdp/index.ts";
import { isSpoken } from "./audio-frames.ts";

/** The descriptions that both sides of a session hold on to, as one of them sees it. */
export interface Negotiated {
  readonly local: SessionDescription;
  readonly remote: SessionDescription;
}

/** Where and what a stream sends. The payload types are those that the peer listed (RFC 3264 §5.1). */
export interface SendingPlan {
  readonly host: string;
  readonly port: number;
  readonly codec: Codec;
  /** Of telephone-event; undefined: the peer takes none. */
  readonly eventPayloadType: number | undefined;
}

/** What one m-line came to. */
export interface StreamPlan {
  /** From 1, as people count m-lines. */
  readonly line: number;
  /** `audio`, `video`, `slides`…; else the media name of the line. */
  readonly kind: string;
  /** Both sides gave a port. */
  readonly live: boolean;
  /** As this side sees it. `inactive` where the line is not live. */
  readonly direction: Direction;
  /** The port this side told; 0: none. */
  readonly localPort: number;
  /** `host:port` of the other side where the line is live. */
  readonly remote: string | undefined;
  /** Codecs by the payload types that this side listed: what it expects to receive. */
  readonly listed: ReadonlyMap<number, Codec>;
  /** Undefined: nothing is to be sent. */
  readonly sending: SendingPlan | undefined;
}

/** What a negotiated session means for the RTP of each of its m-lines; others than RTP are left out. */
export function planStreams({ local, remote }: Negotiated): StreamPlan[] {
  return local.media.flatMap((own, index) => {
    const theirs = remote.media[index];
    return theirs && isRtp(own)
      ? [planStream({ session: local, media: own }, { session: remote, media: theirs }, index + 1)]
      : [];
  });
}

interface Place {
  readonly session: SessionDescription;
  readonly media: MediaDescription;
}

function planStream(own: Place, theirs: Place, line: number): StreamPlan {
  const live = isLive(own.media) && isLive(theirs.media);
  const host = connectionOf(theirs.session, theirs.media)?.address ?? "";
  const direction = live ? directionBetween(own, theirs, host) : "inactive";
  return {
    line,
    kind: roleOf(own.media) ?? roleOf(theirs.media) ?? own.media.kind,
    live,
    direction,
    localPort: own.media.port,
    remote: live ? `${host}:${theirs.media.port}` : undefined,
    listed: new Map(codecsOf(own.media).map((codec) => [codec.payloadType, codec])),
    sending:
      direction === "sendrecv" || direction === "sendonly" ? planSending(own.media, theirs.media, host) : undefined,
  };
}

/** `c=0.0.0.0` is the hold of RFC 2543: who says it takes nothing (RFC 3264 §8.4). */
function directionBetween(own: Place, theirs: Place, host: string): Direction {
  const both = narrowestOf(
    directionOf(own.session, own.media),
    complementOf(directionOf(theirs.session, theirs.media)),
  );
  return host === "0.0.0.0" ? narrowestOf(both, "recvonly") : both;
}

/** In plain RTP, for want of keys, with a codec that both listed and we speak: audio. */
function planSending(own: MediaDescription, theirs: MediaDescription, host: string): SendingPlan | undefined {
  if (!/^RTP\/AVPF?$/i.test(theirs.protocol) || isIP(host) === 0) return undefined;
  const mine = codecsOf(own);
  const common = codecsOf(theirs).filter((codec) => mine.some((other) => sameEncoding(other, codec)));
  const codec = common.find(isSpoken);
  if (!codec) return undefined;
  const events = common.find((other) => isTelephoneEvent(other) && other.clockRate === codec.clockRate);
  return { host, port: theirs.port, codec, eventPayloadType: events?.payloadType };
}
