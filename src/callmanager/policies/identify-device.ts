import type { RuleId } from "../../rules/index.ts";
import type { Device } from "../../inventory/model.ts";
import type { Directory } from "../directory.ts";
import type { LiveBindings } from "../location-service.ts";
import { refuse, type ReceivedRequest, type Refusal, type Ruling } from "./ruling.ts";

/** The request is a REGISTER. */
export interface IdentityQuestion extends ReceivedRequest {
  readonly directory: Directory;
  /** Username of the digest credentials, unquoted; of a keepalive without any: the user that its binding stands for. */
  readonly username: string | undefined;
  readonly location: LiveBindings;
}

export interface Identity extends Ruling {
  readonly outcome: "identified";
  readonly device: Device;
}

/**
 * Which device registers: the one whose Digest User is this username, by nothing else (REG-01, REG-04, REG-09).
 * What else the request claims, a `+sip.instance` with the MAC address of a Cisco phone too, has no say (DEV-02).
 * An unknown user (REG-07), a user of no device (REG-08) and a user of several (REG-10, REG-11) identify none.
 */
export function identifyDevice({
  directory,
  username,
}: Pick<IdentityQuestion, "directory" | "username">): Identity | Refusal {
  const unidentified = (rules: RuleId[], reason: string): Refusal =>
    refuse(404, rules, reason, { warning: "no device for digest user" });
  if (username === undefined) return refuse(401, ["REG-01"], "no digest username");
  if (!directory.user(username)) return unidentified(["REG-07"], `${shown(username)} is not an end user`);
  const devices = directory.devicesOfDigestUser(username);
  const [device, other] = devices;
  if (!device) return unidentified(["REG-08", "REG-09"], `${shown(username)} is the Digest User of no device`);
  if (other) {
    const names = devices.map(({ name }) => name).join(", ");
    return unidentified(["REG-10"], `${shown(username)} is the Digest User of ${devices.length} devices: ${names}`);
  }
  return { outcome: "identified", rules: ["REG-04"], reason: `${shown(username)} is ${device.name}`, device };
}

/** Hostile usernames may be long; a log line is not. */
function shown(username: string): string {
  return username.length <= 64 ? `"${username}"` : `"${username.slice(0, 64)}…"`;
}
