import type { Device, Lab, Line, User } from "../inventory/model.ts";
import {
  describeRole,
  factsOf,
  fitsAlone,
  fitsUserRole,
  fitTogether,
  type LabFacts,
  tiesOf,
  wishOf,
  type NumberRoles,
  type PhoneRoles,
  type PhoneWish,
  type Tie,
  type UserRoles,
} from "./roles.ts";

/**
 * What a scenario needs of its target beside phones. `administration`: to be reconfigured while it runs. `licences`: the
 * pool of licence units, and with it the adding and removing of phones, to itself.
 */
export type ScenarioNeed = "administration" | "licences";

export interface LeaseRequest {
  readonly phones: PhoneRoles;
  readonly users: UserRoles;
  readonly numbers: NumberRoles;
  /** Default: nothing. */
  readonly needs?: readonly ScenarioNeed[];
}

/** Devices, users and numbers that one scenario has to itself. */
export interface Lease {
  readonly devices: ReadonlyMap<string, Device>;
  readonly users: ReadonlyMap<string, User>;
  /** Numbers that nobody has are shared by those who only call them: exclusive are those that a line may be given. */
  readonly numbers: ReadonlyMap<string, string>;
  readonly needs: readonly ScenarioNeed[];
}

/** A request with what of the lab fits each of its roles, looked up once however often it is tried. */
export interface PreparedRequest {
  readonly request: LeaseRequest;
  readonly devices: ReadonlyMap<string, readonly Device[]>;
  readonly users: ReadonlyMap<string, readonly User[]>;
  readonly ties: readonly Tie[];
}

interface Availability {
  readonly device: (device: Device) => boolean;
  readonly user: (user: User) => boolean;
  /** Numbers of nobody, those to be taken first in front. */
  readonly numbers: readonly string[];
  readonly need: (need: ScenarioNeed) => boolean;
}

/**
 * Lends the lab to scenarios that run side by side. A device is never in two leases, nor are two devices that share a
 * digest user, a line or a pickup group: what one scenario does must not reach another.
 */
export class LeasePool {
  readonly #facts: LabFacts;
  /** Plain devices first, so that those with many lines or in a pickup group stay for who needs them. */
  readonly #devices: readonly Device[];
  readonly #shareables: ReadonlyMap<Device, readonly string[]>;
  /** What a device may share with others → how many lent devices have it. */
  readonly #lent = new Map<string, number>();
  readonly #lentUsers = new Set<User>();
  /** Number of nobody → how many leases have it. */
  readonly #lentNumbers = new Map<string, number>();
  /** Numbers that a lease has to itself. */
  readonly #ownNumbers = new Set<string>();
  readonly #lentNeeds = new Set<ScenarioNeed>();
  readonly #prepared = new Map<string, PreparedRequest>();
  readonly #never = new Map<PreparedRequest, string | undefined>();
  /** By wish, as text: scenarios wish for much the same phones. */
  readonly #fittingOf = new Map<string, readonly Device[]>();

  constructor(lab: Lab) {
    this.#facts = factsOf(lab);
    this.#devices = [...lab.devices].sort((a, b) => specialty(a) - specialty(b));
    this.#shareables = new Map(lab.devices.map((device) => [device, shareables(device)]));
  }

  /** What fits the request; requests that wish the same share it. */
  prepare(request: LeaseRequest): PreparedRequest {
    const key = JSON.stringify(request);
    const prepared = this.#prepared.get(key) ?? this.#lookUp(request);
    this.#prepared.set(key, prepared);
    return prepared;
  }

  /** A lease, or undefined while what fits is lent out. */
  tryLease(prepared: PreparedRequest): Lease | undefined {
    const lease = this.#choose(prepared, {
      device: (device) => this.#shareablesOf(device).every((shareable) => !this.#lent.has(shareable)),
      user: (user) => !this.#lentUsers.has(user),
      numbers: this.#freeNumbers(prepared.request),
      need: (need) => need === "administration" || !this.#lentNeeds.has(need),
    });
    if (lease) this.#count(lease, 1);
    return lease;
  }

  giveBack(lease: Lease): void {
    this.#count(lease, -1);
  }

  /** Why the whole lab, all of it free, cannot serve the request; undefined when it can. */
  whyNever(prepared: PreparedRequest): string | undefined {
    if (!this.#never.has(prepared)) this.#never.set(prepared, this.#findWhyNever(prepared));
    return this.#never.get(prepared);
  }

  #findWhyNever(prepared: PreparedRequest): string | undefined {
    const { unassignedNumbers } = this.#facts.lab;
    if (this.#choose(prepared, { device: all, user: all, numbers: unassignedNumbers, need: all })) return undefined;
    const { phones, numbers } = prepared.request;
    for (const [name, role] of Object.entries(phones)) {
      if (prepared.devices.get(name)?.length === 0) return `the lab has no device for role ${describeRole(name, role)}`;
    }
    for (const [name, users] of prepared.users) {
      if (users.length === 0) return `the lab has no end user for role "${name}" (Digest User of no device)`;
    }
    if (Object.keys(numbers).length > unassignedNumbers.length) {
      return "the lab names too few unassignedNumbers";
    }
    const roles = Object.entries(phones).map(([name, role]) => describeRole(name, role));
    return `the lab has too few devices that fit together for roles ${roles.join(", ")}`;
  }

  /**
   * Who may give a number to a line gets one that nobody else has, from the end of the list; who only calls it shares,
   * from its start.
   */
  #freeNumbers({ needs = [] }: LeaseRequest): readonly string[] {
    const { unassignedNumbers } = this.#facts.lab;
    return needs.includes("administration")
      ? unassignedNumbers.filter((number) => !this.#lentNumbers.has(number)).toReversed()
      : unassignedNumbers.filter((number) => !this.#ownNumbers.has(number));
  }

  #shareablesOf(device: Device): readonly string[] {
    return this.#shareables.get(device) ?? [];
  }

  #lookUp(request: LeaseRequest): PreparedRequest {
    const users = [...this.#facts.lab.users.values()];
    return {
      request,
      ties: tiesOf(request.phones),
      devices: new Map(Object.keys(request.phones).map((name) => [name, this.#fitting(wishOf(request.phones, name))])),
      users: new Map(
        Object.entries(request.users).map(([name, role]) => [
          name,
          users.filter((user) => fitsUserRole(user, role, this.#facts)),
        ]),
      ),
    };
  }

  /** Devices that can play a role by themselves. */
  #fitting(wish: PhoneWish): readonly Device[] {
    const key = JSON.stringify(wish);
    const known = this.#fittingOf.get(key);
    if (known) return known;
    const devices = this.#devices.filter((device) => fitsAlone(device, wish, this.#facts));
    this.#fittingOf.set(key, devices);
    return devices;
  }

  #count(lease: Lease, by: 1 | -1): void {
    for (const shareable of [...lease.devices.values()].flatMap((device) => this.#shareablesOf(device))) {
      const count = (this.#lent.get(shareable) ?? 0) + by;
      if (count === 0) this.#lent.delete(shareable);
      else this.#lent.set(shareable, count);
    }
    for (const user of lease.users.values()) {
      if (by === 1) this.#lentUsers.add(user);
      else this.#lentUsers.delete(user);
    }
    for (const number of lease.numbers.values()) {
      const count = (this.#lentNumbers.get(number) ?? 0) + by;
      if (count === 0) this.#lentNumbers.delete(number);
      else this.#lentNumbers.set(number, count);
      if (by === 1 && lease.needs.includes("administration")) this.#ownNumbers.add(number);
      else if (by === -1) this.#ownNumbers.delete(number);
    }
    for (const need of lease.needs) {
      if (by === 1) this.#lentNeeds.add(need);
      else this.#lentNeeds.delete(need);
    }
  }

  #choose(prepared: PreparedRequest, available: Availability): Lease | undefined {
    const { numbers, needs = [] } = prepared.request;
    const names = Object.keys(numbers);
    if (names.length > available.numbers.length || !needs.every(available.need)) return undefined;
    const users = chooseUsers(prepared.users, available);
    if (!users) return undefined;
    const devices = chooseDevices([...prepared.devices], prepared.ties, available, new Map());
    if (!devices) return undefined;
    const chosen = names.map((name, index) => [name, available.numbers[index] ?? ""] as const);
    return { devices, users, numbers: new Map(chosen), needs };
  }
}

function all(): boolean {
  return true;
}

function specialty(device: Device): number {
  return device.lines.length + (device.lines.some((line) => line.pickupGroup !== undefined) ? 1 : 0);
}

function lineShareables(line: Line): string[] {
  const own = `line ${line.partition} ${line.directoryNumber}`;
  return line.pickupGroup === undefined ? [own] : [own, `group ${line.pickupGroup}`];
}

/** Everything by which a device can be felt from outside: itself, its digest user, its lines and their groups. */
function shareables(device: Device): string[] {
  const user = device.digestUser === undefined ? [] : [`user ${device.digestUser}`];
  return [`device ${device.name}`, ...user, ...device.lines.flatMap(lineShareables)];
}

/** Backtracks over the roles in order; casts are small and most candidates do. */
function chooseDevices(
  roles: readonly (readonly [string, readonly Device[]])[],
  ties: readonly Tie[],
  available: Availability,
  chosen: ReadonlyMap<string, Device>,
): ReadonlyMap<string, Device> | undefined {
  const [first, ...rest] = roles;
  if (!first) return chosen;
  const [name, candidates] = first;
  const taken = [...chosen.values()];
  for (const device of candidates) {
    if (taken.includes(device) || !available.device(device)) continue;
    const withDevice = new Map([...chosen, [name, device]]);
    if (!fitTogether(ties, withDevice)) continue;
    const complete = chooseDevices(rest, ties, available, withDevice);
    if (complete) return complete;
  }
  return undefined;
}

function chooseUsers(
  roles: ReadonlyMap<string, readonly User[]>,
  available: Availability,
): ReadonlyMap<string, User> | undefined {
  const chosen = new Map<string, User>();
  for (const [name, candidates] of roles) {
    const taken = [...chosen.values()];
    const user = candidates.find((candidate) => available.user(candidate) && !taken.includes(candidate));
    if (!user) return undefined;
    chosen.set(name, user);
  }
  return chosen;
}
