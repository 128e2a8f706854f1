import { UsageError } from "../core/errors.ts";
import { codecAttributes, codecsOf, isRtp, sameEncoding } from "./codecs.ts";
import { attributeOf, isLive } from "./media.ts";
import type { Attribute, Codec, CodecModel, MediaDescription, MediaModel, MediaRole } from "./model.ts";

/** How a role stands in SDP. */
const LINES: Readonly<Record<MediaRole, { kind: string; protocol: string; format?: string }>> = {
  audio: { kind: "audio", protocol: "RTP/AVP" },
  video: { kind: "video", protocol: "RTP/AVP" },
  slides: { kind: "video", protocol: "RTP/AVP" },
  bfcp: { kind: "application", protocol: "UDP/BFCP", format: "*" },
  fecc: { kind: "application", protocol: "RTP/AVP" },
  fax: { kind: "image", protocol: "udptl", format: "t38" },
};

/** T.38 annex D, for version 0 over UDPTL. */
export const FAX_ATTRIBUTES: readonly Attribute[] = [
  { name: "T38FaxVersion", value: "0" },
  { name: "T38MaxBitRate", value: "14400" },
  { name: "T38FaxRateManagement", value: "transferredTCF" },
  { name: "T38FaxMaxBuffer", value: "200" },
  { name: "T38FaxMaxDatagram", value: "72" },
  { name: "T38FaxUdpEC", value: "t38UDPRedundancy" },
];

/** RFC 3551 §3. */
const DYNAMIC_PAYLOAD_TYPES = Array.from({ length: 32 }, (_, index) => 96 + index);

/** An offered line of the model, without direction and content. */
export function offeredLine(
  model: MediaModel,
  codecs: readonly CodecModel[],
  port: number,
  slot: MediaDescription | undefined,
): MediaDescription {
  const { kind, protocol, format } = LINES[model.kind];
  const numbered = numberCodecs(codecs, slot);
  return {
    kind,
    port,
    protocol,
    formats: format === undefined ? numbered.map((codec) => String(codec.payloadType)) : [format],
    bandwidths: [],
    attributes: [...numbered.flatMap(codecAttributes), ...roleAttributes(model.kind), ...(model.attributes ?? [])],
  };
}

function roleAttributes(role: MediaRole): readonly Attribute[] {
  if (role === "fax") return FAX_ATTRIBUTES;
  if (role !== "bfcp") return [];
  return [
    { name: "floorctrl", value: "c-s" },
    { name: "setup", value: "actpass" },
    { name: "connection", value: "new" },
  ];
}

/**
 * Gives each codec its payload type: the one it had in the slot, else its wish, else a free dynamic one. A number never
 * gets a second meaning in a slot (RFC 3264 §8.3.2).
 */
function numberCodecs(codecs: readonly CodecModel[], slot: MediaDescription | undefined): Codec[] {
  const before = slot ? codecsOf(slot) : [];
  const taken = new Set(before.map((codec) => codec.payloadType));
  return codecs.map(({ payloadType: wish, ...codec }) => {
    const known = before.find((other) => sameEncoding(other, codec) && other.fmtp === codec.fmtp);
    const payloadType = known?.payloadType ?? (wish !== undefined && !taken.has(wish) ? wish : freePayloadType(taken));
    taken.add(payloadType);
    return { payloadType, ...codec };
  });
}

function freePayloadType(taken: ReadonlySet<number>): number {
  const free = DYNAMIC_PAYLOAD_TYPES.find((payloadType) => !taken.has(payloadType));
  if (free !== undefined) return free;
  throw new UsageError("an RTP line has room for 32 dynamic payload types (96–127)", { code: "ERR_SDP_PAYLOAD_TYPES" });
}

/** The port a line goes on with: the one its slot had while it was the same kind of media. */
export function keptPort(slot: MediaDescription | undefined, kind: string): number | undefined {
  return slot && isLive(slot) && slot.kind.toLowerCase() === kind.toLowerCase() ? slot.port : undefined;
}

/** The kind that a role has in its m= line. */
export function kindOf(role: MediaRole): string {
  return LINES[role].kind;
}

/** Plain RTP; our phones have no keys for SAVP and treat AVPF feedback as optional (RFC 4585 §4). */
export function isPlainRtp(media: MediaDescription): boolean {
  return isRtp(media) && /^RTP\/AVPF?$/i.test(media.protocol);
}

/** What an answer says to what was offered, by attribute. RFC 8856 §5.1 (floorctrl), RFC 4145 §4.1 (setup), §5.1 (connection). */
const BFCP_ANSWERS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    "floorctrl",
    new Map([
      ["c-only", "s-only"],
      ["s-only", "c-only"],
      ["c-s", "c-s"],
    ]),
  ],
  [
    "setup",
    new Map([
      ["actpass", "active"],
      ["active", "passive"],
      ["passive", "active"],
      ["holdconn", "holdconn"],
    ]),
  ],
  [
    "connection",
    new Map([
      ["new", "new"],
      ["existing", "existing"],
    ]),
  ],
]);

/** BFCP attributes of an answer; what was not offered, or with a value that nobody knows, is left out. */
export function bfcpAnswerAttributes(offered: MediaDescription): Attribute[] {
  return [...BFCP_ANSWERS].flatMap(([name, byOffer]) => {
    const value = byOffer.get(attributeOf(offered, name)?.value ?? "");
    return value === undefined ? [] : [{ name, value }];
  });
}
