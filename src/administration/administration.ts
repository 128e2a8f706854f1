import type { Device, Line, PhoneSecurityProfile, SipProfile } from "../inventory/index.ts";
import type { ProvisioningChange, ProvisioningRuling } from "./change.ts";
import type { ProvisioningScope } from "./restore-lab.ts";

/** A line as the call manager has it. */
export type LineSettings = Omit<Line, "place" | "shared">;

/** A phone as the call manager has it; users and profiles by name. */
export interface PhoneSettings extends Pick<
  Device,
  "name" | "type" | "digestUser" | "associatedUser" | "maxCalls" | "requireDtmfReception" | "rfc2833Disabled"
> {
  readonly securityProfile: string;
  readonly sipProfile: string;
  readonly lines: readonly LineSettings[];
}

export interface LicenceSettings {
  /** Units of the pool; undefined: they are not counted. */
  readonly units: number | undefined;
  readonly used: number;
}

/**
 * The port by which a target is reconfigured while it runs. What an implementation keeps to:
 * - A refused change is a result, not an exception, and changes nothing. An accepted one is in effect when the promise
 *   resolves: the next request is judged by it.
 * - Calls that are up go on; a binding goes with the directory number that it was made for (PRV-06).
 * - Changes are carried out one after the other, in the order in which they were asked for.
 * - Rejects with TransportError where the target cannot be reached. Passwords never stand in a reason or an error.
 */
export interface Administration {
  /** A phone as it is now; undefined: there is none of that name. */
  readPhone(name: string): Promise<PhoneSettings | undefined>;
  readSecurityProfile(name: string): Promise<Omit<PhoneSecurityProfile, "place"> | undefined>;
  readSipProfile(name: string): Promise<Omit<SipProfile, "place"> | undefined>;
  readLicences(): Promise<LicenceSettings>;
  apply(change: ProvisioningChange): Promise<ProvisioningRuling>;
  /**
   * Resets a phone. A phone that supports it is told by NOTIFY (Event: service-control); a third-party phone is told
   * nothing (DEV-05). Resolves when what was to be sent is on its way.
   */
  reset(phone: string): Promise<ProvisioningRuling>;
  /**
   * Puts back what the lab says, as from a backup: no rule is asked, so that a phone may get back values of an older
   * release. What `scope` names and the lab does not have is removed. Registrations of phones in `scope` may end.
   */
  restore(scope: ProvisioningScope): Promise<void>;
}
