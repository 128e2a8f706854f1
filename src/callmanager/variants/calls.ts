import { admitCall } from "../policies/admit-call.ts";
import { admitCaller } from "../policies/admit-caller.ts";
import { admitTransfer } from "../policies/admit-transfer.ts";
import { permittedMedia } from "../policies/permitted-media.ts";
import { placeOffer } from "../policies/place-offer.ts";
import { proposeSessionTimer } from "../policies/propose-session-timer.ts";
import { screenRequest } from "../policies/screen-request.ts";
import { timeSession } from "../policies/time-session.ts";
import type { Policies } from "../policies/policies.ts";
import type { Variant } from "./variant.ts";

/** Refuses service URIs by another status. */
function refusingServicesBy(status: number): Pick<Policies, "screenRequest"> {
  return {
    screenRequest: (question) => {
      const screening = screenRequest(question);
      return "status" in screening && screening.service ? { ...screening, status, headers: [] } : screening;
    },
  };
}

/** Refuses Cisco's bodies and the dialog subscription by others. */
function refusingExtensionsBy(statuses: {
  readonly subscribe: number;
  readonly refer: number;
}): Pick<Policies, "screenRequest"> {
  return {
    screenRequest: (question) => {
      const screening = screenRequest(question);
      if (!("status" in screening) || screening.status !== 403) return screening;
      const { method } = question.request;
      if (method === "SUBSCRIBE") return { ...screening, status: statuses.subscribe };
      return method === "REFER" ? { ...screening, status: statuses.refer } : screening;
    },
  };
}

/** Call managers that set calls up, and refuse them, in another way. */
export const callVariants: readonly Variant[] = [
  {
    name: "offers-early",
    title: "makes its offer in the INVITE to every phone",
    legalBecause: "RFC 3261 §13.2.1 leaves it to the UAC; CAL-07 asks for delayed offer by should only",
    policies: {
      placeOffer: (question) =>
        question.offered ? { outcome: "early", rules: [], reason: "early offer to every phone" } : placeOffer(question),
    },
  },
  {
    name: "leaves-stripped-lines-out-of-offers",
    title: "offers early, and leaves lines out that it strips",
    legalBecause: "VID-01: line absent or port 0; RFC 3264 §5 leaves the first offer free",
    policies: {
      placeOffer: (question) =>
        question.offered ? { outcome: "early", rules: [], reason: "early offer to every phone" } : placeOffer(question),
      expressStripped: () => ({ outcome: "absent", rules: [], reason: "nothing to say of it" }),
    },
  },
  {
    name: "refuses-added-video",
    title: "answers a re-INVITE or UPDATE that adds video to a call of a Basic phone by 488",
    legalBecause: "VID-08 accepts 488 with the call kept (RFC 3261 §14)",
    policies: {
      permittedMedia: (question) => {
        const ruling = permittedMedia(question);
        const added = question.phase === "re-INVITE" || question.phase === "UPDATE";
        return added && question.part === "offer" && ruling.outcome === "without video"
          ? { ...ruling, outcome: "nothing" }
          : ruling;
      },
    },
  },
  {
    name: "connects-offers-of-video-alone",
    title: "connects a call of which nothing may pass, with every line refused",
    legalBecause: "VID-11 accepts a 200 with all ports 0",
    policies: {
      permittedMedia: (question) => {
        const ruling = permittedMedia(question);
        return ruling.outcome === "nothing" ? { ...ruling, outcome: "without video" } : ruling;
      },
    },
  },
  {
    name: "announces-failures",
    title: "plays an announcement by 183 before it refuses a call",
    legalBecause: "CAL-06: optional 183 with announcement",
    policies: { announceFailure: () => ({ outcome: "announced", rules: [], reason: "callers like to hear why" }) },
  },
  {
    name: "declines-service-uris",
    title: "answers 603 to service URIs of third-party phones",
    legalBecause: "EXT-01 accepts 603",
    policies: refusingServicesBy(603),
  },
  {
    name: "does-not-find-service-uris",
    title: "answers 404 to service URIs of third-party phones",
    legalBecause: "EXT-01 accepts 404",
    policies: refusingServicesBy(404),
  },
  {
    name: "does-not-implement-service-uris",
    title: "answers 501 to service URIs of third-party phones",
    legalBecause: "EXT-01 accepts 501",
    policies: refusingServicesBy(501),
  },
  {
    name: "puts-off-transfers-to-ringing-calls",
    title: "answers 491 to a transfer to a call that still rings",
    legalBecause: "CAL-10 speaks of calls that are up; RFC 3891 §3 replaces no early dialog that the phone began",
    policies: {
      admitTransfer: (question) =>
        admitTransfer(question.replaces === "ringing" ? { ...question, replaces: "not up" } : question),
    },
  },
  {
    name: "proposes-session-timers",
    title: "puts Session-Expires into its INVITEs, and lets the caller refresh",
    legalBecause: "RFC 4028 §7.1, §9: both are left to who sends; CAL-11 is only observed",
    policies: {
      proposeSessionTimer: (question) => ({
        ...proposeSessionTimer(question),
        outcome: "proposed",
        seconds: question.expiresSeconds,
      }),
      timeSession: (question) => timeSession({ ...question, refresher: question.refresher ?? "uac" }),
    },
  },
  {
    name: "knows-no-session-timers",
    title: "says nothing of session timers, and grants none",
    legalBecause: "RFC 4028 §9: a UAS need not use the extension",
    policies: {
      proposeSessionTimer: (question) => ({ ...proposeSessionTimer(question), outcome: "silent" }),
      timeSession: () => ({ outcome: "untimed", rules: [], reason: "it knows no session timers" }),
    },
  },
  {
    name: "knows-no-extensions",
    title: "answers 489 to dialog subscriptions and 415 to Cisco's bodies",
    legalBecause: "EXT-06 accepts any final of 400 or more but 401 and 407, EXT-07 415",
    policies: refusingExtensionsBy({ subscribe: 489, refer: 415 }),
  },
  {
    name: "declines-extensions",
    title: "answers 603 to dialog subscriptions and Cisco's bodies",
    legalBecause: "EXT-06 accepts any final of 400 or more, EXT-07 4xx, 5xx and 6xx",
    policies: refusingExtensionsBy({ subscribe: 603, refer: 603 }),
  },
  {
    name: "is-busy-everywhere",
    title: "answers 600 where a line is busy",
    legalBecause: "CAP-04 accepts 600",
    policies: {
      admitCall: (question) => {
        const admission = admitCall(question);
        const incoming = question.direction === "incoming";
        return incoming && "status" in admission ? { ...admission, status: 600 } : admission;
      },
    },
  },
  {
    name: "is-unavailable-with-cause-17",
    title: "answers 480 with the cause for busy where a line is busy",
    legalBecause: "CAP-04 accepts 480 with cause 17",
    policies: {
      admitCall: (question) => {
        const admission = admitCall(question);
        return "status" in admission ? { ...admission, status: 480 } : admission;
      },
    },
  },
  {
    name: "forbids-calls-of-strangers",
    title: "answers 403 to phones that are not registered",
    legalBecause: "CAL-04 accepts 401, 403, 404 and 5xx",
    policies: {
      admitCaller: (question) => {
        const caller = admitCaller(question);
        return "status" in caller &&
          question.bindings.length === 0 &&
          question.location.withNumber(question.fromUser ?? "").length === 0
          ? { ...caller, status: 403 }
          : caller;
      },
    },
  },
];
