/** Direction of a stream as its sender sees it, RFC 3264 §5.1. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** The o= line. The numbers are text: they may exceed 2^53 (RFC 8866 §5.2). */
export interface Origin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/** A c= line; `address` keeps a TTL and a number of addresses (`224.2.1.1/127/3`). */
export interface Connection {
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/** A b= line; `value` is in kbit/s for AS and CT, in bit/s for TIAS, RS and RR. */
export interface Bandwidth {
  readonly type: string;
  readonly value: string;
}

/** An a= line, split at the first colon; without a colon it has no `value`. */
export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/** A line that the model has no field for: `i=`, `r=`, `k=`, a second `c=`, an unknown letter. */
export interface OtherLine {
  readonly letter: string;
  readonly value: string;
}

/** What a session and a media description have in common. */
export interface Description {
  readonly connection?: Connection;
  readonly bandwidths: readonly Bandwidth[];
  readonly attributes: readonly Attribute[];
  readonly others?: readonly OtherLine[];
  /**
   * Letters of the lines as they were read (`vosbct…`, or `mbca…`), so that they are written in that order again. Lines
   * added later follow in the order of RFC 8866 §9; without it that order holds for all.
   */
  readonly layout?: string;
}

/** An m= line and what belongs to it, RFC 8866 §5.14. */
export interface MediaDescription extends Description {
  /** `audio`, `video`, `application`, `image`… as spelt. */
  readonly kind: string;
  /** 0 when rejected, switched off, or `bundle-only`. */
  readonly port: number;
  /** The 2 of `m=audio 49170/2`. */
  readonly portCount?: number;
  /** `RTP/AVP`, `UDP/BFCP`, `udptl`… as spelt. */
  readonly protocol: string;
  /** Payload types for RTP, otherwise tokens (`*`, `t38`). */
  readonly formats: readonly string[];
}

/** A session description, RFC 8866 §5. Plain data: a change is a copy, `{ ...session, media }`. */
export interface SessionDescription extends Description {
  /** The v= line; `0`. */
  readonly version: string;
  readonly origin: Origin;
  /** The s= line; `-` or a space when there is nothing to say. */
  readonly name: string;
  /** The t= lines, `0 0` for a session without bounds. */
  readonly times: readonly string[];
  readonly media: readonly MediaDescription[];
}

/** A codec as one m-line lists it: rtpmap (or the static table of RFC 3551 §6) and fmtp together. */
export interface Codec {
  readonly payloadType: number;
  /** Encoding name as spelt; compare without case. */
  readonly name: string;
  readonly clockRate: number;
  /** Undefined means 1. */
  readonly channels?: number;
  /** Format parameters: what stands behind the payload type in `a=fmtp`. */
  readonly fmtp?: string;
}

/** Text of what a media line is for, as people say it. `slides` is a second video, `fecc` far-end camera control. */
export type MediaRole = "audio" | "video" | "slides" | "bfcp" | "fecc" | "fax";

/** A media line that is wanted, in words or with particulars. What `phone.call({ media })` takes. */
export type MediaSpec = MediaRole | MediaModel;

export interface MediaModel {
  readonly kind: MediaRole;
  /** Encoding names (`"H264"`), or codecs of one's own, in order of preference. Default: those of the session's options. */
  readonly codecs?: readonly (string | CodecModel)[];
  readonly direction?: Direction;
  /** 0: the line stands there, but is not wanted. */
  readonly port?: number;
  /** Lines put behind those that the role brings. */
  readonly attributes?: readonly Attribute[];
}

/** A codec to offer. */
export interface CodecModel {
  readonly name: string;
  readonly clockRate: number;
  readonly channels?: number;
  readonly fmtp?: string;
  /** Wished payload type; another dynamic one is taken where it is in use. Default: a free dynamic one. */
  readonly payloadType?: number;
}
