import {
  licenceFault,
  licenceUnitsOf,
  licenceUnitsUsed,
  lineCountFault,
  type Device,
  type Lab,
} from "../inventory/index.ts";
import { accept, refuseChange, type PhoneChange, type PhoneUpdate, type ProvisioningRuling } from "./change.ts";
import { findPhone } from "./change-lab.ts";
import { valuesRefusal } from "./judge-line.ts";

/** A change of phones or of their licences, with the lab before it and as it would be after it. */
export interface PhoneChangeQuestion {
  readonly lab: Lab;
  readonly change: PhoneChange;
  readonly after: Lab;
}

/**
 * What becomes of a change of phones. Adding one needs its licence units: 3 for a Basic, 6 for an Advanced (PRV-03); its
 * lines obey what `judgeLine` says of them (PRV-01, PRV-02, CAP-13). A digest user who stands on another phone is taken:
 * that neither registers then is for the registrar to say (REG-10).
 */
export function judgePhone({ lab, change, after }: PhoneChangeQuestion): ProvisioningRuling {
  switch (change.kind) {
    case "add-phone": {
      const { name } = change.phone;
      if (findPhone(lab, name)) return refuseChange([], `there is a phone ${name} already`);
      const phone = findPhone(after, name);
      return missing(lab, change.phone) ?? (phone && judgeNewPhone(phone, after)) ?? added(name, after);
    }
    case "remove-phone":
      if (!findPhone(lab, change.phone)) return noPhone(change.phone);
      return accept(["PRV-03"], `${change.phone} is removed, ${licenceUnitsUsed(after)} licence units are in use`);
    case "update-phone":
      if (!findPhone(lab, change.phone)) return noPhone(change.phone);
      return missing(lab, change.settings) ?? accept([], `${change.phone} is changed`);
    case "set-licence-units":
      if (change.units !== null && change.units < 0) return refuseChange([], "a pool has 0 licence units at least");
      return accept(["PRV-03"], `the pool has ${change.units ?? "any number of"} licence units`);
  }
}

function judgeNewPhone(phone: Device, after: Lab): ProvisioningRuling | undefined {
  const fault = (licenceUnitsOf(phone.type) > 0 ? licenceFault(after) : undefined) ?? lineCountFault(phone);
  return fault ? refuseChange([fault.rule], fault.message) : valuesRefusal(phone);
}

function added(name: string, after: Lab): ProvisioningRuling {
  return accept(["PRV-03"], `${name} is added, ${licenceUnitsUsed(after)} licence units are in use`);
}

/** Whatever the settings name has to be there. */
function missing(lab: Lab, settings: PhoneUpdate): ProvisioningRuling | undefined {
  const { digestUser, associatedUser, securityProfile, sipProfile } = settings;
  const user = [digestUser, associatedUser].find((id) => typeof id === "string" && !lab.users.has(id));
  if (typeof user === "string") return refuseChange([], `there is no end user ${user}`);
  if (securityProfile !== undefined && !lab.securityProfiles.has(securityProfile)) {
    return refuseChange([], `there is no phone security profile ${securityProfile}`);
  }
  if (sipProfile === undefined || lab.sipProfiles.has(sipProfile)) return undefined;
  return refuseChange([], `there is no SIP profile ${sipProfile}`);
}

function noPhone(name: string): ProvisioningRuling {
  return refuseChange([], `there is no phone ${name}`);
}
