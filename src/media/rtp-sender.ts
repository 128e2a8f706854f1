import { UnexpectedOutcomeError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { FRAME_MS, FRAME_SAMPLES, frameOf, type AudioSource } from "./audio-frames.ts";
import { EventSender, type DigitOptions, type PressedListener } from "./event-sender.ts";
import type { Paced } from "./pacer.ts";
import { writeRtp } from "./rtp-packet.ts";
import type { SendingPlan } from "./stream-plan.ts";

/** What a stream sent, in plain numbers. */
export interface Sent {
  readonly packets: number;
  /** Of those, packets of telephone-events. */
  readonly events: number;
  readonly ssrc: number;
  /** Packets by payload type. */
  readonly payloadTypes: Readonly<Record<number, number>>;
}

export type Transmit = (octets: Buffer, port: number, host: string) => void;

/** The sending half of a stream: a packet each frame, of sound or of a telephone-event, in one sequence (RFC 4733 §2.2). */
export class RtpSender implements Paced {
  source: AudioSource = "tone";
  readonly #ssrc: number;
  readonly #firstTimestamp: number;
  readonly #digits = new EventSender(FRAME_MS, FRAME_SAMPLES);
  readonly #payloadTypes = new Map<number, number>();
  #sequenceNumber: number;
  #plan: SendingPlan | undefined;
  #transmit: Transmit = () => undefined;
  /** Sound begins, or begins again after a pause: its first packet is marked (RFC 3551 §4.1). */
  #afterPause = true;
  #packets = 0;
  #events = 0;

  /** Starts its numbers anywhere, RFC 3550 §5.1. */
  constructor(ids: Ids) {
    this.#ssrc = ids.integer(2 ** 32);
    this.#firstTimestamp = ids.integer(2 ** 32);
    this.#sequenceNumber = ids.integer(2 ** 16);
  }

  get sent(): Sent {
    return {
      packets: this.#packets,
      events: this.#events,
      ssrc: this.#ssrc,
      payloadTypes: Object.fromEntries(this.#payloadTypes),
    };
  }

  /** What is to be sent from now on, and from which port. */
  direct(plan: SendingPlan, transmit: Transmit): void {
    this.#plan = plan;
    this.#transmit = transmit;
  }

  /** Nothing is to be sent until further notice. */
  pause(): void {
    this.#plan = undefined;
    this.#afterPause = true;
  }

  /** @throws {UnexpectedOutcomeError} ERR_NO_TELEPHONE_EVENT, {UsageError} ERR_DIGITS */
  press(digits: string, options: DigitOptions, done: PressedListener): void {
    if (this.#plan?.eventPayloadType === undefined) {
      const why = this.#plan ? "the other side listed no telephone-event" : "the stream is not sent (held, or refused)";
      throw new UnexpectedOutcomeError(`digits cannot be sent by RTP: ${why}`, { code: "ERR_NO_TELEPHONE_EVENT" });
    }
    this.#digits.press(digits, options, done);
  }

  /** Gives up the digits that are still to be sent. */
  abandon(): void {
    this.#digits.abandon();
  }

  frame(index: number): void {
    const plan = this.#plan;
    if (!plan) return;
    const timestamp = (this.#firstTimestamp + index * FRAME_SAMPLES) >>> 0;
    if (this.#digits.busy && plan.eventPayloadType !== undefined) {
      this.#sendEvent(plan, plan.eventPayloadType, timestamp);
      return;
    }
    const payload = frameOf(plan.codec.name, this.source);
    if (!payload) return;
    this.#send(plan, { payloadType: plan.codec.payloadType, marker: this.#afterPause, timestamp, payload });
    this.#afterPause = false;
  }

  #sendEvent(plan: SendingPlan, payloadType: number, timestamp: number): void {
    this.#afterPause = true;
    const event = this.#digits.next(timestamp);
    if (!event) return;
    this.#events += 1;
    this.#send(plan, { payloadType, ...event });
  }

  #send(plan: SendingPlan, packet: Omit<Parameters<typeof writeRtp>[0], "ssrc" | "sequenceNumber">): void {
    const { payloadType } = packet;
    this.#packets += 1;
    this.#payloadTypes.set(payloadType, (this.#payloadTypes.get(payloadType) ?? 0) + 1);
    const octets = writeRtp({ ...packet, ssrc: this.#ssrc, sequenceNumber: this.#sequenceNumber });
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#transmit(octets, plan.port, plan.host);
  }
}
