import { timestampDistance, type RtpPacket } from "./rtp-packet.ts";
import { digitOfEvent, LONGEST_SEGMENT, readTelephoneEvent } from "./telephone-event.ts";

/** After that long without a packet an event is over, though its end was not heard: three intervals of the slowest senders. */
const SILENCE_ENDS_MS = 150;
/** Segments follow each other at nearly the longest duration; a shorter one was simply the whole event. */
const SHORTEST_SEGMENT = LONGEST_SEGMENT >> 1;

/** A digit that was heard, while it is pressed and after. */
export interface HeardDigit {
  readonly digit: string;
  /** So far; as told by the sender. */
  readonly durationMs: number;
  /** Its end was told, or is taken for granted: another one began, or nothing came for 150 ms. */
  readonly ended: boolean;
}

interface Event {
  readonly code: number;
  readonly ssrc: number;
  /** Start of the segment. */
  timestamp: number;
  /** Of the segment so far. */
  duration: number;
  /** Of the segments before it. */
  before: number;
  ended: boolean;
  heardAt: number;
}

/**
 * Reads the telephone-events of a stream (RFC 4733 §2.5.2). A new timestamp makes a new event, whatever the marker says,
 * so that an event whose start was lost is heard, and the same key pressed twice is heard twice.
 */
export class EventReceiver {
  #current: Event | undefined;

  /**
   * Takes a packet of the payload type for events.
   * @param now ms of the clock.
   * @returns the digit that begins with it; undefined: it goes on with one, or is none.
   */
  receive(packet: RtpPacket, clockRate: number, now: number): ((at: number) => HeardDigit) | undefined {
    const told = readTelephoneEvent(packet.payload);
    if (!told) return undefined;
    const current = this.#current;
    const ahead = current?.ssrc === packet.ssrc ? timestampDistance(packet.timestamp, current.timestamp) : undefined;
    // A copy or a straggler of an event that is over.
    if (ahead !== undefined && ahead < 0) return undefined;
    if (current && ahead !== undefined && (ahead === 0 || isNextSegment(current, ahead, packet, told.event))) {
      if (ahead > 0) {
        current.before += ahead;
        current.timestamp = packet.timestamp;
        current.duration = 0;
      }
      current.duration = Math.max(current.duration, told.duration);
      current.ended ||= told.end;
      current.heardAt = now;
      return undefined;
    }
    if (current) current.ended = true;
    return this.#begin(packet, told, clockRate, now);
  }

  #begin(
    { ssrc, timestamp }: RtpPacket,
    told: { readonly event: number; readonly end: boolean; readonly duration: number },
    clockRate: number,
    now: number,
  ): ((at: number) => HeardDigit) | undefined {
    const { event: code, end: ended, duration } = told;
    const event: Event = { code, ssrc, timestamp, duration, before: 0, ended, heardAt: now };
    this.#current = event;
    const digit = digitOfEvent(code);
    if (digit === undefined) return undefined;
    return (at) => ({
      digit,
      durationMs: Math.round(((event.before + event.duration) * 1000) / clockRate),
      ended: event.ended || at - event.heardAt > SILENCE_ENDS_MS,
    });
  }
}

/** An event longer than 65,535 units goes on under a later timestamp, with neither marker nor end between (§2.5.1.3). */
function isNextSegment(current: Event, ahead: number, { marker }: RtpPacket, code: number): boolean {
  return (
    code === current.code &&
    !marker &&
    !current.ended &&
    current.duration > SHORTEST_SEGMENT &&
    ahead >= current.duration &&
    ahead <= LONGEST_SEGMENT
  );
}
