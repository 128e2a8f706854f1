export type {
  Attribute,
  Bandwidth,
  Codec,
  CodecModel,
  Connection,
  Description,
  Direction,
  MediaDescription,
  MediaModel,
  MediaRole,
  MediaSpec,
  Origin,
  OtherLine,
  SessionDescription,
} from "./model.ts";
export { createAnswer } from "./answer.ts";
export {
  codecAttributes,
  codecsOf,
  fmtpParameters,
  isRtp,
  isTelephoneEvent,
  KNOWN_CODEC_NAMES,
  knownCodec,
  sameEncoding,
} from "./codecs.ts";
export { SdpParseError } from "./errors.ts";
export {
  attributeOf,
  complementOf,
  connectionOf,
  contentOf,
  directionOf,
  hasLiveMedia,
  isLive,
  narrowestOf,
  rejectedLine,
  roleOf,
  withDirection,
} from "./media.ts";
export { createOffer, holdOffer, resumeOffer } from "./offer.ts";
export type { SessionOptions } from "./options.ts";
export { parseSdp, SDP_LIMITS } from "./parse.ts";
export { nextVersion } from "./version.ts";
export { writeSdp } from "./write.ts";
