import type { Device, Lab, Line, PhoneSecurityProfile, ServiceUris, SipProfile, User } from "../inventory/model.ts";
import { isThirdParty } from "../inventory/model.ts";
import { hasCertificate } from "./certificates.ts";
import type { Protocol } from "../sip/transport/address.ts";

/** What a scenario asks of a phone. Every field narrows the choice; the runner leases a device of the lab that fits. */
export interface PhoneRole {
  /** Default `third-party`: basic or advanced. */
  readonly type?: "basic" | "advanced" | "third-party" | "cisco";
  /** The "Enable Digest Authentication" check box of its security profile. Default: on. */
  readonly digest?: boolean;
  /** At least so many lines. Default 1. */
  readonly lines?: number;
  /** The very user of that role is this phone's Digest User too (REG-10). Without it, no other device has its user. */
  readonly sameDigestUserAs?: string;
  /** Shares the first line of that role (REG-24). */
  readonly sameLineAs?: string;
  /** Its first line is in the call pickup group of that role's (EXT-01). */
  readonly samePickupGroupAs?: string;
  /** Call forward all of its first line is set, by the administrator, to the number of that role. */
  readonly forwardsAllTo?: string;
  /** Call forward busy of its first line is set to the number of that role. */
  readonly forwardsBusyTo?: string;
  /** True: the digest user's id is the directory number (REG-05); false: it is not (REG-04). Default: either. */
  readonly userNamedLikeLine?: boolean;
  /** What it sends by, and listens on. Default: any. */
  readonly transport?: Protocol;
  /** Its MAC address is known (DEV-02). Default: either. */
  readonly mac?: true;
  /** It has a client certificate that the target trusts: from the lab, or made for the run. Default: either. */
  readonly certificate?: true;
  /** A service URI that its SIP profile renames (EXT-05); undefined: none is renamed. */
  readonly renamedServiceUri?: keyof ServiceUris;
  /** The SIP profile sends INVITEs with an offer (CAL-07). Default false. */
  readonly earlyOffer?: boolean;
  /** Payload type of telephone-event in its SIP profile (DTM-02). Default 101. */
  readonly telephoneEventPayloadType?: number;
  /** Its "Require DTMF Reception" check box (DTM-01). Default false. */
  readonly requireDtmfReception?: boolean;
  /** Its "Media Termination Point Required" check box (DTM-06). Default false. */
  readonly mtpRequired?: boolean;
  /** Its SIP profile is the built-in one, `standard` (PRV-09). Default: either. */
  readonly standardSipProfile?: boolean;
  /** Its first line stands in a partition of the calling search space of that role, which so gets one (PRV-10). */
  readonly reachableFrom?: string;
  /** Its first line stands in a partition that is not in the calling search space of that role (PRV-10). */
  readonly unreachableFrom?: string;
  /** Its first line has the number of that role's, in another partition. Without it, no other partition has its number. */
  readonly sameNumberAs?: string;
  /** Kept the values of release 5.0 (CAP-03, CAP-09). Default false. */
  readonly migrated?: boolean;
  /** The call manager grants its registrations so many seconds at most (REG-19). */
  readonly maxRegistrationSeconds?: number;
  /** The call manager grants its session timers so many seconds at most (CAL-11). */
  readonly maxSessionSeconds?: number;
  /** It is a wireless device (PRV-07). Default: either. */
  readonly wireless?: boolean;
  /** Its phone security profile is a standard one, and no other device has it (PRV-04). Default: either. */
  readonly ownStandardProfile?: boolean;
  /** Whether the digest user has digest credentials. Default true. */
  readonly credentials?: boolean;
  /** Whether the Digest User is also associated with the device (REG-09). Default: either. */
  readonly associated?: boolean;
}

/** What a scenario asks of an end user beside those of its phones. */
export interface UserRole {
  /** `none`: Digest User of no device (REG-08). */
  readonly digestUserOf: "none";
  /** `none`: associated with no device; `any`: Device Association names the user for some device (REG-09). Default `none`. */
  readonly associatedWith?: "none" | "any";
}

/** What a scenario asks of a directory number beside those of its phones. */
export interface NumberRole {
  /** No line of the lab has it. */
  readonly unassigned: true;
}

export type PhoneRoles = Readonly<Record<string, PhoneRole>>;
export type UserRoles = Readonly<Record<string, UserRole>>;
export type NumberRoles = Readonly<Record<string, NumberRole>>;

function fitsType(device: Device, type: NonNullable<PhoneRole["type"]>): boolean {
  if (type === "third-party") return isThirdParty(device.type);
  if (type === "cisco") return !isThirdParty(device.type);
  return device.type === type;
}

/** What of a lab a fit has to know, counted once. */
export interface LabFacts {
  readonly lab: Lab;
  /** On how many devices each user is Digest User. */
  readonly digestUsers: ReadonlyMap<string | undefined, number>;
  /** On how many devices each number of a partition is a line. */
  readonly lines: ReadonlyMap<string, number>;
  /** In how many partitions each number is a line. */
  readonly partitions: ReadonlyMap<string, number>;
  /** Users of whom Device Association names a device. */
  readonly associatedUsers: ReadonlySet<string | undefined>;
  /** How many devices have each phone security profile. */
  readonly securityProfiles: ReadonlyMap<PhoneSecurityProfile, number>;
  /** Which service URIs a SIP profile renames. */
  readonly renames: ReadonlyMap<SipProfile, readonly (keyof ServiceUris)[]>;
}

function countBy<T>(items: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function lineKey(line: Line): string {
  return `${line.partition} ${line.directoryNumber}`;
}

function numberOf(key: string): string {
  return key.slice(key.lastIndexOf(" ") + 1);
}

export function factsOf(lab: Lab): LabFacts {
  const lines = countBy(lab.devices.flatMap((device) => device.lines.map(lineKey)));
  return {
    lab,
    digestUsers: countBy(lab.devices.map((device) => device.digestUser)),
    lines,
    partitions: countBy([...lines.keys()].map(numberOf)),
    associatedUsers: new Set(lab.devices.map((device) => device.associatedUser)),
    securityProfiles: countBy(lab.devices.map(({ securityProfile }) => securityProfile)),
    renames: new Map(lab.devices.map(({ sipProfile }) => [sipProfile, renamesOf(sipProfile, lab)])),
  };
}

function renamesOf({ serviceUris: own }: SipProfile, lab: Lab): (keyof ServiceUris)[] {
  const standard = lab.sipProfiles.get("standard")?.serviceUris;
  if (!standard) return [];
  return (Object.keys(own) as (keyof ServiceUris)[]).filter((field) => own[field] !== standard[field]);
}

function fitsServiceUris(renamed: readonly (keyof ServiceUris)[], { renamedServiceUri: wanted }: PhoneRole): boolean {
  return wanted === undefined ? renamed.length === 0 : renamed.includes(wanted);
}

/** Whether a role of the cast names this one by that relation. */
function isNamed(roles: PhoneRoles, name: string, relation: Relation): boolean {
  return Object.values(roles).some((other) => other[relation] === name);
}

/** What a scenario asks of one phone, by its role and by the roles that name it. */
export interface PhoneWish {
  readonly role: PhoneRole;
  /** It has something in common with another phone of the scenario, whichever of the two says so. */
  readonly sharesDigestUser: boolean;
  readonly sharesLine: boolean;
  readonly sharesNumber: boolean;
  /** Who is limited in whom he may call behaves unlike a plain phone; only who asks gets him. */
  readonly limited: boolean;
}

export function wishOf(roles: PhoneRoles, name: string): PhoneWish {
  const role = roles[name] ?? {};
  const shares = (relation: Relation): boolean => role[relation] !== undefined || isNamed(roles, name, relation);
  return {
    role,
    sharesDigestUser: shares("sameDigestUserAs"),
    sharesLine: shares("sameLineAs"),
    sharesNumber: shares("sameNumberAs"),
    limited: isNamed(roles, name, "reachableFrom") || isNamed(roles, name, "unreachableFrom"),
  };
}

function fitsUser(device: Device, { role, sharesDigestUser }: PhoneWish, facts: LabFacts): boolean {
  if (device.digestUser === undefined) return false;
  const isShared = (facts.digestUsers.get(device.digestUser) ?? 0) > 1;
  if (sharesDigestUser !== isShared) return false;
  const user = facts.lab.users.get(device.digestUser);
  if ((role.credentials ?? true) !== (user?.password !== undefined)) return false;
  if (role.associated !== undefined && role.associated !== (device.associatedUser === device.digestUser)) return false;
  const likeLine = device.lines[0]?.directoryNumber === device.digestUser;
  return role.userNamedLikeLine === undefined || role.userNamedLikeLine === likeLine;
}

/** Lines that forward or are shared behave unlike a plain phone; only who asks gets them. */
function fitsLines(device: Device, { role, sharesLine, sharesNumber }: PhoneWish, facts: LabFacts): boolean {
  if (device.lines.length < (role.lines ?? 1)) return false;
  if (sharesLine !== device.lines.some((line) => (facts.lines.get(lineKey(line)) ?? 0) > 1)) return false;
  const ambiguous = device.lines.some(({ directoryNumber }) => (facts.partitions.get(directoryNumber) ?? 0) > 1);
  if (sharesNumber !== ambiguous) return false;
  const { all, busy } = device.lines[0]?.forwards ?? {};
  return (
    (all !== undefined) === (role.forwardsAllTo !== undefined) &&
    (busy !== undefined) === (role.forwardsBusyTo !== undefined)
  );
}

/** Devices with values of their own behave unlike a plain phone; only who asks gets them. */
function fitsProvisioning(device: Device, role: PhoneRole, { lab, securityProfiles }: LabFacts): boolean {
  const { securityProfile, registrationSeconds, sessionSeconds } = device;
  const granted = registrationSeconds ?? lab.target.registration.expiresSeconds;
  const session = sessionSeconds ?? lab.target.sessionTimer.expiresSeconds;
  const alone = securityProfile.standard && securityProfiles.get(securityProfile) === 1;
  return (
    (device.migratedFrom !== undefined) === (role.migrated ?? false) &&
    (role.maxRegistrationSeconds === undefined
      ? registrationSeconds === undefined
      : granted <= role.maxRegistrationSeconds) &&
    (role.maxSessionSeconds === undefined ? sessionSeconds === undefined : session <= role.maxSessionSeconds) &&
    (role.wireless === undefined || device.wireless === role.wireless) &&
    (role.ownStandardProfile === undefined || alone === role.ownStandardProfile)
  );
}

/** Whether the device can play the role by itself; what it has to share with other roles is `fitsTogether`. */
export function fitsAlone(device: Device, wish: PhoneWish, facts: LabFacts): boolean {
  const { role } = wish;
  return (
    fitsType(device, role.type ?? "third-party") &&
    device.securityProfile.digestAuthentication === (role.digest ?? true) &&
    device.sipProfile.earlyOffer === (role.earlyOffer ?? false) &&
    device.sipProfile.telephoneEventPayloadType === (role.telephoneEventPayloadType ?? 101) &&
    device.requireDtmfReception === (role.requireDtmfReception ?? false) &&
    (role.mac === undefined || device.mac !== undefined) &&
    device.mtpRequired === (role.mtpRequired ?? false) &&
    (role.certificate === undefined || hasCertificate(device, facts.lab)) &&
    (role.transport === undefined || device.phoneProfile.transport === role.transport) &&
    fitsServiceUris(facts.renames.get(device.sipProfile) ?? [], role) &&
    (role.standardSipProfile === undefined || role.standardSipProfile === (device.sipProfile.name === "standard")) &&
    fitsProvisioning(device, role, facts) &&
    wish.limited === (device.callingSearchSpace !== undefined) &&
    fitsUser(device, wish, facts) &&
    fitsLines(device, wish, facts)
  );
}

/** Wishes that name another role. */
type Relation =
  | "sameDigestUserAs"
  | "sameLineAs"
  | "sameNumberAs"
  | "samePickupGroupAs"
  | "forwardsAllTo"
  | "forwardsBusyTo"
  | "reachableFrom"
  | "unreachableFrom";

function maySearch(searcher: Device, partition: string | undefined): boolean {
  return partition !== undefined && searcher.callingSearchSpace?.includes(partition) === true;
}

/** What a role asks of the device of another role; each is checked once both are chosen. */
const RELATIONS: Readonly<Record<Relation, (device: Device, other: Device) => boolean>> = {
  sameDigestUserAs: (device, other) => device.digestUser === other.digestUser,
  sameLineAs: (device, other) => {
    const theirs = other.lines[0];
    return device.lines.some(
      (line) => line.directoryNumber === theirs?.directoryNumber && line.partition === theirs.partition,
    );
  },
  sameNumberAs: (device, other) => {
    const [own, theirs] = [device.lines[0], other.lines[0]];
    return own?.directoryNumber === theirs?.directoryNumber && own?.partition !== theirs?.partition;
  },
  samePickupGroupAs: (device, other) => {
    const group = other.lines[0]?.pickupGroup;
    return group !== undefined && device.lines[0]?.pickupGroup === group;
  },
  forwardsAllTo: (device, other) => device.lines[0]?.forwards.all === other.lines[0]?.directoryNumber,
  forwardsBusyTo: (device, other) => device.lines[0]?.forwards.busy === other.lines[0]?.directoryNumber,
  reachableFrom: (device, other) => maySearch(other, device.lines[0]?.partition),
  unreachableFrom: (device, other) => {
    const partition = device.lines[0]?.partition;
    return partition !== "" && !maySearch(other, partition);
  },
};

/** What the device of one role has to be to the device of another. */
export interface Tie {
  readonly name: string;
  readonly other: string;
  readonly relation: Relation;
}

export function tiesOf(roles: PhoneRoles): Tie[] {
  return Object.entries(roles).flatMap(([name, role]) =>
    (Object.keys(RELATIONS) as Relation[]).flatMap((relation) => {
      const other = role[relation];
      return other === undefined ? [] : [{ name, other, relation }];
    }),
  );
}

/** Whether the devices chosen, one for each role, are to each other what the ties say. Roles not chosen yet wait. */
export function fitTogether(ties: readonly Tie[], chosen: ReadonlyMap<string, Device>): boolean {
  return ties.every(({ name, other, relation }) => {
    const [device, otherDevice] = [chosen.get(name), chosen.get(other)];
    return device === undefined || otherDevice === undefined || RELATIONS[relation](device, otherDevice);
  });
}

export function fitsUserRole(user: User, role: UserRole, facts: LabFacts): boolean {
  if (facts.digestUsers.has(user.id)) return false;
  return user.password !== undefined && facts.associatedUsers.has(user.id) === (role.associatedWith === "any");
}

/** The role in words, for the reason of a skip. */
export function describeRole(name: string, role: PhoneRole): string {
  const wishes = Object.entries(role).map(([key, value]) => `${key}: ${String(value)}`);
  return wishes.length === 0 ? `"${name}" (a third-party phone with digest on)` : `"${name}" { ${wishes.join(", ")} }`;
}
