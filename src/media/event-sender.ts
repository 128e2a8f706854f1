import { UsageError } from "../core/errors.ts";
import { eventOfDigit, writeTelephoneEvent } from "./telephone-event.ts";

/** Packets that end an event: the last one and its copies, in case some are lost (RFC 4733 §2.5.1.4). */
const END_PACKETS = 3;
/** dBm0 without its sign: as loud as phones commonly say. */
const VOLUME = 10;
/** How long a key is down where the script doesn't say, ms. */
const DIGIT_MS = 100;
/** ITU-T Q.24 asks receivers to take keys of 40 ms. */
const SHORTEST_DIGIT_MS = 40;
/** A duration that fits into one segment at any clock rate up to 8 kHz (RFC 4733 §2.5.1.3). */
const LONGEST_DIGIT_MS = 5000;
/** Between two keys; Q.24 asks for 40. The copies of the last packet fall into it. */
const PAUSE_MS = 60;

export interface DigitOptions {
  /** How long each key is down, ms, 40 to 5000, in steps of 20. Default 100. */
  readonly digitMs?: number;
}

/** A packet of an event, but for what the stream knows: its number, SSRC and payload type. */
export interface EventPacket {
  readonly marker: boolean;
  /** When the event began. */
  readonly timestamp: number;
  readonly payload: Buffer;
}

/** A key that is or will be down, counted in frames. */
interface Pressed {
  readonly event: number;
  readonly frames: number;
  /** Frames of the pause behind it. */
  readonly pause: number;
}

/** Told when the last packet of what was pressed is out, or that it never will be. */
export type PressedListener = (complete: boolean) => void;

/**
 * Digits to be told as telephone-events, frame by frame (RFC 4733 §2.5.1): the packets of one event have the timestamp of
 * its start, durations that grow, the marker on the first and the E bit on the last three. Pure; the stream paces it.
 */
export class EventSender {
  readonly #samplesPerFrame: number;
  readonly #frameMs: number;
  #queue: Pressed[] = [];
  #frame = 0;
  #startedAt = 0;
  #listeners: PressedListener[] = [];

  constructor(frameMs: number, samplesPerFrame: number) {
    this.#frameMs = frameMs;
    this.#samplesPerFrame = samplesPerFrame;
  }

  /** Whether digits are on their way; audio rests until then (RFC 4733 §2.5.1.2). */
  get busy(): boolean {
    return this.#queue.length > 0;
  }

  /**
   * Puts digits into the queue.
   * @param done is called when the queue is empty or given up.
   * @throws {UsageError} ERR_DIGITS
   */
  press(digits: string, { digitMs = DIGIT_MS }: DigitOptions, done: PressedListener): void {
    const events = readDigits(digits);
    if (!(digitMs >= SHORTEST_DIGIT_MS && digitMs <= LONGEST_DIGIT_MS)) {
      throw new UsageError(`a key is down for ${SHORTEST_DIGIT_MS} to ${LONGEST_DIGIT_MS} ms, not ${digitMs}`, {
        code: "ERR_DIGITS",
        details: { digitMs },
      });
    }
    const frames = Math.ceil(digitMs / this.#frameMs);
    const pause = Math.ceil(PAUSE_MS / this.#frameMs);
    this.#queue.push(...events.map((event) => ({ event, frames, pause })));
    this.#listeners.push(done);
  }

  /**
   * What goes out in this frame; undefined: nothing.
   * @param timestamp of the frame.
   */
  next(timestamp: number): EventPacket | undefined {
    const [pressed] = this.#queue;
    if (!pressed) return undefined;
    this.#frame += 1;
    const frame = this.#frame;
    if (frame === 1) this.#startedAt = timestamp;
    if (frame === pressed.frames + pressed.pause) this.#release();
    if (frame >= pressed.frames + END_PACKETS) return undefined;
    return {
      marker: frame === 1,
      timestamp: this.#startedAt,
      payload: writeTelephoneEvent({
        event: pressed.event,
        end: frame >= pressed.frames,
        volume: VOLUME,
        duration: Math.min(frame, pressed.frames) * this.#samplesPerFrame,
      }),
    };
  }

  /** Gives up what is left. */
  abandon(): void {
    this.#queue = [];
    this.#tell(false);
  }

  #release(): void {
    this.#queue.shift();
    this.#frame = 0;
    if (this.#queue.length === 0) this.#tell(true);
  }

  #tell(complete: boolean): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener(complete);
  }
}

/**
 * The event codes of keys.
 * @throws {UsageError} ERR_DIGITS: a character that no key has, or none at all.
 */
export function readDigits(digits: string): number[] {
  const events = Array.from(digits, eventOfDigit);
  if (events.length > 0 && events.every((event) => event !== undefined)) return events;
  throw new UsageError(`"${digits}" is not made of keys of a phone: 0–9, *, #, A–D`, {
    code: "ERR_DIGITS",
    details: { digits },
  });
}
