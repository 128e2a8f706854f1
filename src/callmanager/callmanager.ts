import type { Clock } from "../core/clock.ts";
import type { Closable } from "../core/disposal.ts";
import { InternalError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { Lab } from "../inventory/model.ts";
import type { Address, Network, Protocol } from "../sip/transport/index.ts";
import type { TimerSettings } from "../sip/transaction/index.ts";
import type { Binding } from "./location-service.ts";
import type { Policies } from "./policies/policies.ts";
import type { Decision } from "./policies/ruling.ts";

export interface CallManagerOptions {
  /** Users, devices and lines to serve; `lab.target` has realm, domain, names and lifetimes. */
  readonly lab: Lab;
  readonly listen: readonly { readonly protocol: Protocol; readonly host: string; readonly port: number }[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** Default: silent. Each decision is logged at `info` with its rules. */
  readonly log?: Logger;
  /** Replacements for single policies. Default: `correctPolicies`. */
  readonly policies?: Partial<Policies>;
  /** Default: the sockets of node. */
  readonly network?: Network;
  readonly timers?: Partial<TimerSettings>;
}

/** The reference call manager: registrar, location service and back-to-back user agent. */
export interface CallManager extends Closable {
  /** Where it listens, port 0 filled in. */
  readonly addresses: readonly Address[];
  registrations(): Binding[];
  /** Calls that are being set up or up. */
  activeCalls(): number;
  /** Calls `listener` with each decision, before it takes effect; returns the way to stop. */
  onDecision(listener: (decision: Decision) => void): () => void;
}

/**
 * Starts a call manager provisioned with a lab.
 * @throws {TransportError} an address of `listen` cannot be bound.
 */
export function startCallManager(options: CallManagerOptions): Promise<CallManager> {
  throw new InternalError(`not there yet: ${options.lab.file}`, { code: "ERR_INTERNAL" });
}
