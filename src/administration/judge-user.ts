import type { Lab } from "../inventory/index.ts";
import { accept, refuseChange, type ProvisioningRuling, type UserChange } from "./change.ts";

/** A change of end users, with the lab before it. */
export interface UserChangeQuestion {
  readonly lab: Lab;
  readonly change: UserChange;
}

/** What becomes of a change of end users: ids are unique, and who is the Digest User of a phone stays. */
export function judgeUser({ lab, change }: UserChangeQuestion): ProvisioningRuling {
  const { id } = change;
  const known = lab.users.has(id);
  if (change.kind === "add-user") {
    return known ? refuseChange([], `there is an end user ${id} already`) : accept([], `end user ${id} is added`);
  }
  if (!known) return refuseChange([], `there is no end user ${id}`);
  if (change.kind === "set-credentials") {
    return accept(["REG-17"], `digest credentials of ${id} are ${change.password === null ? "cleared" : "set"}`);
  }
  const phone = lab.devices.find(({ digestUser }) => digestUser === id);
  if (phone) return refuseChange([], `${id} is the Digest User of ${phone.name}`);
  return accept([], `end user ${id} is removed`);
}
