import { accept, refuseChange, type LineChangeQuestion, type ProvisioningRuling } from "../../administration/index.ts";
import type { Device } from "../../inventory/index.ts";
import { OWN_IDEA } from "./craft.ts";

/** The device that a change of lines is about, before it. */
export function deviceOf({ lab, change }: LineChangeQuestion): Device | undefined {
  return lab.devices.find(({ name }) => name === change.phone);
}

/** Takes what is refused by one of these rules. */
export function taking(rules: readonly string[], ruling: ProvisioningRuling): ProvisioningRuling {
  const first = ruling.rules[0];
  return ruling.outcome === "refused" && first !== undefined && rules.includes(first)
    ? accept([], OWN_IDEA.reason)
    : ruling;
}

/** The refusal of a change that a defect makes up. */
export const refusal = refuseChange([], OWN_IDEA.reason);
