import type { Device } from "../../inventory/model.ts";
import type { Ruling } from "./ruling.ts";

export interface SessionDueQuestion {
  readonly device: Device;
  /** `refresh`: half of the interval is over, and it is for us to refresh. `end`: nobody has refreshed. */
  readonly due: "refresh" | "end";
  /** The phone lists UPDATE in Allow. */
  readonly takesUpdate: boolean;
}

export type SessionCourse = Ruling &
  (
    | { readonly outcome: "refreshed"; readonly by: "UPDATE" | "INVITE" }
    | { /** Both phones get BYE. */ readonly outcome: "ended" }
    | { /** Nothing happens. */ readonly outcome: "left alone" }
  );

/**
 * What becomes of a session whose interval runs out (RFC 4028 §10, CAL-11): it is refreshed by UPDATE, or by re-INVITE
 * where the phone takes no UPDATE (§7.4); one that nobody refreshed ends, and counts no more (CAP-07).
 */
export function keepSession({ device, due, takesUpdate }: SessionDueQuestion): SessionCourse {
  if (due === "end") {
    const reason = `the session of ${device.name} was not refreshed`;
    return { outcome: "ended", rules: ["CAL-11", "CAP-07"], reason };
  }
  const by = takesUpdate ? "UPDATE" : "INVITE";
  return { outcome: "refreshed", rules: ["CAL-11"], reason: `the session of ${device.name} is refreshed by ${by}`, by };
}
