import type { Clock } from "../core/clock.ts";
import { UnexpectedOutcomeError, UsageError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { isTelephoneEvent, type Codec } from "../sdp/index.ts";
import { CLOCK_RATE, type AudioSource } from "./audio-frames.ts";
import type { DigitOptions } from "./event-sender.ts";
import { EventReceiver, type HeardDigit } from "./event-receiver.ts";
import type { EvenPorts } from "./even-ports.ts";
import { reportStream, type MediaReport } from "./media-report.ts";
import type { MediaSocket } from "./media-network.ts";
import type { Pacer } from "./pacer.ts";
import { ReceptionCounter } from "./reception.ts";
import { readRtp, type RtpPacket } from "./rtp-packet.ts";
import { RtpSender, type Transmit } from "./rtp-sender.ts";
import { planStreams, type Negotiated, type StreamPlan } from "./stream-plan.ts";

/** A digit that a call heard. */
export interface ReceivedDigit extends HeardDigit {
  /** `rtp`: as telephone-event; `info`: in an INFO request. */
  readonly by: "rtp" | "info";
}

/** Digits kept of one call; a peer that sends more is not a phone. */
const MAX_DIGITS = 4096;

export interface CallMediaListener {
  /** A packet of RTP came; called often. */
  readonly received?: () => void;
  /** A digit began. */
  readonly heard?: (digit: ReceivedDigit) => void;
  /** The call's media is over: this is what it came to. */
  readonly stopped?: (report: MediaReport) => void;
}

export interface CallMediaParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ports: EvenPorts;
  readonly pacer: Pacer;
  readonly title: () => string;
}

/** A port that this side told, or is about to tell. */
interface LocalPort {
  readonly socket: MediaSocket;
  readonly counter: ReceptionCounter;
  readonly events: EventReceiver;
  /** Codecs by payload type, of every description that told the port: a number keeps its meaning (RFC 3264 §8.3.2). */
  readonly listed: Map<number, Codec>;
}

interface Stream {
  plan: StreamPlan;
  /** Undefined: this side never told a port of ours for the line. */
  port: LocalPort | undefined;
  sender: RtpSender | undefined;
}

/**
 * The RTP of one call. Ports are bound when a description tells them and kept until the call ends, refused lines' too,
 * so that what comes to them is seen. Sends and counts by what was negotiated last; each stream is sent from the port
 * that it is received on (RFC 4961).
 */
export class CallMedia {
  readonly #parts: CallMediaParts;
  readonly #listener: CallMediaListener;
  readonly #ports = new Map<number, LocalPort>();
  readonly #streams = new Map<number, Stream>();
  readonly #digits: ((now: number) => ReceivedDigit)[] = [];
  #source: AudioSource = "tone";
  #stopped = false;

  constructor(parts: CallMediaParts, listener: CallMediaListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  /**
   * Binds an even port, to be told in a description.
   * @throws {TransportError} ERR_ADDRESS_IN_USE: no port is free.
   */
  reservePort(): number {
    const counter = new ReceptionCounter();
    const events = new EventReceiver();
    const listed = new Map<number, Codec>();
    const socket = this.#parts.ports.bind((octets) => {
      this.#receive(port, octets);
    });
    const port: LocalPort = { socket, counter, events, listed };
    // A call that is over tells ports only in answers that fail; nobody is to be heard there.
    if (this.#stopped) socket.close();
    else this.#ports.set(socket.port, port);
    return socket.port;
  }

  /** Sends and receives as negotiated from now on. */
  apply(negotiated: Negotiated): void {
    if (this.#stopped) return;
    for (const plan of planStreams(negotiated)) this.#follow(plan);
  }

  /** What phones say into the call. */
  play(source: AudioSource): void {
    this.#source = source;
    for (const { sender } of this.#streams.values()) if (sender) sender.source = source;
  }

  /**
   * Sends telephone-events on the first stream that can; resolves when the last is out.
   * @throws {UnexpectedOutcomeError} ERR_NO_TELEPHONE_EVENT: the other side takes none, or nothing is to be sent.
   * @throws {UsageError} ERR_DIGITS; ERR_CALL_ENDED: the call ended meanwhile.
   */
  async sendDigits(digits: string, options: DigitOptions = {}): Promise<void> {
    const streams = [...this.#streams.values()];
    const able = streams.find(({ plan }) => plan.sending?.eventPayloadType !== undefined) ?? streams[0];
    const complete = await new Promise<boolean>((resolve, reject) => {
      if (able?.sender) able.sender.press(digits, options, resolve);
      else
        reject(
          new UnexpectedOutcomeError("digits cannot be sent by RTP: no audio is sent", {
            code: "ERR_NO_TELEPHONE_EVENT",
          }),
        );
    });
    if (!complete) throw new UsageError("the call ended while digits were sent", { code: "ERR_CALL_ENDED" });
  }

  /** Takes note of a digit that came in an INFO. */
  hearInfo(digit: string, durationMs: number): void {
    this.#hear(() => ({ digit, durationMs, ended: true, by: "info" }));
  }

  /** Digits heard so far, in order. */
  get digits(): readonly ReceivedDigit[] {
    const now = this.#parts.clock.now();
    return this.#digits.map((digit) => digit(now));
  }

  report(): MediaReport {
    const nothing = new ReceptionCounter();
    const streams = [...this.#streams.values()].map(({ plan, port, sender }) =>
      reportStream(
        { ...plan, listed: port?.listed ?? plan.listed },
        port?.socket.port ?? 0,
        (port?.counter ?? nothing).report(),
        sender?.sent,
      ),
    );
    const digits = this.digits.map(({ digit }) => digit).join("");
    return { title: this.#parts.title(), streams: streams.toSorted((a, b) => a.line - b.line), digits };
  }

  /** Stops sending and frees the ports; the report stays. Stopping twice is once. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { sender } of this.#streams.values()) {
      if (!sender) continue;
      this.#parts.pacer.remove(sender);
      sender.abandon();
    }
    for (const { socket } of this.#ports.values()) socket.close();
    this.#listener.stopped?.(this.report());
  }

  #follow(plan: StreamPlan): void {
    const stream = this.#streams.get(plan.line) ?? { plan, port: undefined, sender: undefined };
    this.#streams.set(plan.line, stream);
    stream.plan = plan;
    stream.port = this.#ports.get(plan.localPort) ?? stream.port;
    for (const [payloadType, codec] of plan.listed) stream.port?.listed.set(payloadType, codec);
    this.#direct(stream);
  }

  #direct(stream: Stream): void {
    const { plan, port } = stream;
    // Without a port of its own there is nothing to send from: a script told another one.
    const sending = port?.socket.port === plan.localPort ? plan.sending : undefined;
    if (port && sending) {
      const transmit: Transmit = (octets, remotePort, host) => {
        port.socket.send(octets, remotePort, host);
      };
      stream.sender ??= new RtpSender(this.#parts.ids);
      stream.sender.source = this.#source;
      stream.sender.direct(sending, transmit);
      this.#parts.pacer.add(stream.sender);
    } else if (stream.sender) {
      stream.sender.pause();
      this.#parts.pacer.remove(stream.sender);
    }
  }

  #receive(port: LocalPort, octets: Buffer): void {
    if (this.#stopped) return;
    const packet = readRtp(octets);
    if (!packet) {
      port.counter.countMalformed();
      return;
    }
    const now = this.#parts.clock.now();
    const codec = port.listed.get(packet.payloadType);
    port.counter.count(packet, codec?.clockRate ?? CLOCK_RATE, now);
    if (codec && isTelephoneEvent(codec)) this.#receiveEvent(port, packet, codec, now);
    this.#listener.received?.();
  }

  #receiveEvent({ events }: LocalPort, packet: RtpPacket, { clockRate }: Codec, now: number): void {
    const digit = events.receive(packet, clockRate, now);
    if (digit) this.#hear((at) => ({ ...digit(at), by: "rtp" }));
  }

  #hear(digit: (now: number) => ReceivedDigit): void {
    if (this.#digits.length >= MAX_DIGITS) return;
    this.#digits.push(digit);
    this.#listener.heard?.(digit(this.#parts.clock.now()));
  }
}
