import type { Closable } from "../core/disposal.ts";
import type { HarnessError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { Address, EngineOptions, SipRequest, TapEntry, TimerSettings, WireControls } from "../sip/index.ts";

/** How a phone spells and orders its headers; drachtio-srf loses both, so they are applied below it. */
export interface HeaderStyle {
  /**
   * Header names as the phone spells them (compact names too), in the order in which it sends them. Lines are matched
   * whatever their spelling; those not named keep their order and follow the named ones.
   */
  readonly order: readonly string[];
}

/**
 * One SIP endpoint, for one application or several that share it as they would a drachtio-server. `trying` is
 * `immediate` by default, as there.
 */
export interface EndpointOptions extends Pick<
  EngineOptions,
  "listen" | "tls" | "network" | "advertise" | "fillRport" | "trying" | "preferTcpAbove" | "addressOption"
> {
  /** Sees every message on the wire, as octets. */
  readonly tap?: (entry: TapEntry) => void;
  readonly timers?: Partial<TimerSettings>;
  readonly headerStyle?: HeaderStyle;
  /** Is told why a request got no answer from the network, of which drachtio's protocol says 408 or 503 and no more. */
  readonly unanswered?: (request: SipRequest, error: HarnessError) => void;
  /**
   * `verbatim` (default): Contact leaves as the application gave it, except that `@localhost` is replaced.
   * `rewritten`: as drachtio-server does, host and port of a Contact with an IPv4 host or a foreign port become those
   * of the transport in use (REGISTER excepted).
   */
  readonly contacts?: "verbatim" | "rewritten";
  readonly log?: Logger;
  /** What applications authenticate with; no other endpoint of the front may have it. Default: 128 random bits. */
  readonly secret?: string;
}

/** What is alive at this moment. All zero when an endpoint is at rest with nobody connected. */
export interface EndpointCounters {
  /** Authenticated connections of applications. */
  readonly applications: number;
  readonly dialogs: number;
  /** Requests of applications that have no final response yet. */
  readonly outgoing: number;
  /** Requests from the network that no application has finally answered yet. */
  readonly incoming: number;
}

/** What `srf.connect` takes. The random secret picks the endpoint behind the one listener. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface DrachtioEndpoint extends Closable {
  readonly connectOptions: ConnectOptions;
  /** Where the endpoint listens for SIP, with the ports that were bound. */
  readonly addresses: readonly Address[];
  readonly wire: WireControls;
  readonly counters: EndpointCounters;
  /**
   * Closes the applications' connections, then the engine with every socket and timer. Call `srf.disconnect()` first, or
   * it reconnects for ever.
   */
  close(): Promise<void>;
}
