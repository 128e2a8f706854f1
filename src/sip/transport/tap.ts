import type { SipMessage } from "../message/index.ts";
import type { Protocol } from "./address.ts";

/**
 * What happened to a message, or was found in it. `dropped`, `delayed`, `duplicated` and `rewritten` are the work of
 * wire rules, or, with `impaired` beside them, of an impairment; `raw` was sent by `sendRaw`; `keepalive`, `not-sip` and
 * `malformed` were received so.
 */
export type TapNote =
  "dropped" | "delayed" | "duplicated" | "rewritten" | "impaired" | "raw" | "keepalive" | "not-sip" | "malformed";

/** Octets as they crossed the wire; a message dropped by a rule stands here too, with its note. */
export interface TapEntry {
  /** ms since the epoch. */
  readonly at: number;
  readonly direction: "sent" | "received";
  readonly protocol: Protocol;
  /** `host:port`, IPv6 in brackets. */
  readonly local: string;
  readonly remote: string;
  readonly octets: Buffer;
  /** Absent where the octets are not a message, or were sent raw. */
  readonly message?: SipMessage;
  readonly notes: readonly TapNote[];
}

/** Sees everything that an endpoint sends and receives. Called in the hot path: keep it short. */
export type Tap = (entry: TapEntry) => void;
