import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { KNOWN_CODEC_NAMES, knownCodec } from "./codecs.ts";
import type {
  CodecModel,
  Connection,
  Direction,
  MediaModel,
  MediaRole,
  MediaSpec,
  Origin,
  SessionDescription,
} from "./model.ts";

/** What one side of a session brings to `createOffer` and `createAnswer`. */
export interface SessionOptions {
  /** The media lines wanted, in this order. An answer accepts one offered line of its role for each. */
  readonly media: readonly MediaSpec[];
  /** IPv4 or IPv6 address for o= and c=. */
  readonly address: string;
  /** A port for the next live line; asked once for each that does not keep the one it had. */
  readonly ports: () => number;
  readonly origin: { readonly username?: string; readonly sessionId: string };
  /** Version of a first description, decimal text. Default `1`. With `previous` the version follows from it. */
  readonly version?: string;
  /** In order of preference. Default PCMU, PCMA, G722. */
  readonly audioCodecs?: readonly (string | CodecModel)[];
  /** In order of preference. Default H264, H263, VP8. */
  readonly videoCodecs?: readonly (string | CodecModel)[];
  /** Payload type of telephone-event (RFC 4733) in audio lines, false for none. Default 101. */
  readonly telephoneEvent?: number | false;
  /** Of lines whose spec has none. Default `sendrecv`. */
  readonly direction?: Direction;
  /** What this side last sent in the dialog: its slots, ports, payload types, origin and version go on. */
  readonly previous?: SessionDescription | undefined;
}

const DEFAULT_AUDIO_CODECS = ["PCMU", "PCMA", "G722"];
const DEFAULT_VIDEO_CODECS = ["H264", "H263", "VP8"];
const DEFAULT_TELEPHONE_EVENT = 101;

export function modelOf(spec: MediaSpec): MediaModel {
  return typeof spec === "string" ? { kind: spec } : spec;
}

/** The codecs of an RTP line of that model, telephone-event last; none for other roles. */
export function codecModelsOf(model: MediaModel, options: SessionOptions): CodecModel[] {
  const codecs = (model.codecs ?? defaultCodecs(model.kind, options)).map(resolveCodec);
  const payloadType = options.telephoneEvent ?? DEFAULT_TELEPHONE_EVENT;
  if (model.kind !== "audio" || payloadType === false) return codecs;
  return [...codecs, { name: "telephone-event", clockRate: 8000, payloadType, fmtp: "0-15" }];
}

function defaultCodecs(role: MediaRole, options: SessionOptions): readonly (string | CodecModel)[] {
  switch (role) {
    case "audio":
      return options.audioCodecs ?? DEFAULT_AUDIO_CODECS;
    case "video":
    case "slides":
      return options.videoCodecs ?? DEFAULT_VIDEO_CODECS;
    case "fecc":
      return ["H224"];
    case "bfcp":
    case "fax":
      return [];
  }
}

function resolveCodec(codec: string | CodecModel): CodecModel {
  if (typeof codec !== "string") return codec;
  const known = knownCodec(codec);
  if (known) return known;
  throw new UsageError(
    `unknown codec "${codec}".${didYouMean(codec, KNOWN_CODEC_NAMES)} Others are given as { name, clockRate, … }.`,
    { code: "ERR_SDP_CODEC", details: { codec } },
  );
}

export function originOf(options: SessionOptions): Origin {
  const { addressType, networkType, address } = connectionTo(options.address);
  const { username = "-", sessionId } = options.origin;
  return (
    options.previous?.origin ?? {
      username,
      sessionId,
      sessionVersion: options.version ?? "1",
      networkType,
      addressType,
      address,
    }
  );
}

export function connectionTo(address: string): Connection {
  return { networkType: "IN", addressType: address.includes(":") ? "IP6" : "IP4", address };
}
