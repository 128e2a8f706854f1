import type {
  Administration,
  LicenceSettings,
  LineName,
  LineUpdate,
  NewLine,
  NewPhone,
  PhoneSettings,
  PhoneUpdate,
  ProvisioningChange,
  ProvisioningRuling,
  SipProfileUpdate,
} from "../administration/index.ts";
import { UsageError } from "../core/errors.ts";
import type { Lab, PhoneSecurityProfile, SipProfile } from "../inventory/index.ts";
import type { Phone } from "../simulator/index.ts";
import type { Lease } from "./leases.ts";

/** A line by its number where it stands in the partition named "". */
type LineOf = LineName | string;

/**
 * Reconfigures the target within what the scenario has leased or made: its phones with their lines, users and numbers,
 * and profiles that no other phone has. Everything is put back when the scenario ends, however it ends.
 *
 * A change resolves with what the target says to it: `outcome` `accepted` or `refused`, with a `reason`. An accepted
 * one is in effect. Names of what is made have to differ from those of scenarios beside it: build them from what is
 * leased, such as `${alice.device.name}-own`.
 * @throws {UsageError} ERR_NOT_LEASED where the change would touch what the scenario neither leased nor made.
 */
export interface ScenarioAdministration {
  /** A phone as the target has it now; undefined: there is none. */
  readPhone(phone: Phone | string): Promise<PhoneSettings | undefined>;
  /** A phone security profile as the target has it now; undefined: there is none. */
  readSecurityProfile(name: string): Promise<Omit<PhoneSecurityProfile, "place"> | undefined>;
  /** A SIP profile as the target has it now; undefined: there is none. */
  readSipProfile(name: string): Promise<Omit<SipProfile, "place"> | undefined>;
  readLicences(): Promise<LicenceSettings>;

  /** An end user; without `password` it has no digest credentials. */
  addUser(id: string, options?: { readonly password?: string }): Promise<ProvisioningRuling>;
  removeUser(id: string): Promise<ProvisioningRuling>;
  /** Digest credentials of a user; `null` clears them. */
  setCredentials(id: string, password: string | null): Promise<ProvisioningRuling>;

  /** A phone security profile, none of the standard ones. */
  addSecurityProfile(name: string, settings: { readonly digestAuthentication: boolean }): Promise<ProvisioningRuling>;
  /** The "Enable Digest Authentication" check box of a phone security profile. */
  setDigestAuthentication(name: string, on: boolean): Promise<ProvisioningRuling>;
  /** A SIP profile; what `settings` leave out is as in the built-in one. */
  addSipProfile(name: string, settings: SipProfileUpdate): Promise<ProvisioningRuling>;
  updateSipProfile(name: string, settings: SipProfileUpdate): Promise<ProvisioningRuling>;

  /** Takes licence units: the scenario needs `licences`. */
  addPhone(phone: NewPhone): Promise<ProvisioningRuling>;
  /** Gives licence units back: the scenario needs `licences`. */
  removePhone(phone: Phone | string): Promise<ProvisioningRuling>;
  updatePhone(phone: Phone | string, settings: PhoneUpdate): Promise<ProvisioningRuling>;
  resetPhone(phone: Phone | string): Promise<ProvisioningRuling>;

  associateLine(phone: Phone | string, line: NewLine | string): Promise<ProvisioningRuling>;
  disassociateLine(phone: Phone | string, line: LineOf): Promise<ProvisioningRuling>;
  updateLine(phone: Phone | string, line: LineOf, settings: LineUpdate): Promise<ProvisioningRuling>;

  /** Size of the pool; `null`: not counted. The scenario needs `licences`. */
  setLicenceUnits(units: number | null): Promise<ProvisioningRuling>;
}

export interface LeasedAdministrationOptions {
  readonly port: Administration;
  readonly lab: Lab;
  readonly lease: Lease;
  /** Is told of each change, in words without secrets. */
  readonly observe: (text: string) => void;
}

/** What a scenario may change, by name. */
interface Holdings {
  readonly phones: Set<string>;
  readonly users: Set<string>;
  readonly securityProfiles: Set<string>;
  readonly sipProfiles: Set<string>;
  readonly numbers: Set<string>;
  readonly licences: boolean;
}

/** What a scenario that said that it needs it gets. */
export function named(administration: ScenarioAdministration | undefined): ScenarioAdministration {
  if (administration) return administration;
  const message =
    'The scenario reconfigures the target without saying so. Add `needs: ["administration"]` to its definition.';
  throw new UsageError(message, { code: "ERR_NEED_NOT_NAMED" });
}

/** The port as one scenario gets it: held to its lease, and undone in the end. */
export class LeasedAdministration implements ScenarioAdministration {
  readonly #port: Administration;
  readonly #holdings: Holdings;
  readonly #observe: (text: string) => void;
  readonly #pending = new Set<Promise<unknown>>();
  #touched = false;
  #over = false;

  constructor({ port, lab, lease, observe }: LeasedAdministrationOptions) {
    this.#port = port;
    this.#observe = observe;
    this.#holdings = holdingsOf(lease, lab);
  }

  async readPhone(phone: Phone | string): Promise<PhoneSettings | undefined> {
    return await this.#port.readPhone(nameOf(phone));
  }

  async readSecurityProfile(name: string): Promise<Omit<PhoneSecurityProfile, "place"> | undefined> {
    return await this.#port.readSecurityProfile(name);
  }

  async readSipProfile(name: string): Promise<Omit<SipProfile, "place"> | undefined> {
    return await this.#port.readSipProfile(name);
  }

  async readLicences(): Promise<LicenceSettings> {
    return await this.#port.readLicences();
  }

  async addUser(id: string, options: { readonly password?: string } = {}): Promise<ProvisioningRuling> {
    return await this.#make("users", id, { kind: "add-user", id, ...options });
  }

  async removeUser(id: string): Promise<ProvisioningRuling> {
    this.#hold("users", id, "end user");
    return await this.#apply({ kind: "remove-user", id });
  }

  async setCredentials(id: string, password: string | null): Promise<ProvisioningRuling> {
    this.#hold("users", id, "end user");
    return await this.#apply({ kind: "set-credentials", id, password });
  }

  async addSecurityProfile(
    name: string,
    { digestAuthentication }: { readonly digestAuthentication: boolean },
  ): Promise<ProvisioningRuling> {
    return await this.#make("securityProfiles", name, { kind: "add-security-profile", name, digestAuthentication });
  }

  async setDigestAuthentication(name: string, on: boolean): Promise<ProvisioningRuling> {
    this.#hold("securityProfiles", name, "phone security profile");
    return await this.#apply({ kind: "set-digest-authentication", name, digestAuthentication: on });
  }

  async addSipProfile(name: string, settings: SipProfileUpdate): Promise<ProvisioningRuling> {
    return await this.#make("sipProfiles", name, { kind: "add-sip-profile", name, settings });
  }

  async updateSipProfile(name: string, settings: SipProfileUpdate): Promise<ProvisioningRuling> {
    this.#hold("sipProfiles", name, "SIP profile");
    return await this.#apply({ kind: "update-sip-profile", name, settings });
  }

  async addPhone(phone: NewPhone): Promise<ProvisioningRuling> {
    this.#holdLicences();
    this.#holdUsers(phone);
    for (const line of phone.lines) this.#holdNumbers(line);
    return await this.#make("phones", phone.name, { kind: "add-phone", phone });
  }

  async removePhone(phone: Phone | string): Promise<ProvisioningRuling> {
    this.#holdLicences();
    return await this.#apply({ kind: "remove-phone", phone: this.#held(phone) });
  }

  async updatePhone(phone: Phone | string, settings: PhoneUpdate): Promise<ProvisioningRuling> {
    this.#holdUsers(settings);
    return await this.#apply({ kind: "update-phone", phone: this.#held(phone), settings });
  }

  async resetPhone(phone: Phone | string): Promise<ProvisioningRuling> {
    const name = this.#held(phone);
    return await this.#carryOut(`reset ${name}`, () => this.#port.reset(name));
  }

  async associateLine(phone: Phone | string, line: NewLine | string): Promise<ProvisioningRuling> {
    const wanted = typeof line === "string" ? { directoryNumber: line } : line;
    this.#holdNumbers(wanted);
    return await this.#apply({ kind: "associate-line", phone: this.#held(phone), line: wanted });
  }

  async disassociateLine(phone: Phone | string, line: LineOf): Promise<ProvisioningRuling> {
    return await this.#apply({ kind: "disassociate-line", phone: this.#held(phone), line: lineName(line) });
  }

  async updateLine(phone: Phone | string, line: LineOf, settings: LineUpdate): Promise<ProvisioningRuling> {
    this.#holdNumbers(settings);
    return await this.#apply({ kind: "update-line", phone: this.#held(phone), line: lineName(line), settings });
  }

  async setLicenceUnits(units: number | null): Promise<ProvisioningRuling> {
    this.#holdLicences();
    return await this.#apply({ kind: "set-licence-units", units });
  }

  /** Puts everything back; changes that come later are refused. */
  async restore(): Promise<void> {
    this.#over = true;
    await Promise.allSettled(this.#pending);
    const { licences: licenceUnits, ...names } = this.#holdings;
    if (this.#touched) await this.#port.restore({ ...names, licenceUnits });
  }

  async #make(
    kind: Exclude<keyof Holdings, "licences" | "numbers">,
    name: string,
    change: ProvisioningChange,
  ): Promise<ProvisioningRuling> {
    const ruling = await this.#apply(change);
    // Only what was made is the scenario's: a refusal may be due to another's of the same name.
    if (ruling.outcome === "accepted") this.#holdings[kind].add(name);
    return ruling;
  }

  async #apply(change: ProvisioningChange): Promise<ProvisioningRuling> {
    return await this.#carryOut(change.kind, () => this.#port.apply(change));
  }

  async #carryOut(what: string, change: () => Promise<ProvisioningRuling>): Promise<ProvisioningRuling> {
    if (this.#over) throw new UsageError(`"${what}" comes after the end of its scenario`, { code: "ERR_NOT_LEASED" });
    this.#touched = true;
    const made = change();
    this.#pending.add(made);
    try {
      const ruling = await made;
      this.#observe(`administration: ${what} ${ruling.outcome}: ${ruling.reason}`);
      return ruling;
    } finally {
      this.#pending.delete(made);
    }
  }

  #held(phone: Phone | string): string {
    const name = nameOf(phone);
    this.#hold("phones", name, "phone");
    return name;
  }

  #holdUsers({ digestUser, associatedUser }: PhoneUpdate): void {
    for (const id of [digestUser, associatedUser]) if (typeof id === "string") this.#hold("users", id, "end user");
  }

  /** Neither may another's number be given away, nor calls be sent to it. */
  #holdNumbers({ directoryNumber, forwards }: LineUpdate): void {
    for (const number of [directoryNumber, forwards?.all, forwards?.busy]) {
      if (number !== undefined) this.#hold("numbers", number, "directory number");
    }
  }

  #hold(kind: Exclude<keyof Holdings, "licences">, name: string, what: string): void {
    if (this.#holdings[kind].has(name)) return;
    const message = `The scenario has neither leased nor made the ${what} "${name}", so it may not change it. Give it a role under phones, users or numbers, or make one of its own.`;
    throw new UsageError(message, { code: "ERR_NOT_LEASED", details: { kind: what, name } });
  }

  #holdLicences(): void {
    if (this.#holdings.licences) return;
    const message =
      'Phones and licence units are changed by scenarios that have the pool to themselves. Add "licences" to the `needs` of this one.';
    throw new UsageError(message, { code: "ERR_NOT_LEASED", details: { kind: "licences" } });
  }
}

function nameOf(phone: Phone | string): string {
  return typeof phone === "string" ? phone : phone.device.name;
}

function lineName(line: LineOf): LineName {
  return typeof line === "string" ? { directoryNumber: line } : line;
}

function holdingsOf({ devices, users, numbers, needs }: Lease, lab: Lab): Holdings {
  const leased = [...devices.values()];
  /** Of what devices have by name, the names that no device beyond the lease has. */
  const onlyLeased = (nameIn: (device: (typeof leased)[number]) => string): Set<string> => {
    const others = lab.devices.filter((device) => !leased.includes(device)).map(nameIn);
    return new Set(leased.map(nameIn).filter((name) => !others.includes(name)));
  };
  return {
    phones: new Set(leased.map(({ name }) => name)),
    users: new Set([
      ...leased.flatMap(({ digestUser }) => digestUser ?? []),
      ...[...users.values()].map(({ id }) => id),
    ]),
    securityProfiles: onlyLeased(({ securityProfile }) => securityProfile.name),
    sipProfiles: onlyLeased(({ sipProfile }) => sipProfile.name),
    numbers: new Set([
      ...leased.flatMap(({ lines }) => lines.map((line) => line.directoryNumber)),
      ...numbers.values(),
    ]),
    licences: needs.includes("licences"),
  };
}
