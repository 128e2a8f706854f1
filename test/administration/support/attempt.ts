import {
  changeLab,
  judgeChange,
  type ProvisioningChange,
  type ProvisioningRuling,
} from "../../../src/administration/index.ts";
import { parseLab, type Lab } from "../../../src/inventory/index.ts";

const USERS = "users: { u: { password: p }, v: { password: p }, mute: {} }\n";

/** A lab with these lines after the users. */
export function labOf(text: string): Lab {
  return parseLab(USERS + text, "test.lab.yaml", { env: {} });
}

/** A phone `d` of that type with these numbers of calls, one for each of its lines 1, 2, … */
export function phoneWith(type: "basic" | "advanced", maxCalls: readonly number[], more = ""): Lab {
  const lines = maxCalls.map(
    (calls, index) => `{ number: ${index + 1}, maxCalls: ${calls}, busyTrigger: ${Math.min(calls, 2)} }`,
  );
  return labOf(`devices: { d: { type: ${type}, digestUser: u, ${more} lines: [${lines.join(", ")}] } }`);
}

export interface Attempt {
  readonly ruling: ProvisioningRuling;
  /** As it is afterwards: unchanged where the change was refused. */
  readonly lab: Lab;
}

/** What a correct call manager makes of a change. */
export function attempt(lab: Lab, change: ProvisioningChange): Attempt {
  const after = changeLab(lab, change);
  const ruling = judgeChange({ lab, after }, change);
  return { ruling, lab: ruling.outcome === "accepted" ? after : lab };
}

/** `accepted`, or `refused` with the first rule. */
export function verdict(lab: Lab, change: ProvisioningChange): string {
  const { ruling } = attempt(lab, change);
  return ruling.outcome === "accepted" ? "accepted" : `refused ${ruling.rules[0] ?? "-"}`;
}
