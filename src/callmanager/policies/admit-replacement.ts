import type { Device, Line } from "../../inventory/model.ts";
import { refuse, type Refusal, type Ruling } from "./ruling.ts";

/** The dialog of a phone with us that a Replaces names. */
export interface ReplacedDialog {
  readonly device: Device;
  readonly line: Line;
  /**
   * `up`: two phones talk. `negotiating`: an offer or an ACK is on its way. `ringing`: we called the phone, and it has not
   * answered. `calling`: it called, and has no answer. `over`: a BYE was sent or received.
   */
  readonly state: "up" | "negotiating" | "ringing" | "calling" | "over";
}

export interface ReplacementQuestion {
  /** Who wants to take the place. */
  readonly device: Device;
  readonly line: Line;
  /** Undefined: Replaces names no dialog of ours. */
  readonly replaced: ReplacedDialog | undefined;
  /** The place is wanted only while the dialog is early (RFC 3891 §6.1). */
  readonly earlyOnly: boolean;
}

export type Replacement = Ruling &
  (
    | { /** The phone talks on in place of the other, which gets BYE. */ readonly outcome: "taken over" }
    | { /** The phone answers the call that rings at the other, which gets CANCEL. */ readonly outcome: "picked up" }
  );

/**
 * Whether the INVITE of a phone may take the place of a dialog (RFC 3891 §3). A dialog that is none, or that the other
 * phone began and that is not confirmed, is 481; a confirmed one where only an early one is wanted 486. It may be who has
 * the same digest user or line, so the same person; others get 403, so that nobody picks up by Replaces what he may not by
 * a service URI (EXT-01). Deviates from RFC 3891 §3: a dialog that is over is 481 and not 603, since CUCM sends no 6xx.
 */
export function admitReplacement({ device, line, replaced, earlyOnly }: ReplacementQuestion): Replacement | Refusal {
  if (!replaced || replaced.state === "over") return refuse(481, [], "Replaces names no dialog");
  const { state, device: other } = replaced;
  if (state === "calling") return refuse(481, [], `${other.name} calls, and has no answer yet`);
  const sameUser = device.digestUser !== undefined && device.digestUser === other.digestUser;
  if (device.name !== other.name && !sameUser && !isSameLine(line, replaced.line)) {
    return refuse(403, ["EXT-01"], `${device.name} has neither user nor line of ${other.name}`);
  }
  if (state === "ringing") {
    return { outcome: "picked up", rules: [], reason: `${device.name} takes the call that rings at ${other.name}` };
  }
  if (earlyOnly) return refuse(486, [], `the dialog of ${other.name} is confirmed`);
  if (state === "negotiating") return refuse(491, [], `the call of ${other.name} is being negotiated`);
  return { outcome: "taken over", rules: [], reason: `${device.name} takes the place of ${other.name}` };
}

function isSameLine(one: Line, other: Line): boolean {
  return one.directoryNumber === other.directoryNumber && one.partition === other.partition;
}
