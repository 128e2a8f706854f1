import { sequenceDistance, timestampDistance, type RtpPacket } from "./rtp-packet.ts";

/** Sequence numbers that jump further ahead than this are a new beginning rather than a loss (RFC 3550 appendix A.1). */
const MAX_DROPOUT = 3000;
/** Packets that come later than this are not told from a new beginning (RFC 3550 appendix A.1). */
const MAX_MISORDER = 100;
/** How many of the last sequence numbers are remembered, to tell a copy from a straggler. */
const REMEMBERED = 128;
/** Share of one deviation in the jitter, RFC 3550 §6.4.1. */
const JITTER_SHARE = 1 / 16;

/**
 * What became of the packets of one source, by the algorithms of RFC 3550 appendix A.1, A.3 and A.8. Without probation:
 * a phone's port is told to one peer only, and a short call should count all of its packets.
 */
export class SourceStatistics {
  packets = 0;
  duplicates = 0;
  outOfOrder = 0;
  /** In units of the clock rate. */
  jitter = 0;
  /** Highest sequence number, counted on over the wrap. */
  #highest: number;
  #first: number;
  /** Unique packets since `#first`, and losses before it. */
  #unique = 0;
  #lostBefore = 0;
  /** Where a jump would go on, if it is a new beginning. */
  #afterJump: number | undefined;
  #previous: { readonly timestamp: number; readonly arrival: number } | undefined;
  readonly #remembered = new Float64Array(REMEMBERED).fill(-1);

  constructor(first: RtpPacket) {
    this.#first = this.#highest = first.sequenceNumber;
  }

  get lost(): number {
    return this.#lostBefore + this.#missing;
  }

  /** @param arrival in units of the clock rate. */
  receive(packet: RtpPacket, arrival: number): void {
    this.packets += 1;
    const number = this.#place(packet.sequenceNumber);
    if (number === undefined) return;
    const slot = number % REMEMBERED;
    if (this.#remembered[slot] === number) {
      this.duplicates += 1;
      return;
    }
    this.#remembered[slot] = number;
    this.#unique += 1;
    this.#updateJitter(packet.timestamp, arrival);
  }

  get #missing(): number {
    return Math.max(0, this.#highest - this.#first + 1 - this.#unique);
  }

  /** The sequence number counted on over the wrap; undefined: too far off to belong anywhere yet. */
  #place(sequenceNumber: number): number | undefined {
    const distance = sequenceDistance(sequenceNumber, this.#highest & 0xffff);
    if (distance < MAX_DROPOUT && distance > -MAX_MISORDER) {
      this.#afterJump = undefined;
      const number = this.#highest + distance;
      if (distance > 0) this.#highest = number;
      else if (this.#unique > 0 && this.#remembered[number % REMEMBERED] !== number) this.#straggled(number);
      return number;
    }
    if (sequenceNumber !== this.#afterJump) {
      this.#afterJump = (sequenceNumber + 1) & 0xffff;
      return undefined;
    }
    this.#beginAnew(sequenceNumber);
    return this.#highest;
  }

  #straggled(number: number): void {
    this.outOfOrder += 1;
    this.#first = Math.min(this.#first, number);
  }

  #beginAnew(sequenceNumber: number): void {
    this.#lostBefore += this.#missing;
    this.#unique = 0;
    // Beyond what is remembered, and the same number modulo 2^16.
    this.#highest = (Math.floor(this.#highest / 0x10000) + 2) * 0x10000 + sequenceNumber;
    this.#first = this.#highest;
    this.#afterJump = undefined;
    this.#previous = undefined;
  }

  /** Packets with the timestamp of the one before tell nothing about the network: they belong to one event or frame. */
  #updateJitter(timestamp: number, arrival: number): void {
    const previous = this.#previous;
    if (previous?.timestamp === timestamp) return;
    this.#previous = { timestamp, arrival };
    if (!previous) return;
    const deviation = Math.abs(arrival - previous.arrival - timestampDistance(timestamp, previous.timestamp));
    this.jitter += (deviation - this.jitter) * JITTER_SHARE;
  }
}
