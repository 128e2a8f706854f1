import { codecAttributes, codecsOf, isRtp, isTelephoneEvent, sameEncoding } from "./codecs.ts";
import { agreedParameters } from "./format-parameters.ts";
import { bfcpAnswerAttributes, FAX_ATTRIBUTES, isPlainRtp, keptPort } from "./lines.ts";
import {
  attributeOf,
  complementOf,
  connectionOf,
  directionOf,
  isLive,
  narrowestOf,
  rejectedLine,
  roleOf,
  withDirection,
} from "./media.ts";
import type {
  Attribute,
  Codec,
  CodecModel,
  Direction,
  MediaDescription,
  MediaModel,
  SessionDescription,
} from "./model.ts";
import { codecModelsOf, connectionTo, modelOf, originOf, type SessionOptions } from "./options.ts";
import { nextVersion } from "./version.ts";

/**
 * The answer to `offer`: the same lines in the same order, each accepted where an entry of `media` with its role is left,
 * its live port and a common codec given, else refused with port 0. Codecs are matched by name, rate, channels and format
 * parameters, and keep the payload types and the order of the offer. When nothing is live (`hasLiveMedia`), 488 says it
 * better.
 * @throws {UsageError} ERR_SDP_CODEC: a codec name that is not known.
 * @see RFC 3264 §6
 */
export function createAnswer(offer: SessionDescription, options: SessionOptions): SessionDescription {
  const wanted = options.media.map(modelOf);
  const media = offer.media.map((offered, index) => {
    const place = isLive(offered) ? wanted.findIndex((model) => model.kind === roleOf(offered)) : -1;
    const model = wanted[place];
    const line = model && acceptedLine(offer, offered, { model, options, slot: options.previous?.media[index] });
    // What cannot be accepted leaves the entry for a line further down: audio is offered over SRTP first, then without.
    if (line || model?.port === 0) wanted.splice(place, 1);
    return line ?? rejectedLine(offered);
  });
  const answer: SessionDescription = {
    version: "0",
    origin: originOf(options),
    name: "-",
    connection: connectionTo(options.address),
    bandwidths: [],
    times: offer.times,
    attributes: [],
    media,
  };
  return options.previous ? nextVersion(options.previous, answer) : answer;
}

interface Acceptance {
  readonly model: MediaModel;
  readonly options: SessionOptions;
  readonly slot: MediaDescription | undefined;
}

/** Undefined where the line is to be refused. */
function acceptedLine(
  offer: SessionDescription,
  offered: MediaDescription,
  acceptance: Acceptance,
): MediaDescription | undefined {
  const { model, options, slot } = acceptance;
  const attributes = model.port === 0 ? undefined : answerAttributes(offered, acceptance);
  if (!attributes) return undefined;
  const line: MediaDescription = {
    kind: offered.kind,
    port: model.port ?? keptPort(slot, offered.kind) ?? options.ports(),
    protocol: offered.protocol,
    formats: attributes.formats,
    bandwidths: [],
    attributes: [...attributes.attributes, ...(model.attributes ?? [])],
  };
  if (!isRtp(offered)) return line;
  const own = model.direction ?? options.direction ?? "sendrecv";
  return withDirection(line, narrowestOf(complementOf(offeredDirection(offer, offered)), own));
}

interface Accepted {
  readonly formats: readonly string[];
  readonly attributes: readonly Attribute[];
}

function answerAttributes(offered: MediaDescription, { model, options }: Acceptance): Accepted | undefined {
  if (model.kind === "fax") return { formats: offered.formats, attributes: FAX_ATTRIBUTES };
  if (model.kind === "bfcp") return { formats: offered.formats, attributes: bfcpAnswerAttributes(offered) };
  if (!isPlainRtp(offered)) return undefined;
  const codecs = commonCodecs(offered, codecModelsOf(model, options));
  if (codecs.every(isTelephoneEvent)) return undefined;
  const content = attributeOf(offered, "content");
  return {
    formats: codecs.map((codec) => String(codec.payloadType)),
    attributes: [...codecs.flatMap(codecAttributes), ...(content ? [content] : [])],
  };
}

function commonCodecs(offered: MediaDescription, own: readonly CodecModel[]): Codec[] {
  return codecsOf(offered).flatMap((codec) => {
    for (const candidate of own) {
      if (!sameEncoding(candidate, codec)) continue;
      const agreed = agreedParameters(codec.name, candidate.fmtp, codec.fmtp);
      if (!agreed) continue;
      return [withParameters(codec, agreed.fmtp)];
    }
    return [];
  });
}

function withParameters({ payloadType, name, clockRate, channels }: Codec, fmtp: string | undefined): Codec {
  return {
    payloadType,
    name,
    clockRate,
    ...(channels !== undefined && { channels }),
    ...(fmtp !== undefined && { fmtp }),
  };
}

/** `c=0.0.0.0` is the hold of RFC 2543: the offerer takes nothing (RFC 3264 §8.4). Understood, never made. */
function offeredDirection(offer: SessionDescription, offered: MediaDescription): Direction {
  const direction = directionOf(offer, offered);
  return connectionOf(offer, offered)?.address === "0.0.0.0" ? narrowestOf(direction, "sendonly") : direction;
}
