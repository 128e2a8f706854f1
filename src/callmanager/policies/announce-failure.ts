import type { Device } from "../../inventory/model.ts";
import type { SipRequest } from "../../sip/message/index.ts";
import type { Ruling } from "./ruling.ts";

export interface FailureAnnouncementQuestion {
  readonly invite: SipRequest;
  /** Who called. */
  readonly device: Device;
  /** What the caller is about to get. */
  readonly status: number;
}

export interface FailureAnnouncement extends Ruling {
  /** `announced`: 183 with a `sendonly` answer goes first, as if a voice told why. */
  readonly outcome: "silent" | "announced";
}

/** Whether a caller hears why before the call is refused: no; there are no announcements here (CAL-06 allows them). */
export function announceFailure({ status }: Pick<FailureAnnouncementQuestion, "status">): FailureAnnouncement {
  return { outcome: "silent", rules: ["CAL-06"], reason: `${status} without announcement` };
}
