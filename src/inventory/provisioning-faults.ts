import { limitsOf } from "./defaults.ts";
import { isThirdParty, type Device, type DeviceType, type Lab, type Line, type PhoneSecurityProfile } from "./model.ts";

/** The rules of the document about what may be provisioned. */
export type ProvisioningRule =
  "CAP-09" | "CAP-10" | "CAP-12" | "CAP-13" | "PRV-01" | "PRV-02" | "PRV-03" | "PRV-04" | "PRV-07";

/** Something that a call manager does not take, or that a device kept from an older release. */
export interface ProvisioningFault {
  readonly rule: ProvisioningRule;
  /** In words, with the values; no full stop. */
  readonly message: string;
}

type WithLines = Pick<Device, "name" | "type" | "maxCalls" | "lines">;

/** Device License Units of a device (STEP2); Cisco's own types are not counted here. */
export function licenceUnitsOf(type: DeviceType): number {
  if (type === "basic") return 3;
  return type === "advanced" ? 6 : 0;
}

export function licenceUnitsUsed({ devices }: Pick<Lab, "devices">): number {
  return devices.reduce((total, { type }) => total + licenceUnitsOf(type), 0);
}

/**
 * The most that the maxima of a device's lines may come to: by its type, or less where the device itself allows less.
 * What a migrated device kept as its own maximum (8, 64) raises it no more (CAP-09).
 */
export function callCeiling({ type, maxCalls }: Pick<Device, "type" | "maxCalls">): number {
  return Math.min(maxCalls, limitsOf(type).maxCalls);
}

/** Sum of the maxima of a device's lines. */
export function callsOfLines({ lines }: Pick<Device, "lines">): number {
  return lines.reduce((total, line) => total + line.maxCalls, 0);
}

/** By how much the lines of a third-party device exceed its ceiling; above 0 it is in the negative zone (CAP-09). */
export function callDeficit(device: WithLines): number {
  return isThirdParty(device.type) ? Math.max(0, callsOfLines(device) - callCeiling(device)) : 0;
}

/**
 * The fewest lines whose taking off leads out of the negative zone (CAP-10): those with the most calls, of equal ones
 * the last, in the order of the device.
 */
export function linesToDisassociate(device: WithLines): Line[] {
  let deficit = callDeficit(device);
  const byCalls = device.lines.toReversed().sort((a, b) => b.maxCalls - a.maxCalls);
  const needed = byCalls.filter(({ maxCalls }) => {
    const isNeeded = deficit > 0;
    deficit -= maxCalls;
    return isNeeded;
  });
  return device.lines.filter((line) => needed.includes(line));
}

/** CAP-09: no change of a line is accepted while the lines may have more calls than the device. */
export function deficitFault(device: WithLines): ProvisioningFault | undefined {
  const deficit = callDeficit(device);
  if (deficit === 0) return undefined;
  const zone = `the lines of ${device.name} may have ${callsOfLines(device)} calls, ${deficit} above its ${callCeiling(device)}`;
  const count = linesToDisassociate(device).length;
  return device.type === "basic"
    ? { rule: "CAP-12", message: `${zone}; set its line to ${callCeiling(device)} calls at most` }
    : {
        rule: "CAP-09",
        message: `${zone}: no change of a line is accepted; disassociate ${count === 1 ? "one line" : `${count} lines`}, change the rest, associate again`,
      };
}

/** PRV-01, PRV-02: one line for Basic, eight for Advanced. */
export function lineCountFault({ type, lines }: Pick<Device, "type" | "lines">): ProvisioningFault | undefined {
  const { maxLines } = limitsOf(type);
  if (lines.length <= maxLines) return undefined;
  const rule = type === "basic" ? "PRV-01" : "PRV-02";
  return {
    rule,
    message: `a device of type ${type} takes ${maxLines === 1 ? "one line" : `${maxLines} lines`}, this has ${lines.length}`,
  };
}

/** CAP-13: a line is busy before it is full, or when it is. */
export function busyTriggerFault({ busyTrigger, maxCalls }: Line): ProvisioningFault | undefined {
  if (busyTrigger <= maxCalls) return undefined;
  return { rule: "CAP-13", message: `busyTrigger ${busyTrigger} is above maxCalls ${maxCalls}` };
}

/** PRV-04: the check box of a standard profile stays off. */
export function digestFault(
  profile: Pick<PhoneSecurityProfile, "standard" | "digestAuthentication">,
): ProvisioningFault | undefined {
  if (!profile.standard || !profile.digestAuthentication) return undefined;
  return {
    rule: "PRV-04",
    message: "digest cannot be enabled in a standard profile; make one of its own, without `standard: true`",
  };
}

/** PRV-03: the pool of licence units covers all devices. */
export function licenceFault(lab: Pick<Lab, "devices" | "licenceUnits">): ProvisioningFault | undefined {
  const used = licenceUnitsUsed(lab);
  if (lab.licenceUnits === undefined || used <= lab.licenceUnits) return undefined;
  return { rule: "PRV-03", message: `the devices need ${used} licence units, the pool has ${lab.licenceUnits}` };
}

/** PRV-07: a wireless third-party device is Advanced. */
export function wirelessFault({ name, type, wireless }: Device): ProvisioningFault | undefined {
  if (!wireless || type !== "basic") return undefined;
  return { rule: "PRV-07", message: `${name} is wireless: its type must be advanced` };
}
