import type { CountedCall } from "./admit-call.ts";
import type { Ruling } from "./ruling.ts";

/**
 * How a call ended for a phone. `refused`: somebody said so by a final response; `failed`: no answer, no ACK, or no way
 * to the phone; `elsewhere`: another phone took it, or it was sent on; `transferred`: the phone is let go; `expired`:
 * its session was not refreshed.
 */
export type CallEnd = "hung up" | "cancelled" | "refused" | "failed" | "elsewhere" | "transferred" | "expired";

export interface LineReleaseQuestion {
  readonly call: CountedCall;
  readonly end: CallEnd;
}

export interface LineRelease extends Ruling {
  /** `kept`: the call counts for ever. */
  readonly outcome: "released" | "kept";
}

/** When a call no longer counts for its line and device: once it is over, however it ended (CAP-07). */
export function releaseLine({ call: { device, line }, end }: LineReleaseQuestion): LineRelease {
  const reason = `a call of ${device.name} line ${line.directoryNumber} is over: ${end}`;
  return { outcome: "released", rules: ["CAP-07"], reason };
}
