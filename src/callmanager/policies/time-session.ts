import type { Device } from "../../inventory/model.ts";
import {
  minSessionSecondsOf,
  sessionExpiresOf,
  supportsSessionTimer,
  type Refresher,
  type SipRequest,
} from "../../sip/message/index.ts";
import { refuse, type Refusal, type Ruling } from "./ruling.ts";

/** Session intervals that the call manager has with a device. */
export interface SessionIntervals {
  readonly expiresSeconds: number;
  readonly minExpiresSeconds: number;
}

export interface SessionTimerQuestion extends SessionIntervals {
  /** INVITE or UPDATE of the phone. */
  readonly request: SipRequest;
  readonly device: Device;
  /** Who refreshes now, in the words of this request; undefined: nobody does yet. */
  readonly refresher: Refresher | undefined;
}

export type SessionTiming = Ruling &
  (
    | {
        readonly outcome: "timed";
        readonly seconds: number;
        /** `uac`: the phone, whose request it is. */
        readonly refresher: Refresher;
      }
    | { /** The session has no timer, from now on. */ readonly outcome: "untimed" }
  );

/**
 * What a phone is granted of a session timer (RFC 4028 §9, CAL-11). Too short an interval is 422 with Min-SE. One that is
 * longer than ours is cut, but not below the phone's own Min-SE. We refresh where the phone leaves it open, as CUCM does
 * (`1800;refresher=uas`). A phone that knows no timers gets none.
 */
export function timeSession(question: SessionTimerQuestion): SessionTiming | Refusal {
  const { request, device, expiresSeconds, minExpiresSeconds } = question;
  if (!supportsSessionTimer(request)) {
    return { outcome: "untimed", rules: ["CAL-11"], reason: `${device.name} has no session timers` };
  }
  const asked = sessionExpiresOf(request);
  if (asked && asked.seconds < minExpiresSeconds) {
    const reason = `a session of ${asked.seconds} s, less than ${minExpiresSeconds} s`;
    return refuse(422, ["CAL-11"], reason, { headers: [["Min-SE", String(minExpiresSeconds)]] });
  }
  const granted = Math.max(expiresSeconds, minSessionSecondsOf(request) ?? 0);
  const seconds = asked ? Math.min(asked.seconds, granted) : granted;
  const refresher = asked?.refresher ?? question.refresher ?? "uas";
  const reason = `a session of ${seconds} s, ${refresher === "uac" ? device.name : "the call manager"} refreshes it`;
  return { outcome: "timed", rules: ["CAL-11"], reason, seconds, refresher };
}
