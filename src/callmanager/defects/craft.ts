import type { Device } from "../../inventory/model.ts";
import { decodeText } from "../../sip/message/index.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import type { Identity } from "../policies/identify-device.ts";
import type { Policies } from "../policies/policies.ts";
import { refuse, type Refusal } from "../policies/ruling.ts";

/** Rules and reason of a ruling that a defect makes up: it obeys no rule. */
export const OWN_IDEA = { rules: [], reason: "as this call manager sees it" } as const;

export function identified(device: Device): Identity {
  return { outcome: "identified", ...OWN_IDEA, device };
}

export function refused(status: number, headers: Refusal["headers"] = []): Refusal {
  return refuse(status, OWN_IDEA.rules, OWN_IDEA.reason, { headers });
}

/** Checks the password of whatever user the credentials name, rather than of the device's own. */
export const verifyNamedUser: Policies["verifyCredentials"] = (question) => {
  const digestUser = decodeText(question.credentials.username);
  const user = question.directory.user(digestUser);
  return verifyCredentials({ ...question, user, device: { ...question.device, digestUser } });
};

export function withDigest(device: Device, digestAuthentication: boolean): Device {
  return { ...device, securityProfile: { ...device.securityProfile, digestAuthentication } };
}
