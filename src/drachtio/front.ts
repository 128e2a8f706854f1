import type { Clock } from "../core/clock.ts";
import type { Closable } from "../core/disposal.ts";
import { InternalError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { DrachtioEndpoint, EndpointOptions } from "./endpoint-options.ts";

export interface FrontOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log?: Logger;
  /** Address of the one listener for applications. Default 127.0.0.1. */
  readonly host?: string;
}

/** One loopback listener that serves drachtio's wire protocol for any number of SIP endpoints. */
export interface DrachtioFront extends Closable {
  /** Opens a SIP endpoint; an application reaches it with `srf.connect(endpoint.connectOptions)`. */
  openEndpoint(options: EndpointOptions): Promise<DrachtioEndpoint>;
  /** Closes every endpoint, every connection and the listener. */
  close(): Promise<void>;
}

/** Opens the front on a free port. */
export function openDrachtioFront(options: FrontOptions): Promise<DrachtioFront> {
  return Promise.reject(new InternalError(`not built yet: ${options.host ?? ""}`, { code: "ERR_NOT_BUILT" }));
}
