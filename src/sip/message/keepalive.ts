const STUN_HEADER_OCTETS = 20;
const STUN_MAGIC_COOKIE = 0x2112_a442;

/**
 * Whether a datagram is what phones send to keep a NAT binding open: nothing, CR, LF, blanks and NUL only, or a STUN
 * message. They are dropped. Deviates from RFC 5626 §4.4: STUN is not answered either, since an answer would promise
 * flows.
 */
export function isKeepalive(octets: Uint8Array): boolean {
  return isStun(octets) || octets.every(isFiller);
}

function isFiller(octet: number): boolean {
  return octet === 0x0d || octet === 0x0a || octet === 0x00 || octet === 0x20 || octet === 0x09;
}

/** First two bits zero, magic cookie at octet 4 (RFC 8489 §5). */
function isStun(octets: Uint8Array): boolean {
  if (octets.length < STUN_HEADER_OCTETS || (octets[0] ?? 0) > 0x3f) return false;
  return new DataView(octets.buffer, octets.byteOffset).getUint32(4) === STUN_MAGIC_COOKIE;
}
