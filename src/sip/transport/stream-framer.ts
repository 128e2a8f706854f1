import { frameLength, LIMITS, SipParseError } from "../message/index.ts";

/** What a framer finds, in the order of the stream. */
export interface FramerSink {
  /** One whole message; `octets` are never written to again. */
  message(octets: Buffer): void;
  /** CRLF CRLF between messages, to be answered with one CRLF (RFC 5626 §3.5.1). */
  ping(): void;
  /** The last call: where the next message begins can't be told. `octets` are what came of this one. */
  broken(error: SipParseError, octets: Buffer): void;
}

const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;
const HEAD_END = Buffer.from("\r\n\r\n");
const NOTHING = Buffer.alloc(0);
const SMALLEST_BUFFER = 4096;

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §7.5, §18.3). Incremental and linear: each octet is looked at
 * once and copied a bounded number of times, however the stream is cut into segments; no more than one message is kept.
 */
export class StreamFramer {
  readonly #sink: FramerSink;
  /** The message that is being collected is `#buffer[#start, #end)`. */
  #buffer: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  /** Before this place in the buffer the head does not end. */
  #searched = 0;
  /** Octets of the whole message; 0 while its head is not complete. */
  #length = 0;
  /** How much of CRLF CRLF came between messages. */
  #pingOctets = 0;
  #stopped = false;

  constructor(sink: FramerSink) {
    this.#sink = sink;
  }

  /** Whether a message has begun and not ended. */
  get midMessage(): boolean {
    return this.#end > this.#start;
  }

  push(segment: Buffer): void {
    if (this.#stopped) return;
    if (this.midMessage) this.#append(segment);
    else this.#use(segment, segment.length);
    while (this.#next());
    if (!this.midMessage) this.#use(NOTHING, 0);
  }

  /** The stream has ended. What came of a message is handed out, and its reader will find it cut. */
  finish(): void {
    const octets = this.#buffer.subarray(this.#start, this.#end);
    this.#stop();
    if (octets.length > 0) this.#sink.message(octets);
  }

  /** Hands out one more message; false where octets are missing, or all is lost. */
  #next(): boolean {
    if (this.#length === 0) {
      if (this.#searched === this.#start) this.#skipFill();
      if (!this.#findHead()) return false;
    }
    if (this.#end - this.#start < this.#length) return false;
    const octets = this.#buffer.subarray(this.#start, this.#start + this.#length);
    this.#start += this.#length;
    this.#searched = this.#start;
    this.#length = 0;
    this.#sink.message(octets);
    return true;
  }

  /** Line ends before a start line mean nothing (RFC 3261 §7.5), two in a row are a ping; some phones send NULs. */
  #skipFill(): void {
    for (; this.#start < this.#end; this.#start += 1) {
      const octet = this.#buffer[this.#start];
      if (octet !== CR && octet !== LF && octet !== NUL) break;
      const expected = this.#pingOctets % 2 === 0 ? CR : LF;
      if (octet === expected) this.#pingOctets += 1;
      else this.#pingOctets = octet === CR ? 1 : 0;
      if (this.#pingOctets === HEAD_END.length) {
        this.#pingOctets = 0;
        this.#sink.ping();
      }
    }
    if (this.#start < this.#end) this.#pingOctets = 0;
    this.#searched = this.#start;
  }

  /** Learns the message's length once its head is complete; false where it is not, or is broken. */
  #findHead(): boolean {
    const found = this.#buffer.subarray(0, this.#end).indexOf(HEAD_END, this.#searched);
    const headLength = (found < 0 ? this.#end : found + HEAD_END.length) - this.#start;
    if (headLength > LIMITS.headOctets) return this.#break(new SipParseError("headers too long", { status: 513 }));
    if (found < 0) {
      this.#searched = Math.max(this.#start, this.#end - HEAD_END.length + 1);
      return false;
    }
    try {
      this.#length = frameLength(this.#buffer.subarray(this.#start, this.#start + headLength)) ?? headLength;
      return true;
    } catch (error) {
      if (error instanceof SipParseError) return this.#break(error);
      throw error;
    }
  }

  #break(error: SipParseError): false {
    const octets = this.#buffer.subarray(this.#start, this.#end);
    this.#stop();
    this.#sink.broken(error, octets);
    return false;
  }

  #stop(): void {
    this.#stopped = true;
    this.#use(NOTHING, 0);
  }

  #append(segment: Buffer): void {
    if (this.#end + segment.length > this.#buffer.length) this.#move(segment.length);
    // Nothing is overwritten: messages handed out lie before `#start`, and a segment of the network's has no room left.
    segment.copy(this.#buffer, this.#end);
    this.#end += segment.length;
  }

  /** Moves what is kept into a buffer of its own, with room for `more` octets and as much again. */
  #move(more: number): void {
    const kept = this.#end - this.#start;
    const room = Math.max(SMALLEST_BUFFER, this.#length, 2 * (kept + more));
    const buffer = Buffer.allocUnsafeSlow(room);
    this.#buffer.copy(buffer, 0, this.#start, this.#end);
    this.#searched -= this.#start;
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = kept;
  }

  #use(buffer: Buffer, end: number): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = end;
    this.#searched = 0;
    this.#length = 0;
  }
}
