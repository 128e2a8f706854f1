/** An RTP packet, RFC 3550 §5.1. Contributing sources and header extensions are read over, never written. */
export interface RtpPacket {
  /** 0–127. */
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits, in units of the payload's clock rate. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
  readonly payload: Buffer;
}

const HEADER_OCTETS = 12;
const VERSION = 2;
/** Payload types that RTCP packets seem to have where both share a port (RFC 5761 §4): 192–223 without the marker bit. */
const RTCP_FIRST = 64;
const RTCP_LAST = 95;

/**
 * Reads a datagram; undefined: it is no RTP (another version, too short for what its header promises, RTCP). The
 * payload is a view into `octets`. Constant time: no loop runs over what the packet holds.
 */
export function readRtp(octets: Buffer): RtpPacket | undefined {
  if (octets.length < HEADER_OCTETS) return undefined;
  const first = octets[0] ?? 0;
  const second = octets[1] ?? 0;
  const payloadType = second & 0x7f;
  if (first >> 6 !== VERSION || (payloadType >= RTCP_FIRST && payloadType <= RTCP_LAST)) return undefined;
  const start = payloadStart(octets, first);
  const end = octets.length - paddingOctets(octets, first);
  if (start > end) return undefined;
  return {
    payloadType,
    marker: second >= 0x80,
    sequenceNumber: octets.readUInt16BE(2),
    timestamp: octets.readUInt32BE(4),
    ssrc: octets.readUInt32BE(8),
    payload: octets.subarray(start, end),
  };
}

/** Behind the contributing sources and the extension (RFC 3550 §5.3.1); beyond the end where they are cut off. */
function payloadStart(octets: Buffer, first: number): number {
  const fixed = HEADER_OCTETS + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return fixed;
  return fixed + 4 > octets.length ? Infinity : fixed + 4 + 4 * octets.readUInt16BE(fixed + 2);
}

/** The last octet counts the padding, itself too; so it cannot be 0. */
function paddingOctets(octets: Buffer, first: number): number {
  if ((first & 0x20) === 0) return 0;
  return octets[octets.length - 1] || Infinity;
}

export function writeRtp(packet: RtpPacket): Buffer {
  const octets = Buffer.allocUnsafe(HEADER_OCTETS + packet.payload.length);
  octets[0] = VERSION << 6;
  octets[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  octets.writeUInt16BE(packet.sequenceNumber, 2);
  octets.writeUInt32BE(packet.timestamp, 4);
  octets.writeUInt32BE(packet.ssrc, 8);
  packet.payload.copy(octets, HEADER_OCTETS);
  return octets;
}

/** How far `later` is ahead of `earlier`, both 16 bits that wrap around; negative: it is behind. */
export function sequenceDistance(later: number, earlier: number): number {
  return ((later - earlier) << 16) >> 16;
}

/** How far `later` is ahead of `earlier`, both 32 bits that wrap around; negative: it is behind. */
export function timestampDistance(later: number, earlier: number): number {
  return (later - earlier) | 0;
}
