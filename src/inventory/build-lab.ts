import { dirname, resolve as resolvePath } from "node:path";
import { didYouMean } from "../core/text.ts";
import { defaultPort } from "../sip/transport/resolver.ts";
import { defaultsOf, STANDARD_PHONE_PROFILE, STANDARD_SECURITY_PROFILE, STANDARD_SIP_PROFILE } from "./defaults.ts";
import { formatPath, type LabSource, type Path } from "./lab-source.ts";
import type { CertificateFiles, Device, Lab, Line, Place, Target } from "./model.ts";
import type { LabProblem } from "./problems.ts";
import type { DeviceEntry, LabFile, LineEntry } from "./schema.ts";

/** The value that `name` at `path` stands for, or `fallback` and a problem when nothing is called so. */
type Resolve = <T>(kind: Kind, values: ReadonlyMap<string, T>, path: Path, name: string, fallback: T) => T;

/** Sections of the file whose entries are referred to, with the words for one of them. */
const KINDS = {
  users: "user",
  partitions: "partition",
  securityProfiles: "phone security profile",
  sipProfiles: "SIP profile",
  phoneProfiles: "phone profile",
} as const;

type Kind = keyof typeof KINDS;

/** Makes the lab of a file: names become what they stand for, gaps are filled in; names of nothing are problems. */
export function buildLab(file: LabFile, source: LabSource, problems: LabProblem[]): Lab {
  const keyPlace = (...path: Path) => source.place(path, "key");
  const shell: Omit<Lab, "devices"> = {
    file: source.file,
    target: targetOf(file.target, source.file),
    users: mapEntries(file.users, (id, user) => ({ id, ...user, place: keyPlace("users", id) })),
    partitions: file.partitions,
    securityProfiles: withStandard(
      STANDARD_SECURITY_PROFILE,
      mapEntries(file.securityProfiles, (name, entry) => ({
        name,
        ...entry,
        place: keyPlace("securityProfiles", name),
      })),
    ),
    sipProfiles: withStandard(
      STANDARD_SIP_PROFILE,
      mapEntries(file.sipProfiles, (name, entry) => ({ name, ...entry, place: keyPlace("sipProfiles", name) })),
    ),
    phoneProfiles: withStandard(
      STANDARD_PHONE_PROFILE,
      mapEntries(file.phoneProfiles, (name, entry) => ({ name, ...entry, ...certificateOf(entry, source.file) })),
    ),
    ...(file.licenceUnits === undefined ? {} : { licenceUnits: file.licenceUnits }),
    unassociatedLines: [],
    unassignedNumbers: file.unassignedNumbers,
    local: file.local,
    waits: file.waits,
  };
  const resolve = resolver(source, problems);
  return {
    ...shell,
    devices: Object.entries(file.devices).map(([name, entry]) => buildDevice(name, entry, shell, source, resolve)),
  };
}

function mapEntries<T, U>(entries: Readonly<Record<string, T>>, make: (name: string, entry: T) => U): Map<string, U> {
  return new Map(Object.entries(entries).map(([name, entry]) => [name, make(name, entry)]));
}

function withStandard<T extends { readonly name: string }>(standard: T, own: Map<string, T>): Map<string, T> {
  return new Map([[standard.name, standard], ...own]);
}

/** A file of a lab is named from the folder of the lab file. */
export function fileOf(name: string, labFile: string): string {
  return resolvePath(dirname(labFile), name);
}

function filesOf({ certificateFile, keyFile }: CertificateFiles, labFile: string): CertificateFiles {
  return { certificateFile: fileOf(certificateFile, labFile), keyFile: fileOf(keyFile, labFile) };
}

function certificateOf(
  { certificate }: { readonly certificate?: CertificateFiles },
  labFile: string,
): { readonly certificate?: CertificateFiles } {
  return certificate === undefined ? {} : { certificate: filesOf(certificate, labFile) };
}

function targetOf(entry: LabFile["target"], labFile: string): Target {
  const embedded = entry.embedded ?? entry.host === undefined;
  const host = entry.host ?? "127.0.0.1";
  const { port, verify, caFile, certificateFile, keyFile } = entry.tls;
  return {
    ...entry,
    embedded,
    host,
    port: entry.port ?? (embedded ? 0 : 5060),
    tls: {
      port: port ?? (embedded ? 0 : defaultPort("tls")),
      verify,
      ...(caFile === undefined ? {} : { caFile: fileOf(caFile, labFile) }),
      ...(certificateFile === undefined || keyFile === undefined
        ? {}
        : { certificate: filesOf({ certificateFile, keyFile }, labFile) }),
    },
    domain: entry.domain ?? host,
    profile: entry.profile ?? (embedded ? "cucm" : "generic"),
  };
}

function resolver(source: LabSource, problems: LabProblem[]): Resolve {
  // Entries that are there and wrong have been reported already: a reference to one of them is not a second problem.
  const sections = (source.data ?? {}) as Partial<Record<Kind, object>>;
  return (kind, values, path, name, fallback) => {
    const value = values.get(name);
    if (value !== undefined) return value;
    const declared = [...values.keys(), ...Object.keys(sections[kind] ?? {})];
    if (!declared.includes(name) && !source.isUnresolved(path)) {
      problems.push({
        code: "ERR_LAB_REFERENCE",
        place: source.place(path),
        path: formatPath(path),
        message: `no ${KINDS[kind]} is named "${source.written(path) ?? name}".${
          didYouMean(name, values.keys()) || ` Add it under \`${kind}\`.`
        }`,
      });
    }
    return fallback;
  };
}

function buildDevice(
  name: string,
  entry: DeviceEntry,
  lab: Omit<Lab, "devices">,
  source: LabSource,
  resolve: Resolve,
): Device {
  const path = ["devices", name];
  const { sharedDigestUser, associatedUser: associated, securityProfile, sipProfile, phoneProfile, ...own } = entry;
  const profile = <T>(kind: Kind, key: string, values: ReadonlyMap<string, T>, wanted: string, standard: T): T =>
    resolve(kind, values, [...path, key], wanted, standard);
  const associatedUser = associated === undefined ? own.digestUser : (associated ?? undefined);
  checkUsers({ digestUser: own.digestUser, associatedUser: associated }, path, lab, resolve);
  checkPartitions(entry, path, lab, resolve);
  const look = profile("phoneProfiles", "phoneProfile", lab.phoneProfiles, phoneProfile, STANDARD_PHONE_PROFILE);
  return {
    ...own,
    ...certificateOf(look, source.file),
    ...certificateOf(own, source.file),
    ...macOf(name, own.mac),
    name,
    sharedDigestUserIntended: sharedDigestUser === "intended",
    ...(associatedUser === undefined ? {} : { associatedUser }),
    securityProfile: profile(
      "securityProfiles",
      "securityProfile",
      lab.securityProfiles,
      securityProfile,
      STANDARD_SECURITY_PROFILE,
    ),
    sipProfile: profile("sipProfiles", "sipProfile", lab.sipProfiles, sipProfile, STANDARD_SIP_PROFILE),
    phoneProfile: look,
    lines: own.lines.map((line, index) => buildLine(line, own, source.place([...path, "lines", index]))),
    maxCalls: own.maxCalls ?? defaultsOf(own).maxCalls,
    place: source.place(path, "key"),
  };
}

/** By custom a device is named after its MAC address: SEP and the twelve digits. */
function macOf(name: string, mac = /^SEP([0-9A-F]{12})$/i.exec(name)?.[1]): { readonly mac?: string } {
  return mac === undefined ? {} : { mac: mac.replace(/[:.-]/g, "").toUpperCase() };
}

function checkUsers(
  names: Readonly<Record<string, string | null | undefined>>,
  path: Path,
  lab: Pick<Lab, "users">,
  resolve: Resolve,
): void {
  for (const [key, name] of Object.entries(names)) {
    if (typeof name === "string") resolve("users", lab.users, [...path, key], name, undefined);
  }
}

function checkPartitions(entry: DeviceEntry, path: Path, lab: Pick<Lab, "partitions">, resolve: Resolve): void {
  const partitions = new Map(["", ...lab.partitions].map((name) => [name, name]));
  entry.callingSearchSpace?.forEach((name, index) => {
    resolve("partitions", partitions, [...path, "callingSearchSpace", index], name, "");
  });
  entry.lines.forEach((line, index) => {
    if (typeof line === "string") return;
    resolve("partitions", partitions, [...path, "lines", index, "partition"], line.partition, "");
  });
}

/** What a line given by its number alone has besides. */
const PLAIN_LINE: Omit<LineEntry, "number"> = { partition: "", shared: false, forwards: {} };

function buildLine(entry: string | LineEntry, device: Pick<Device, "type" | "migratedFrom">, place: Place): Line {
  const limits = defaultsOf(device);
  const { number, ...own } = typeof entry === "string" ? { number: entry, ...PLAIN_LINE } : entry;
  const maxCalls = own.maxCalls ?? limits.lineMaxCalls;
  return {
    ...own,
    directoryNumber: number,
    maxCalls,
    busyTrigger: own.busyTrigger ?? Math.min(limits.busyTrigger, maxCalls),
    place,
  };
}
