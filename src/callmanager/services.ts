import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { SipEngine } from "../sip/engine.ts";
import type { Directory } from "./directory.ts";
import type { Features } from "./features.ts";
import type { LocationService } from "./location-service.ts";
import type { Nonces } from "./nonces.ts";
import type { Policies } from "./policies/policies.ts";

/** What the parts of one call manager share. */
export interface Services {
  readonly engine: SipEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Each ruling is reported before it takes effect. */
  readonly policies: Policies;
  readonly features: Features;
  /** Replaced as a whole when the lab is reconfigured. */
  directory: Directory;
  readonly location: LocationService;
  readonly nonces: Nonces;
  /** Host part of the URIs we write of ourselves. */
  readonly domain: string;
  /** Host parts under which we are addressed, as `comparableHost` writes them (PRV-08). */
  readonly hosts: ReadonlySet<string>;
}
