import {
  changeLab,
  findPhone,
  judgeChange,
  restoreLab,
  type Administration,
  type ProvisioningChange,
  type ProvisioningScope,
} from "../../src/administration/index.ts";
import { licenceUnitsUsed, type Lab } from "../../src/inventory/index.ts";

/** A port on nothing but a lab: what it is asked for, and what becomes of it. */
export class LabAdministration implements Administration {
  lab: Lab;
  readonly applied: ProvisioningChange["kind"][] = [];
  readonly restored: ProvisioningScope[] = [];
  /** What restoring does beside it. */
  restoring: () => Promise<void> = () => Promise.resolve();
  readonly #original: Lab;

  constructor(lab: Lab) {
    this.lab = lab;
    this.#original = lab;
  }

  readPhone = (name: string): ReturnType<Administration["readPhone"]> => {
    const device = findPhone(this.lab, name);
    if (!device) return Promise.resolve(undefined);
    const { securityProfile, sipProfile } = device;
    return Promise.resolve({ ...device, securityProfile: securityProfile.name, sipProfile: sipProfile.name });
  };

  readSecurityProfile = (name: string): ReturnType<Administration["readSecurityProfile"]> =>
    Promise.resolve(this.lab.securityProfiles.get(name));

  readSipProfile = (name: string): ReturnType<Administration["readSipProfile"]> =>
    Promise.resolve(this.lab.sipProfiles.get(name));

  readLicences = (): ReturnType<Administration["readLicences"]> =>
    Promise.resolve({ units: this.lab.licenceUnits, used: licenceUnitsUsed(this.lab) });

  apply = (change: ProvisioningChange): ReturnType<Administration["apply"]> => {
    this.applied.push(change.kind);
    const after = changeLab(this.lab, change);
    const ruling = judgeChange({ lab: this.lab, after }, change);
    if (ruling.outcome === "accepted") this.lab = after;
    return Promise.resolve(ruling);
  };

  reset = (phone: string): ReturnType<Administration["reset"]> =>
    Promise.resolve({ outcome: "accepted", rules: [], reason: `${phone} is reset` });

  restore = async (scope: ProvisioningScope): Promise<void> => {
    this.restored.push(scope);
    await this.restoring();
    this.lab = restoreLab(this.lab, this.#original, scope);
  };
}
