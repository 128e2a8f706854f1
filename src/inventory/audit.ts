import { linesOf } from "./checks.ts";
import { isThirdParty, type Device, type Lab, type Place } from "./model.ts";
import { byPlace } from "./problems.ts";
import { deficitFault, licenceFault, wirelessFault } from "./provisioning-faults.ts";

/** Something about a lab that loads, and yet may surprise its keeper. */
export interface Finding {
  /** `warning`: phones will not do what the lab seems to want. `info`: worth knowing, and often meant. */
  readonly severity: "warning" | "info";
  /** Id of the rule that it is about. */
  readonly rule?: string;
  readonly message: string;
  readonly place: Place;
}

/** What is doubtful about `lab`, in the order of the file. Holds no secrets. */
export function auditLab(lab: Lab): Finding[] {
  return [
    ...lab.devices.flatMap((device) => auditDevice(device, lab)),
    ...auditLines(lab),
    ...auditPorts(lab),
    ...auditLicences(lab),
  ].toSorted(byPlace);
}

function auditDevice(device: Device, lab: Lab): Finding[] {
  const place = device.place;
  const wireless = wirelessFault(device);
  const deficit = deficitFault(device);
  const findings: (Finding | false)[] = [
    wireless !== undefined && { severity: "warning", ...wireless, place },
    ...(isThirdParty(device.type) ? auditIdentity(device, lab) : []),
    deficit !== undefined && { severity: device.migratedFrom === undefined ? "warning" : "info", ...deficit, place },
    ...auditTransport(device, lab),
  ];
  return findings.filter((finding) => finding !== false);
}

/** Settings by which a third-party phone is, or is not, let in. */
function auditIdentity({ name, place, ...device }: Device, lab: Lab): (Finding | false)[] {
  if (device.digestUser === undefined) {
    return [{ severity: "warning", rule: "REG-08", message: `${name} has no digest user: it cannot register`, place }];
  }
  const sharers = lab.devices.filter((other) => other.digestUser === device.digestUser).length;
  const mute = lab.users.get(device.digestUser)?.password === undefined;
  return [
    device.securityProfile.digestAuthentication &&
      mute && {
        severity: "info",
        rule: "REG-17",
        message: `digest is on for ${name}, and its user "${device.digestUser}" has no password: it cannot register`,
        place,
      },
    sharers > 1 && {
      severity: "info",
      rule: "REG-10",
      message: `${name} shares its digest user "${device.digestUser}": it cannot register`,
      place,
    },
    sharers === 1 &&
      device.sharedDigestUserIntended && {
        severity: "warning",
        rule: "REG-10",
        message: `${name} says that it shares its digest user "${device.digestUser}", but no other device has it`,
        place,
      },
    device.associatedUser !== device.digestUser && {
      severity: "info",
      rule: "REG-09",
      message: `${name} is not associated with its digest user "${device.digestUser}"`,
      place,
    },
  ];
}

function auditTransport({ name, type, place, phoneProfile }: Device, lab: Lab): Finding[] {
  const { transport } = phoneProfile;
  if (transport === "tls" && isThirdParty(type)) {
    const message = `${name} speaks TLS, which third-party phones may not`;
    return [{ severity: "warning", rule: "TLS-01", message, place }];
  }
  if (lab.target.transports.includes(transport)) return [];
  return [{ severity: "warning", message: `${name} speaks ${transport}, which the target does not offer`, place }];
}

function auditLines(lab: Lab): Finding[] {
  const lines = linesOf(lab).map(({ line }) => line);
  const sizeOf = (same: (line: (typeof lines)[number]) => boolean): number => lines.filter(same).length;
  const numbers = new Set(lines.map((line) => line.directoryNumber));
  return lines.flatMap(({ directoryNumber: number, partition, place, ...line }) => {
    const sharers = sizeOf((other) => other.directoryNumber === number && other.partition === partition);
    const findings: (Finding | false)[] = [
      line.shared &&
        sharers === 1 && {
          severity: "warning",
          message: `number ${number} is marked as shared, but stands once`,
          place,
        },
      line.pickupGroup !== undefined &&
        sizeOf((other) => other.pickupGroup === line.pickupGroup) === 1 && {
          severity: "info",
          message: `number ${number} is alone in pickup group "${line.pickupGroup}"`,
          place,
        },
      ...[line.forwards.all, line.forwards.busy].map(
        (to): Finding | false =>
          to !== undefined &&
          !numbers.has(to) && {
            severity: "info",
            message: `number ${number} is forwarded to ${to}, which no line has`,
            place,
          },
      ),
    ];
    return findings.filter((finding) => finding !== false);
  });
}

/** Each phone binds a port of its own. */
function auditPorts({ local, devices, file }: Lab): Finding[] {
  if (!local.ports) return [];
  const [from, to] = local.ports;
  const count = to - from + 1;
  if (count >= devices.length) return [];
  const message = `${count} local ports for ${devices.length} devices: not all of them can be used at once`;
  return [{ severity: "info", message, place: { file, line: 1, column: 1 } }];
}

/** The call manager that has these devices takes no further one (PRV-03). */
function auditLicences(lab: Lab): Finding[] {
  const fault = licenceFault(lab);
  return fault ? [{ severity: "warning", ...fault, place: { file: lab.file, line: 1, column: 1 } }] : [];
}
