import { digestFault, type Lab } from "../inventory/index.ts";
import { accept, refuseChange, type ProfileChange, type ProvisioningRuling } from "./change.ts";

/** A change of profiles, with the lab before it and as it would be after it. */
export interface ProfileChangeQuestion {
  readonly lab: Lab;
  readonly change: ProfileChange;
  readonly after: Lab;
}

/** First and last payload type that can be told to mean telephone-event (RFC 3551 §6: dynamic). */
const DYNAMIC_PAYLOAD_TYPES = [96, 127] as const;

/**
 * What becomes of a change of profiles: digest cannot be enabled in a standard phone security profile, in one of its own
 * it can (PRV-04); both sections of a SIP profile can be changed, whatever acts on which phone (PRV-05).
 */
export function judgeProfile({ lab, change, after }: ProfileChangeQuestion): ProvisioningRuling {
  const { name } = change;
  const isSecurity = change.kind === "add-security-profile" || change.kind === "set-digest-authentication";
  const before = isSecurity ? lab.securityProfiles.get(name) : lab.sipProfiles.get(name);
  const adds = change.kind === "add-security-profile" || change.kind === "add-sip-profile";
  const what = isSecurity ? "phone security profile" : "SIP profile";
  if (adds && before) return refuseChange([], `there is a ${what} ${name} already`);
  if (!adds && !before) return refuseChange([], `there is no ${what} ${name}`);
  if (isSecurity) {
    const profile = after.securityProfiles.get(name);
    const fault = profile && digestFault(profile);
    return fault ? refuseChange([fault.rule], `${name}: ${fault.message}`) : accept(["PRV-04"], `${name} is set`);
  }
  const [least, most] = DYNAMIC_PAYLOAD_TYPES;
  const payloadType = after.sipProfiles.get(name)?.telephoneEventPayloadType ?? least;
  if (payloadType < least || payloadType > most) {
    return refuseChange([], `telephone-event has a payload type from ${least} to ${most}, not ${payloadType}`);
  }
  return accept(["PRV-05"], `${name} is set`);
}
