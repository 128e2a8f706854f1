/** Payload of a telephone-event packet, RFC 4733 §2.3. */
export interface TelephoneEvent {
  /** 0–15 are digits, see `DIGITS`; others are tones and signals. */
  readonly event: number;
  /** The E bit: the event is over. */
  readonly end: boolean;
  /** dBm0 without its sign, 0–63. */
  readonly volume: number;
  /** Since the packet's timestamp, in its units; 16 bits. */
  readonly duration: number;
}

/** Keys of a phone in the order of their event codes, RFC 4733 §3.2. */
export const DIGITS = "0123456789*#ABCD";

/** The longest duration that one segment of an event can tell (RFC 4733 §2.5.1.3). */
export const LONGEST_SEGMENT = 0xffff;

const PAYLOAD_OCTETS = 4;

/** The first event of a payload; undefined: it is too short for one. */
export function readTelephoneEvent(payload: Buffer): TelephoneEvent | undefined {
  if (payload.length < PAYLOAD_OCTETS) return undefined;
  const flags = payload[1] ?? 0;
  return {
    event: payload[0] ?? 0,
    end: flags >= 0x80,
    volume: flags & 0x3f,
    duration: payload.readUInt16BE(2),
  };
}

export function writeTelephoneEvent({ event, end, volume, duration }: TelephoneEvent): Buffer {
  const payload = Buffer.allocUnsafe(PAYLOAD_OCTETS);
  payload[0] = event;
  payload[1] = (end ? 0x80 : 0) | volume;
  payload.writeUInt16BE(duration, 2);
  return payload;
}

/** Event code of a key, `a`–`d` too; undefined: phones have no such key. */
export function eventOfDigit(digit: string): number | undefined {
  const event = digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1;
  return event < 0 ? undefined : event;
}

/** The key; undefined: the event is none. */
export function digitOfEvent(event: number): string | undefined {
  return DIGITS[event];
}
