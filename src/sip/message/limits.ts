/** What a peer may send before it is refused. Beyond them a request gets 513 (RFC 3261 §21.5.7). */
export const LIMITS = {
  /** Octets of a whole message: the largest UDP datagram (RFC 3261 §18.1.1). */
  messageOctets: 65_535,
  /** Octets of start line and headers together, so that a stream cannot make us collect for ever. */
  headOctets: 65_535,
  /** Header lines of one message. */
  headerLines: 512,
  /** Largest number of CSeq, Expires and other 32-bit fields (RFC 3261 §8.1.1.5, §20.19). */
  uint32: 0xffff_ffff,
  maxForwards: 255,
  ttl: 255,
  port: 65_535,
} as const;
