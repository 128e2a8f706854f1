import type { RtpPacket } from "./rtp-packet.ts";
import { SourceStatistics } from "./source-statistics.ts";

/** Sources told apart on one port; packets of further ones are counted, but not looked into. */
const MAX_SOURCES = 8;

/** What arrived on one port, in plain numbers. */
export interface Reception {
  /** RTP packets. */
  readonly packets: number;
  /** Datagrams that are no RTP. */
  readonly malformed: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly duplicates: number;
  /** Of the source that sent most, ms (RFC 3550 §6.4.1). */
  readonly jitterMs: number;
  /** SSRCs, first seen first; eight at most. */
  readonly sources: readonly number[];
  /** Packets by payload type. */
  readonly payloadTypes: Readonly<Record<number, number>>;
}

/** Counts what arrives on one port, for any number of sources. */
export class ReceptionCounter {
  #packets = 0;
  #malformed = 0;
  readonly #sources = new Map<number, { readonly statistics: SourceStatistics; readonly clockRate: number }>();
  readonly #payloadTypes = new Map<number, number>();

  countMalformed(): void {
    this.#malformed += 1;
  }

  /** @param now ms of the clock. */
  count(packet: RtpPacket, clockRate: number, now: number): void {
    this.#packets += 1;
    this.#payloadTypes.set(packet.payloadType, (this.#payloadTypes.get(packet.payloadType) ?? 0) + 1);
    const source = this.#sources.get(packet.ssrc) ?? this.#open(packet, clockRate);
    source?.statistics.receive(packet, (now * clockRate) / 1000);
  }

  report(): Reception {
    const all = [...this.#sources.values()];
    const sum = (pick: (statistics: SourceStatistics) => number): number =>
      all.reduce((total, { statistics }) => total + pick(statistics), 0);
    const [main] = all.toSorted((a, b) => b.statistics.packets - a.statistics.packets);
    return {
      packets: this.#packets,
      malformed: this.#malformed,
      lost: sum((statistics) => statistics.lost),
      outOfOrder: sum((statistics) => statistics.outOfOrder),
      duplicates: sum((statistics) => statistics.duplicates),
      jitterMs: main ? Math.round((main.statistics.jitter * 10_000) / main.clockRate) / 10 : 0,
      sources: [...this.#sources.keys()],
      payloadTypes: Object.fromEntries(this.#payloadTypes),
    };
  }

  #open(
    packet: RtpPacket,
    clockRate: number,
  ): { readonly statistics: SourceStatistics; readonly clockRate: number } | undefined {
    if (this.#sources.size >= MAX_SOURCES) return undefined;
    const source = { statistics: new SourceStatistics(packet), clockRate };
    this.#sources.set(packet.ssrc, source);
    return source;
  }
}
