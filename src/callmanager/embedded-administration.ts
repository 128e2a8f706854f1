import {
  changeLab,
  judgeChange,
  refuseChange,
  restoreLab,
  type Administration,
  type LicenceSettings,
  type LineSettings,
  type PhoneSettings,
  type ProvisioningChange,
  type ProvisioningRuling,
  type ProvisioningScope,
} from "../administration/index.ts";
import { asError, PeerProtocolError } from "../core/errors.ts";
import {
  licenceUnitsUsed,
  type Lab,
  type Line,
  type PhoneSecurityProfile,
  type SipProfile,
} from "../inventory/index.ts";
import { Directory } from "./directory.ts";
import type { Services } from "./services.ts";
import { notifyUnsolicited } from "./unsolicited-notify.ts";

/** The port on the reference call manager, in process: policies decide, a new directory takes the place of the old. */
export class EmbeddedAdministration implements Administration {
  readonly #services: Services;
  /** What it was started with. */
  readonly #original: Lab;

  constructor(services: Services) {
    this.#services = services;
    this.#original = services.directory.lab;
  }

  async readPhone(name: string): Promise<PhoneSettings | undefined> {
    const device = await Promise.resolve(this.#services.directory.device(name));
    if (!device) return undefined;
    const { type, digestUser, associatedUser, maxCalls, requireDtmfReception, rfc2833Disabled } = device;
    return {
      name,
      type,
      ...(digestUser === undefined ? {} : { digestUser }),
      ...(associatedUser === undefined ? {} : { associatedUser }),
      maxCalls,
      requireDtmfReception,
      rfc2833Disabled,
      securityProfile: device.securityProfile.name,
      sipProfile: device.sipProfile.name,
      lines: device.lines.map(lineSettings),
    };
  }

  async readSecurityProfile(name: string): Promise<Omit<PhoneSecurityProfile, "place"> | undefined> {
    return await Promise.resolve(this.#services.directory.lab.securityProfiles.get(name));
  }

  async readSipProfile(name: string): Promise<Omit<SipProfile, "place"> | undefined> {
    return await Promise.resolve(this.#services.directory.lab.sipProfiles.get(name));
  }

  async readLicences(): Promise<LicenceSettings> {
    const { lab } = this.#services.directory;
    return await Promise.resolve({ units: lab.licenceUnits, used: licenceUnitsUsed(lab) });
  }

  async apply(change: ProvisioningChange): Promise<ProvisioningRuling> {
    const { policies, directory } = this.#services;
    const { lab } = directory;
    return await decided(change.kind, () => {
      const after = changeLab(lab, change, (type) => policies.defaultSettings({ type }));
      const ruling = judgeChange({ lab, after }, change, {
        user: policies.admitUser,
        profile: policies.admitProfile,
        phone: policies.admitPhone,
        line: policies.admitLine,
      });
      if (ruling.outcome === "accepted") this.#adopt(after);
      return ruling;
    });
  }

  async reset(phone: string): Promise<ProvisioningRuling> {
    const { policies, directory, location } = this.#services;
    const device = directory.device(phone);
    if (!device) return refuseChange([], `there is no phone ${phone}`);
    return await decided("reset", () => {
      const [binding] = location.list().filter((candidate) => candidate.device.name === phone);
      const ruling = policies.resetDevice({ device, registerCallId: binding?.callId ?? "" });
      if (ruling.outcome === "notify" && binding) notifyUnsolicited(this.#services, binding, ruling);
      const { rules, reason } = ruling;
      return { outcome: "accepted", rules, reason };
    });
  }

  async restore(scope: ProvisioningScope): Promise<void> {
    const { directory, location } = this.#services;
    const phones = new Set(scope.phones);
    await decided("restore", () => {
      for (const binding of location.list()) if (phones.has(binding.device.name)) location.remove(binding);
      this.#adopt(restoreLab(directory.lab, this.#original, scope));
    });
  }

  #adopt(lab: Lab): void {
    const { policies, location } = this.#services;
    const directory = new Directory(lab);
    this.#services.directory = directory;
    location.follow((binding) => {
      if (directory.device(binding.device.name) === binding.device) return binding;
      const retention = policies.retainBinding({ binding, directory });
      return retention.outcome === "kept" ? retention : undefined;
    });
  }
}

function lineSettings({
  directoryNumber,
  partition,
  maxCalls,
  busyTrigger,
  forwards,
  pickupGroup,
}: Line): LineSettings {
  const settings = { directoryNumber, partition, maxCalls, busyTrigger, forwards };
  return pickupGroup === undefined ? settings : { ...settings, pickupGroup };
}

/** A policy that throws is the call manager's failure, not the script's. */
function decided<T>(what: string, decide: () => T): Promise<T> {
  try {
    return Promise.resolve(decide());
  } catch (error) {
    const { message } = asError(error);
    return Promise.reject(
      new PeerProtocolError(`the call manager failed at ${what}: ${message}`, {
        code: "ERR_ADMINISTRATION_FAILED",
        details: { what },
        cause: error,
      }),
    );
  }
}
