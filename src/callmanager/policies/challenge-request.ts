import type { Device } from "../../inventory/model.ts";
import type { Directory } from "../directory.ts";
import type { LiveBindings } from "../location-service.ts";
import type { ReceivedRequest, Ruling } from "./ruling.ts";

export interface ChallengeQuestion extends ReceivedRequest {
  readonly method: string;
  /** The request brings digest credentials for our realm. */
  readonly credentialed: boolean;
  /** Who sent it, as far as its binding tells; a REGISTER is known by its digest username alone. */
  readonly device: Device | undefined;
  /** A REGISTER that repeats Call-ID, Contact and source of a live binding. */
  readonly keepalive: boolean;
  readonly directory: Directory;
  readonly location: LiveBindings;
}

export interface ChallengeRuling extends Ruling {
  /** `challenge`: 401. `verify`: check the credentials that came. `pass`: none are asked for. */
  readonly outcome: "challenge" | "verify" | "pass";
}

/**
 * Which requests have to prove who sent them. A REGISTER always, since nothing else identifies the device (REG-01,
 * REG-15), unless it is a keepalive (REG-20). Others where the device's security profile has digest on (CAL-02),
 * but never ACK and CANCEL (RFC 3261 §22.1).
 */
export function challengeRequest(
  question: Pick<ChallengeQuestion, "method" | "credentialed" | "device" | "keepalive">,
): ChallengeRuling {
  const { method, credentialed, device, keepalive } = question;
  if (method === "ACK" || method === "CANCEL") {
    return { outcome: "pass", rules: ["CAL-02"], reason: `${method} is never challenged` };
  }
  if (method === "REGISTER") return challengeRegister(credentialed, keepalive);
  if (!device?.securityProfile.digestAuthentication) {
    const who = device ? `digest authentication is off for ${device.name}` : "the sender is no device";
    return { outcome: "pass", rules: ["CAL-02"], reason: who };
  }
  return credentialed
    ? { outcome: "verify", rules: ["CAL-02"], reason: `${method} from ${device.name} brings credentials` }
    : { outcome: "challenge", rules: ["CAL-02"], reason: `${method} from ${device.name} without credentials` };
}

function challengeRegister(credentialed: boolean, keepalive: boolean): ChallengeRuling {
  if (credentialed) return { outcome: "verify", rules: ["REG-01"], reason: "REGISTER brings credentials" };
  return keepalive
    ? { outcome: "pass", rules: ["REG-20"], reason: "refresh with the Call-ID, Contact and source of its binding" }
    : { outcome: "challenge", rules: ["REG-01", "REG-15"], reason: "REGISTER without a digest username" };
}
