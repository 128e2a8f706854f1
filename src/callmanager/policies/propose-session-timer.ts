import type { Device } from "../../inventory/model.ts";
import type { SessionIntervals } from "./time-session.ts";
import type { Ruling } from "./ruling.ts";

export interface SessionProposalQuestion extends SessionIntervals {
  /** Whom our INVITE is for. */
  readonly device: Device;
}

export type SessionProposal = Ruling &
  (
    | { /** It says that it knows session timers, and Min-SE. */ readonly outcome: "left open" }
    | { /** It has Session-Expires besides. */ readonly outcome: "proposed"; readonly seconds: number }
    | { /** It says nothing of session timers. */ readonly outcome: "silent" }
  );

/** What our INVITE to a phone says of session timers: that we have them, and our Min-SE, as CUCM (CAL-08). */
export function proposeSessionTimer({ device, minExpiresSeconds }: SessionProposalQuestion): SessionProposal {
  const reason = `${device.name} may ask for a session timer of ${minExpiresSeconds} s or more`;
  return { outcome: "left open", rules: ["CAL-08", "CAL-11"], reason };
}
