import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/logger.ts";
import type { SipMessage } from "../message/index.ts";
import { hostPort, type Address } from "./address.ts";
import type { Network } from "./network.ts";
import type { Tap, TapNote } from "./tap.ts";
import type { TlsClientSettings } from "./tls-settings.ts";
import type { TransportCounters, TransportHandler } from "./transport-handler.ts";

/** What the parts of one transport layer share. */
export interface TransportContext {
  readonly clock: Clock;
  readonly network: Network;
  readonly log: Logger;
  readonly counters: TransportCounters;
  readonly tap: Tap | undefined;
  /** Absent: the usual ones. */
  readonly tlsClient: TlsClientSettings | undefined;
  /** Set by `start`, and back to `DEAF` by `close`. */
  handler: TransportHandler;
}

/** Hears nothing: before a layer is started, and once it is closed. */
export const DEAF: TransportHandler = {
  message: () => undefined,
  malformed: () => undefined,
  failed: () => undefined,
};

export const NO_NOTES: readonly TapNote[] = [];

/** Shows octets to the tap. Callers ask `context.tap` first, so that without one nothing is built. */
export function showTap(
  context: TransportContext,
  direction: "sent" | "received",
  way: { readonly local: Address; readonly remote: Address },
  octets: Buffer,
  message: SipMessage | undefined,
  notes: readonly TapNote[],
): void {
  context.tap?.({
    at: context.clock.wallTime(),
    direction,
    protocol: way.remote.protocol,
    local: hostPort(way.local),
    remote: hostPort(way.remote),
    octets,
    ...(message === undefined ? {} : { message }),
    notes,
  });
}
