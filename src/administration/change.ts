import type { RuleId } from "../rules/index.ts";
import type { DeviceType, LineForwards, PhoneParameters, ServiceUris } from "../inventory/index.ts";

/** A directory number by its name: what tells it from others. */
export interface LineName {
  readonly directoryNumber: string;
  /** Default: the one named "". */
  readonly partition?: string;
}

export interface LineValues {
  /** Calls on this number at once. */
  readonly maxCalls: number;
  /** Calls in use from which on a further one is busy. */
  readonly busyTrigger: number;
  /** Both are replaced: one that is left out is not set. */
  readonly forwards: LineForwards;
  readonly pickupGroup: string;
}

/** A line to be associated. What is left out it keeps from before it was disassociated, or has by default. */
export type NewLine = LineName & Partial<LineValues>;

/** Settings of a line to be changed; the others stay. A number or partition moves the line. */
export type LineUpdate = Partial<LineName & LineValues>;

/** Settings of a phone to be changed; the others stay. `null` clears a user. */
export interface PhoneUpdate {
  /** User id of the Digest User field. */
  readonly digestUser?: string | null;
  /** User id of Device Association. */
  readonly associatedUser?: string | null;
  /** Names of profiles. */
  readonly securityProfile?: string;
  readonly sipProfile?: string;
  readonly requireDtmfReception?: boolean;
  readonly rfc2833Disabled?: boolean;
}

export interface NewPhone extends PhoneUpdate {
  readonly name: string;
  readonly type: DeviceType;
  readonly wireless?: boolean;
  readonly lines: readonly NewLine[];
}

/** Settings of a SIP profile; those left out stay, or are Cisco's defaults in a new one. */
export interface SipProfileUpdate {
  readonly serviceUris?: Partial<ServiceUris>;
  /** 96–127. */
  readonly telephoneEventPayloadType?: number;
  readonly earlyOffer?: boolean;
  /** No effect on third-party phones (PRV-05). */
  readonly phoneParameters?: Partial<PhoneParameters>;
}

export type UserChange =
  | { readonly kind: "add-user"; readonly id: string; /** Default: none are set. */ readonly password?: string }
  | { readonly kind: "remove-user"; readonly id: string }
  | {
      readonly kind: "set-credentials";
      readonly id: string;
      /** `null` clears them. */ readonly password: string | null;
    };

export type ProfileChange =
  | { readonly kind: "add-security-profile"; readonly name: string; readonly digestAuthentication: boolean }
  | { readonly kind: "set-digest-authentication"; readonly name: string; readonly digestAuthentication: boolean }
  | { readonly kind: "add-sip-profile"; readonly name: string; readonly settings: SipProfileUpdate }
  | { readonly kind: "update-sip-profile"; readonly name: string; readonly settings: SipProfileUpdate };

export type PhoneChange =
  | { readonly kind: "add-phone"; readonly phone: NewPhone }
  | { readonly kind: "remove-phone"; readonly phone: string }
  | { readonly kind: "update-phone"; readonly phone: string; readonly settings: PhoneUpdate }
  | { readonly kind: "set-licence-units"; /** `null`: they are not counted. */ readonly units: number | null };

export type LineChange =
  | { readonly kind: "associate-line"; readonly phone: string; readonly line: NewLine }
  | { readonly kind: "disassociate-line"; readonly phone: string; readonly line: LineName }
  | {
      readonly kind: "update-line";
      readonly phone: string;
      readonly line: LineName;
      readonly settings: LineUpdate;
    };

/** One thing that an administrator does. */
export type ProvisioningChange = UserChange | ProfileChange | PhoneChange | LineChange;

/** What a call manager says to a change. */
export interface ProvisioningRuling {
  readonly outcome: "accepted" | "refused";
  /** Rules of the table that it rests on; empty where only something is missing or there already. */
  readonly rules: readonly RuleId[];
  /** A sentence for people, with the values that decided. Holds no secrets. */
  readonly reason: string;
}

export function accept(rules: readonly RuleId[], reason: string): ProvisioningRuling {
  return { outcome: "accepted", rules, reason };
}

export function refuseChange(rules: readonly RuleId[], reason: string): ProvisioningRuling {
  return { outcome: "refused", rules, reason };
}
