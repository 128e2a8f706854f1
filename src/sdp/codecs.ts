import type { Attribute, Codec, CodecModel, MediaDescription } from "./model.ts";
import { type MediaFields, readMediaAttribute } from "./transform.ts";

/** Payload types with a fixed meaning, RFC 3551 §6: name, clock rate, channels. */
const STATIC_PAYLOAD_TYPES: Readonly<Record<number, readonly [string, number, number?]>> = {
  0: ["PCMU", 8000],
  3: ["GSM", 8000],
  4: ["G723", 8000],
  5: ["DVI4", 8000],
  6: ["DVI4", 16000],
  7: ["LPC", 8000],
  8: ["PCMA", 8000],
  9: ["G722", 8000],
  10: ["L16", 44100, 2],
  11: ["L16", 44100],
  12: ["QCELP", 8000],
  13: ["CN", 8000],
  14: ["MPA", 90000],
  15: ["G728", 8000],
  16: ["DVI4", 11025],
  17: ["DVI4", 22050],
  18: ["G729", 8000],
  25: ["CelB", 90000],
  26: ["JPEG", 90000],
  28: ["nv", 90000],
  31: ["H261", 90000],
  32: ["MPV", 90000],
  33: ["MP2T", 90000],
  34: ["H263", 90000],
};

/** The codecs that phones of the simulator know by name. */
const KNOWN_CODECS: readonly CodecModel[] = [
  { name: "PCMU", clockRate: 8000, payloadType: 0 },
  { name: "PCMA", clockRate: 8000, payloadType: 8 },
  { name: "G722", clockRate: 8000, payloadType: 9 },
  { name: "G729", clockRate: 8000, payloadType: 18, fmtp: "annexb=no" },
  { name: "opus", clockRate: 48000, channels: 2, payloadType: 114, fmtp: "useinbandfec=1" },
  { name: "H264", clockRate: 90000, payloadType: 97, fmtp: "profile-level-id=42801f;packetization-mode=1" },
  { name: "H263", clockRate: 90000, payloadType: 34, fmtp: "QCIF=1;CIF=1" },
  { name: "VP8", clockRate: 90000, payloadType: 100 },
  { name: "H224", clockRate: 4800, payloadType: 107 },
];

/** The codec of that encoding name (without case) with the parameters our phones use. */
export function knownCodec(name: string): CodecModel | undefined {
  return KNOWN_CODECS.find((codec) => codec.name.toLowerCase() === name.toLowerCase());
}

/** Encoding names that `knownCodec` knows. */
export const KNOWN_CODEC_NAMES: readonly string[] = KNOWN_CODECS.map((codec) => codec.name);

/** RTP in all its transports: the formats are payload types then. */
export function isRtp(media: MediaDescription): boolean {
  return /(^|\/)RTP\//i.test(media.protocol);
}

/**
 * The codecs of an RTP line in the order of its formats; a dynamic payload type without rtpmap is left out.
 * Empty for other protocols.
 */
export function codecsOf(media: MediaDescription): Codec[] {
  if (!isRtp(media)) return [];
  const mapped = mappedCodecs(media.attributes);
  const parameters = formatParameters(media.attributes);
  const codecs: Codec[] = [];
  for (const format of media.formats) {
    if (!/^\d{1,3}$/.test(format)) continue;
    const payloadType = Number(format);
    const codec = mapped.get(payloadType) ?? staticCodec(payloadType);
    const fmtp = parameters.get(payloadType);
    if (codec) codecs.push({ payloadType, ...codec, ...(fmtp !== undefined && { fmtp }) });
  }
  return codecs;
}

type Mapping = Pick<Codec, "name" | "clockRate" | "channels">;

function staticCodec(payloadType: number): Mapping | undefined {
  const [name, clockRate, channels] = STATIC_PAYLOAD_TYPES[payloadType] ?? [];
  if (name === undefined || clockRate === undefined) return undefined;
  return { name, clockRate, ...(channels !== undefined && { channels }) };
}

function mappedCodecs(attributes: readonly Attribute[]): Map<number, Mapping> {
  const codecs = new Map<number, Mapping>();
  for (const rtp of readEach(attributes, "rtpmap", (fields) => fields.rtp)) {
    const payloadType = Number(rtp.payload);
    if (codecs.has(payloadType)) continue; // the first of several for one payload type counts
    const channels = Number(rtp.encoding ?? 1);
    codecs.set(payloadType, {
      name: String(rtp.codec),
      clockRate: Number(rtp.rate ?? 0),
      ...(channels > 1 && { channels }),
    });
  }
  return codecs;
}

function formatParameters(attributes: readonly Attribute[]): Map<number, string> {
  const parameters = new Map<number, string>();
  for (const fmtp of readEach(attributes, "fmtp", (fields) => fields.fmtp)) {
    const payloadType = Number(fmtp.payload);
    if (!parameters.has(payloadType)) parameters.set(payloadType, String(fmtp.config));
  }
  return parameters;
}

function readEach<T>(attributes: readonly Attribute[], name: string, pick: (fields: MediaFields) => readonly T[]): T[] {
  return attributes.flatMap((attribute) => {
    const fields = attribute.name === name ? readMediaAttribute(attribute) : undefined;
    return fields ? pick(fields) : [];
  });
}

/** Same encoding name (without case), clock rate and channels: what makes two payload types mean the same codec. */
export function sameEncoding(a: Mapping, b: Mapping): boolean {
  return (
    a.name.toLowerCase() === b.name.toLowerCase() &&
    a.clockRate === b.clockRate &&
    (a.channels ?? 1) === (b.channels ?? 1)
  );
}

/** `a=1;b=2` as a map, names in lower case. */
export function fmtpParameters(fmtp: string | undefined): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of fmtp?.split(";") ?? []) {
    const [name = "", ...value] = part.trim().split("=");
    if (name !== "") parameters.set(name.toLowerCase(), value.join("="));
  }
  return parameters;
}

/** Whether a payload type is only tones and events: it makes no usable audio alone (RFC 4733 §1). */
export function isTelephoneEvent(codec: Pick<Codec, "name">): boolean {
  return codec.name.toLowerCase() === "telephone-event";
}

/** The rtpmap and fmtp lines of a codec. */
export function codecAttributes(codec: Codec): Attribute[] {
  const { payloadType, name, clockRate, channels, fmtp } = codec;
  const encoding = channels === undefined ? `${name}/${clockRate}` : `${name}/${clockRate}/${channels}`;
  return [
    { name: "rtpmap", value: `${payloadType} ${encoding}` },
    ...(fmtp === undefined ? [] : [{ name: "fmtp", value: `${payloadType} ${fmtp}` }]),
  ];
}
