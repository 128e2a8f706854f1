import { groupBy } from "../core/grouping.ts";
import { limitsOf } from "./defaults.ts";
import type { Device, Lab, Line, PhoneSecurityProfile, Place } from "./model.ts";
import { formatPlace, type LabProblem } from "./problems.ts";
import { busyTriggerFault, digestFault, lineCountFault, type ProvisioningFault } from "./provisioning-faults.ts";

interface LineOfDevice {
  readonly device: Device;
  readonly line: Line;
  readonly path: string;
}

/** What stands against a lab whose parts are each in order. */
export function checkLab(lab: Lab): LabProblem[] {
  return [
    ...[...lab.securityProfiles.values()].flatMap(checkSecurityProfile),
    ...lab.devices.flatMap(checkLineCount),
    ...linesOf(lab).flatMap(checkBusyTrigger),
    ...checkDirectoryNumbers(lab),
    ...checkDigestUsers(lab),
    ...checkUnassignedNumbers(lab),
  ];
}

/** Every line with its device and its path in the file. */
export function linesOf(lab: Lab): LineOfDevice[] {
  return lab.devices.flatMap((device) =>
    device.lines.map((line, index) => ({ device, line, path: `devices.${device.name}.lines[${index}]` })),
  );
}

function problemsOf(fault: ProvisioningFault | undefined, place: Place | undefined, path: string): LabProblem[] {
  return fault && place ? [{ code: "ERR_LAB_RULE", ...fault, place, path }] : [];
}

function checkSecurityProfile(profile: PhoneSecurityProfile): LabProblem[] {
  return problemsOf(digestFault(profile), profile.place, `securityProfiles.${profile.name}`);
}

function checkLineCount(device: Device): LabProblem[] {
  const { maxLines } = limitsOf(device.type);
  return problemsOf(lineCountFault(device), device.lines[maxLines]?.place, `devices.${device.name}.lines[${maxLines}]`);
}

function checkBusyTrigger({ line, path }: LineOfDevice): LabProblem[] {
  return problemsOf(busyTriggerFault(line), line.place, path);
}

/** Of those that share something, the ones to complain of: when nobody says that it is meant, all but the first. */
function unintended<T>(group: readonly T[], isIntended: (item: T) => boolean): T[] {
  if (group.length < 2) return [];
  const silent = group.filter((item) => !isIntended(item));
  return silent.length === group.length ? silent.slice(1) : silent;
}

/** A directory number stands once in a partition, unless all its lines say that it is shared. */
function checkDirectoryNumbers(lab: Lab): LabProblem[] {
  const groups = groupBy(linesOf(lab), ({ line }) => `${line.directoryNumber} ${line.partition}`);
  return [...groups.values()].flatMap((group) => [...twiceOnOneDevice(group), ...unmarkedSharing(group)]);
}

function twiceOnOneDevice(group: readonly LineOfDevice[]): LabProblem[] {
  const seen = new Set<Device>();
  return group.flatMap((here) => {
    const first = !seen.has(here.device);
    seen.add(here.device);
    return first ? [] : [duplicateNumber(here, "stands twice on this device")];
  });
}

function unmarkedSharing(group: readonly LineOfDevice[]): LabProblem[] {
  return unintended(group, ({ line }) => line.shared).flatMap((here) => {
    const other = group.find(({ device }) => device !== here.device);
    if (!other) return [];
    const where = `also stands on ${other.device.name} (${formatPlace(other.line.place)})`;
    return [duplicateNumber(here, `${where}. Give each its own, or mark every line of it \`shared: true\``)];
  });
}

function duplicateNumber({ line, path }: LineOfDevice, what: string): LabProblem {
  const partition = line.partition === "" ? "" : ` of partition "${line.partition}"`;
  const message = `directory number ${line.directoryNumber}${partition} ${what}`;
  return { code: "ERR_LAB_DUPLICATE", place: line.place, path, message };
}

/** REG-10: phones that share a digest user do not register, so a lab has to say that it wants that. */
function checkDigestUsers(lab: Lab): LabProblem[] {
  return [...groupBy(lab.devices, (device) => device.digestUser).values()].flatMap((group) =>
    unintended(group, (device) => device.sharedDigestUserIntended).map((device): LabProblem => {
      const others = group.filter((other) => other !== device).map((other) => other.name);
      return {
        code: "ERR_LAB_DUPLICATE",
        rule: "REG-10",
        place: device.place,
        path: `devices.${device.name}.digestUser`,
        message:
          `user "${device.digestUser ?? ""}" is the digest user of ${others.join(", ")} too, so none of them would register. ` +
          "Give each its own, or say `sharedDigestUser: intended` on every one",
      };
    }),
  );
}

function checkUnassignedNumbers(lab: Lab): LabProblem[] {
  const unassigned = new Set(lab.unassignedNumbers);
  return linesOf(lab)
    .filter(({ line }) => unassigned.has(line.directoryNumber))
    .map(({ line, path }) => ({
      code: "ERR_LAB_DUPLICATE",
      place: line.place,
      path,
      message: `number ${line.directoryNumber} stands under \`unassignedNumbers\` too`,
    }));
}
