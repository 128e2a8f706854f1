import type { Device, Lab, User } from "../inventory/model.ts";
import {
  describeRole,
  fitsAlone,
  fitTogether,
  fitsUserRole,
  type NumberRoles,
  type PhoneRoles,
  type UserRoles,
} from "./roles.ts";

export interface LeaseRequest {
  readonly phones: PhoneRoles;
  readonly users: UserRoles;
  readonly numbers: NumberRoles;
}

/** Devices, users and numbers that one scenario has to itself. */
export interface Lease {
  readonly devices: ReadonlyMap<string, Device>;
  readonly users: ReadonlyMap<string, User>;
  /** Numbers that nobody has are not exclusive: nothing can happen to them. */
  readonly numbers: ReadonlyMap<string, string>;
}

/**
 * Lends the lab to scenarios that run side by side. A device is never in two leases, nor are two devices that share a
 * digest user, a line or a pickup group: what one scenario does must not reach another.
 */
export class LeasePool {
  readonly #lab: Lab;
  readonly #taken = new Set<Device>();
  readonly #takenUsers = new Set<string>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** A lease, or undefined while what fits is lent out. */
  tryLease(request: LeaseRequest): Lease | undefined {
    const free = this.#lab.devices.filter((device) => !this.#taken.has(device) && !this.#isEntangled(device));
    const lease = this.#choose(request, free, (user) => !this.#takenUsers.has(user.id));
    if (!lease) return undefined;
    for (const device of lease.devices.values()) this.#taken.add(device);
    for (const user of lease.users.values()) this.#takenUsers.add(user.id);
    return lease;
  }

  giveBack(lease: Lease): void {
    for (const device of lease.devices.values()) this.#taken.delete(device);
    for (const user of lease.users.values()) this.#takenUsers.delete(user.id);
  }

  /** Why the whole lab, all of it free, cannot serve the request; undefined when it can. */
  whyNever(request: LeaseRequest): string | undefined {
    if (this.#choose(request, this.#lab.devices, () => true)) return undefined;
    for (const [name, role] of Object.entries(request.phones)) {
      if (!this.#lab.devices.some((device) => fitsAlone(device, name, request.phones, this.#lab))) {
        return `the lab has no device for role ${describeRole(name, role)}`;
      }
    }
    for (const [name, role] of Object.entries(request.users)) {
      if (![...this.#lab.users.values()].some((user) => fitsUserRole(user, role, this.#lab))) {
        return `the lab has no end user for role "${name}" (Digest User of no device)`;
      }
    }
    if (Object.keys(request.numbers).length > this.#lab.unassignedNumbers.length) {
      return "the lab names too few unassignedNumbers";
    }
    const roles = Object.entries(request.phones).map(([name, role]) => describeRole(name, role));
    return `the lab has too few devices that fit together for roles ${roles.join(", ")}`;
  }

  /** A free device that shares a user, a line or a group with a lent one is not free at all. */
  #isEntangled(device: Device): boolean {
    for (const taken of this.#taken) {
      if (taken.digestUser !== undefined && taken.digestUser === device.digestUser) return true;
      const shared = device.lines.some((line) =>
        taken.lines.some(
          (own) =>
            (own.directoryNumber === line.directoryNumber && own.partition === line.partition) ||
            (own.pickupGroup !== undefined && own.pickupGroup === line.pickupGroup),
        ),
      );
      if (shared) return true;
    }
    return false;
  }

  #choose(request: LeaseRequest, free: readonly Device[], userIsFree: (user: User) => boolean): Lease | undefined {
    const devices = this.#assign(Object.keys(request.phones), request.phones, free, new Map());
    const users = this.#chooseUsers(request.users, userIsFree);
    const names = Object.keys(request.numbers);
    const numbers = new Map(names.map((name, index) => [name, this.#lab.unassignedNumbers[index] ?? ""]));
    if (!devices || !users || names.length > this.#lab.unassignedNumbers.length) return undefined;
    return { devices, users, numbers };
  }

  /** Backtracks over the roles in order; labs and casts are small. */
  #assign(
    names: readonly string[],
    roles: PhoneRoles,
    free: readonly Device[],
    chosen: ReadonlyMap<string, Device>,
  ): ReadonlyMap<string, Device> | undefined {
    const [name, ...rest] = names;
    if (name === undefined) return chosen;
    for (const device of this.#bySpareness(free)) {
      if ([...chosen.values()].includes(device)) continue;
      const withDevice = new Map([...chosen, [name, device]]);
      if (!fitsAlone(device, name, roles, this.#lab) || !fitTogether(roles, withDevice)) continue;
      const complete = this.#assign(rest, roles, free, withDevice);
      if (complete) return complete;
    }
    return undefined;
  }

  /** Plain devices first, so that those with many lines or in a pickup group stay for who needs them. */
  #bySpareness(devices: readonly Device[]): readonly Device[] {
    const weight = (device: Device): number =>
      device.lines.length + (device.lines.some((line) => line.pickupGroup !== undefined) ? 1 : 0);
    return [...devices].sort((a, b) => weight(a) - weight(b));
  }

  #chooseUsers(roles: UserRoles, isFree: (user: User) => boolean): ReadonlyMap<string, User> | undefined {
    const chosen = new Map<string, User>();
    for (const [name, role] of Object.entries(roles)) {
      const user = [...this.#lab.users.values()].find(
        (candidate) =>
          isFree(candidate) && ![...chosen.values()].includes(candidate) && fitsUserRole(candidate, role, this.#lab),
      );
      if (!user) return undefined;
      chosen.set(name, user);
    }
    return chosen;
  }
}
