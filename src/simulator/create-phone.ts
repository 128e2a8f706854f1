import { InternalError } from "../core/errors.ts";
import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { DrachtioFront } from "../drachtio/index.ts";
import type { Device, Lab } from "../inventory/model.ts";
import type { SimulatedPhone } from "./phone.ts";
import type { TracedMessage } from "./trace.ts";

/** Where phones send to. */
export interface PhoneTarget {
  readonly host: string;
  /** Port by transport (`udp`, `tcp`…). */
  readonly ports: Readonly<Record<string, number>>;
  /** Host part of the URIs that phones build. */
  readonly domain: string;
}

export interface PhoneOptions {
  /** Role in the scenario. */
  readonly name: string;
  readonly device: Device;
  readonly target: PhoneTarget;
  /** Address to bind and to tell. */
  readonly localHost: string;
  readonly front: DrachtioFront;
  readonly lab: Lab;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log?: Logger;
  /** Sees everything on the phone's wire, in order. */
  readonly record?: (entry: TracedMessage) => void;
}

/**
 * Opens a phone: an endpoint of its own, and a drachtio-srf application of its own connected to it. Sends nothing.
 * @throws {InventoryError} ERR_TRANSPORT_NOT_OFFERED: the target has no port for the transport of the phone's profile.
 * @throws {TransportError} ERR_ADDRESS_IN_USE and the like.
 */
export function createPhone(options: PhoneOptions): Promise<SimulatedPhone> {
  throw new InternalError(`not there yet: ${options.name}`, { code: "ERR_NOT_IMPLEMENTED" });
}
