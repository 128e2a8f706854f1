import type { Lab } from "../inventory/index.ts";
import { linked, withLicenceUnits } from "./change-lab.ts";

/** A part of what is provisioned, by names; what is left out is not part of it. */
export interface ProvisioningScope {
  readonly phones?: Iterable<string>;
  readonly users?: Iterable<string>;
  readonly securityProfiles?: Iterable<string>;
  readonly sipProfiles?: Iterable<string>;
  /** Directory numbers that were disassociated. */
  readonly numbers?: Iterable<string>;
  readonly licenceUnits?: boolean;
}

/** `lab` with everything in `scope` as it is in `original`: what was made since is gone, what was changed is back. */
export function restoreLab(lab: Lab, original: Lab, scope: ProvisioningScope): Lab {
  const {
    phones = [],
    users = [],
    securityProfiles = [],
    sipProfiles = [],
    numbers = [],
    licenceUnits = false,
  } = scope;
  const given = new Set(numbers);
  return linked({
    ...(licenceUnits ? withLicenceUnits(lab, original.licenceUnits) : lab),
    users: restoreEntries(lab.users, original.users, users),
    securityProfiles: restoreEntries(lab.securityProfiles, original.securityProfiles, securityProfiles),
    sipProfiles: restoreEntries(lab.sipProfiles, original.sipProfiles, sipProfiles),
    unassociatedLines: lab.unassociatedLines.filter(({ directoryNumber }) => !given.has(directoryNumber)),
    devices: [...restoreEntries(byName(lab), byName(original), phones).values()],
  });
}

function byName({ devices }: Lab): Map<string, Lab["devices"][number]> {
  return new Map(devices.map((device) => [device.name, device]));
}

/** In the order of the original, what is not in it last. */
function restoreEntries<T>(now: ReadonlyMap<string, T>, original: ReadonlyMap<string, T>, names: Iterable<string>) {
  const inScope = new Set(names);
  const entries = new Map<string, T>();
  for (const name of new Set([...original.keys(), ...now.keys()])) {
    const value = (inScope.has(name) ? original : now).get(name);
    if (value !== undefined) entries.set(name, value);
  }
  return entries;
}
