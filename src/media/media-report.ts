import { isTelephoneEvent, type Direction } from "../sdp/index.ts";
import type { Reception } from "./reception.ts";
import type { Sent } from "./rtp-sender.ts";
import type { StreamPlan } from "./stream-plan.ts";

/** What arrived for one m-line. */
export interface Received extends Reception {
  /** Packets of codecs that this side listed, telephone-events apart. */
  readonly audio: number;
  /** Packets of telephone-events, of a payload type that this side listed. */
  readonly events: number;
  /** Packets of payload types that this side did not list. */
  readonly unlisted: number;
}

/** The RTP of one m-line of a call. */
export interface StreamReport {
  /** From 1, as people count m-lines. */
  readonly line: number;
  /** `audio`, `video`, `slides`…; else the media name of the line. */
  readonly kind: string;
  /** Both sides gave a port. */
  readonly live: boolean;
  readonly direction: Direction;
  /** The port that this side listens on; 0: it never told one that it has. */
  readonly localPort: number;
  /** `host:port` of the other side where the line is live. */
  readonly remote: string | undefined;
  readonly sent: Omit<Sent, "ssrc"> & { /** Undefined: nothing was sent. */ readonly ssrc: number | undefined };
  readonly received: Received;
}

/** The media of a call, up to now or of a while; numbers, no live objects. */
export interface MediaReport {
  /** Whose call it is: `alice's call to 1003`. */
  readonly title: string;
  /** One for each m-line of RTP that offer and answer have. */
  readonly streams: readonly StreamReport[];
  /** Digits heard, in RTP and in INFO, in order. */
  readonly digits: string;
}

const NOTHING_SENT = { packets: 0, events: 0, ssrc: undefined, payloadTypes: {} };

export function reportStream(
  plan: StreamPlan,
  localPort: number,
  reception: Reception,
  sent: Sent | undefined,
): StreamReport {
  const { line, kind, live, direction, remote } = plan;
  return {
    line,
    kind,
    live,
    direction,
    localPort,
    remote,
    sent: sent ?? NOTHING_SENT,
    received: sorted(reception, plan),
  };
}

function sorted(reception: Reception, { listed }: StreamPlan): Received {
  const counts = { audio: 0, events: 0, unlisted: 0 };
  for (const [payloadType, packets] of Object.entries(reception.payloadTypes)) {
    const codec = listed.get(Number(payloadType));
    if (!codec) counts.unlisted += packets;
    else if (isTelephoneEvent(codec)) counts.events += packets;
    else counts.audio += packets;
  }
  return { ...reception, ...counts };
}

/** What came and went between two reports of one call; jitter, sources and addresses are those of the later one. */
export function reportSince(earlier: MediaReport, later: MediaReport): MediaReport {
  return {
    title: later.title,
    digits: later.digits.slice(earlier.digits.length),
    streams: later.streams.map((stream) => {
      const before = earlier.streams.find(({ line }) => line === stream.line);
      return before ? streamSince(before, stream) : stream;
    }),
  };
}

function streamSince(earlier: StreamReport, later: StreamReport): StreamReport {
  const { sent, received } = later;
  return {
    ...later,
    sent: {
      ...sent,
      packets: sent.packets - earlier.sent.packets,
      events: sent.events - earlier.sent.events,
      payloadTypes: countsSince(earlier.sent.payloadTypes, sent.payloadTypes),
    },
    received: {
      ...received,
      packets: received.packets - earlier.received.packets,
      malformed: received.malformed - earlier.received.malformed,
      lost: received.lost - earlier.received.lost,
      outOfOrder: received.outOfOrder - earlier.received.outOfOrder,
      duplicates: received.duplicates - earlier.received.duplicates,
      audio: received.audio - earlier.received.audio,
      events: received.events - earlier.received.events,
      unlisted: received.unlisted - earlier.received.unlisted,
      payloadTypes: countsSince(earlier.received.payloadTypes, received.payloadTypes),
    },
  };
}

function countsSince(earlier: Sent["payloadTypes"], later: Sent["payloadTypes"]): Record<string, number> {
  const since = Object.entries(later).map(([key, count]) => [key, count - (earlier[Number(key)] ?? 0)] as const);
  return Object.fromEntries(since.filter(([, count]) => count > 0));
}

/** The stream in a line: `audio (m-line 1) sendrecv, sent 12, received 11 of 127.0.0.1:16400, lost 0, jitter 0.3 ms`. */
export function describeStream({ kind, line, live, direction, remote, sent, received }: StreamReport): string {
  const { packets, lost, outOfOrder, duplicates, unlisted, jitterMs } = received;
  const where = remote === undefined ? "" : ` with ${remote}`;
  const faults = Object.entries({
    lost,
    "out of order": outOfOrder,
    duplicate: duplicates,
    "of unlisted type": unlisted,
  })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `, ${count} ${name}`);
  const state = live ? direction : "refused";
  return `${kind} (m-line ${line}, ${state})${where}: sent ${sent.packets}, received ${packets}${faults.join("")}, jitter ${jitterMs} ms`;
}
