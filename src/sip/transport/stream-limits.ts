/** How long a connection may be what it is, and what it may hold. Times in ms. */
export const STREAM_LIMITS = {
  /** Unanswered SYN: sooner than the kernel's two minutes, and than Timer B and F. */
  connectMs: 10_000,
  /** From an open TCP connection to a TLS session, on either side. */
  handshakeMs: 10_000,
  /** An accepted connection that brought no whole message yet: 64*T1, as long as any transaction. */
  firstMessageMs: 32_000,
  /** From a message's first octet to its last. */
  messageMs: 32_000,
  /** One side has closed: 64*T1, so that responses of running transactions still get out (RFC 3261 §18). */
  halfClosedMs: 32_000,
  /** Nothing sent or received. Two usual registrations: a phone is called over the connection it registered on. */
  idleMs: 7_200_000,
  /** How often the ages are looked at. */
  sweepMs: 4_000,
  /** On close, until what was written has to be out. */
  flushMs: 1_000,
  /** Octets that wait for a peer that does not read, or is not connected yet; beyond them it is given up. */
  unsentOctets: 1_048_576,
} as const;
