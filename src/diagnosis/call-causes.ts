import type { CaseFacts } from "./case-facts.ts";
import { causeRows, deviceName, type CauseRow } from "./cause-row.ts";
import { readable } from "./message-words.ts";

const LINE = "Call Routing › Directory Number";

function refused(facts: CaseFacts, ...statuses: readonly number[]): boolean {
  return facts.method === "INVITE" && statuses.includes(facts.status);
}

function contactOf(exchange: CaseFacts["judged"]): string | undefined {
  const contacts = exchange && readable(() => exchange.request.message.contacts);
  return contacts === "*" ? undefined : contacts?.[0]?.uriText;
}

function movedSinceRegistration({ judged, registration }: CaseFacts): boolean {
  const [then, now] = [contactOf(registration), contactOf(judged)];
  return then !== undefined && now !== undefined && then !== now;
}

function waitedForBye({ failure }: CaseFacts): boolean {
  return failure?.name === "WaitTimeoutError" && /\bBYE\b/.test(failure.message);
}

function waitedInVain({ failure }: CaseFacts): boolean {
  return failure?.name === "WaitTimeoutError";
}

/** The highest status below 200 that came to an INVITE without a final one; 0 where none came. */
function provisionalOnly({ judged, method, final }: CaseFacts): number {
  if (method !== "INVITE" || final || judged?.direction !== "sent") return 0;
  return Math.max(0, ...judged.responses.map(({ message }) => message.status));
}

/** Causes of what calls came to. */
export const CALL_CAUSES: readonly CauseRow[] = causeRows({
  "called-phone-said-so": {
    applies: (facts) =>
      facts.method === "INVITE" && facts.status >= 400 && facts.otherPhonesSaid.includes(facts.status),
    cause: ({ status }) => `The called phone itself answered ${status}; the call manager only passed it on.`,
    look: "What the called phone was told to do in this scenario, and what it was offered.",
  },
  "caller-not-registered": {
    applies: (facts) => refused(facts, 403, 404, 500, 503) && facts.registration === undefined,
    cause: (facts) => `${deviceName(facts)} had no registration when it called.`,
    look: "Why it did not register: its REGISTER in the messages. Where another run or another phone registers the same line, its binding may have been replaced.",
  },
  "contact-moved": {
    applies: (facts) => facts.status >= 400 && facts.method === "INVITE" && movedSinceRegistration(facts),
    cause: (facts) => `The call comes from another Contact than the registration of ${deviceName(facts)}.`,
    look: "Address and port of the phone: a new port after a restart, or address translation between. It has to register anew.",
  },
  overload: {
    applies: (facts) => facts.status === 503 && facts.final?.has("Retry-After") === true,
    cause: "The call manager asks to be left alone for a while (Retry-After).",
    look: "Load and call throttling of the node (RTMT); a smaller --concurrency for this run.",
  },
  "call-unavailable": {
    applies: (facts) => refused(facts, 500, 503),
    cause:
      "The phone is registered, but the call could not be placed: no resource, or the way to the called side is down.",
    look: "Registration of the called device, trunk and media resources of the device pool; the call manager's trace for this Call-ID.",
  },
  "busy-trigger": {
    applies: (facts) => (facts.q850Cause === 17 || refused(facts, 486, 600)) && facts.arrivals.length === 0,
    cause:
      "The line took no further call: its Busy Trigger or Maximum Number of Calls is reached. The called phone was not rung.",
    look: `${LINE} › the called line on its device: Busy Trigger and Maximum Number of Calls; calls of earlier scenarios that are still up.`,
  },
  busy: {
    applies: (facts) => refused(facts, 486, 600),
    cause: "The called side is busy, though it was rung.",
    look: `${LINE}: Busy Trigger, Forward Busy; the other devices of a shared line.`,
  },
  "callee-not-registered": {
    applies: (facts) =>
      facts.method === "INVITE" &&
      facts.arrivals.length === 0 &&
      (facts.status === 480 || facts.q850Cause === 20 || facts.q850Cause === 27),
    cause: "The called phone is not registered, or set to do not disturb, so nobody was rung.",
    look: `${LINE} › the called line: registration of its device, Forward Unregistered; the called phone's REGISTER in the messages.`,
  },
  "no-answer": {
    applies: (facts) => refused(facts, 408, 480),
    cause: "It rang, and nobody answered in time.",
    look: `${LINE}: No Answer Ring Duration and Forward No Answer; the timer with which the caller gives up.`,
  },
  "number-incomplete": {
    applies: (facts) => refused(facts, 484),
    cause: "The dial plan expects more digits.",
    look: "Call Routing › Route Plan Report: patterns that begin like the number called, and overlapping ones.",
  },
  "number-unknown": {
    applies: (facts) => refused(facts, 404, 604, 410) || (facts.method === "INVITE" && facts.q850Cause === 1),
    cause: "The number is no line, or one that the caller may not reach.",
    look: `${LINE}: does it exist, and is it active? The calling search space of caller and line has to hold its partition.`,
  },
  "call-forbidden": {
    applies: (facts) => refused(facts, 403),
    cause:
      "The caller is known and may not call this: a feature that is not open to third-party phones, or a class of control.",
    look: (facts) =>
      `Device › Phone › ${deviceName(facts)}: device type, calling search space. A service URI of the SIP profile is refused to Basic and Advanced.`,
  },
  redirected: {
    applies: (facts) => facts.status >= 300 && facts.status < 400,
    cause: "The call manager sends the phone elsewhere in place of placing the call itself.",
    look: "The Contact of the answer. A redirect server or a node that is being taken out of service may have answered.",
  },
  "codecs-differ": {
    applies: (facts) => refused(facts, 488, 606),
    cause: "No media of the offer suits: codecs, bandwidth or transport (SRTP) have nothing in common.",
    look: "System › Region Information: codecs and bandwidth between the two regions; the audio codec preference list; the m-lines in the messages.",
  },
  declined: {
    applies: (facts) => refused(facts, 603),
    cause: "The call was declined by a person, a setting (do not disturb), or a policy.",
    look: `${LINE}: Do Not Disturb, call screening; whether the called phone answered 603.`,
  },
  "request-terminated": {
    applies: (facts) => refused(facts, 487),
    cause: "The call was cancelled before it was answered, by the caller or by a timer of the call manager.",
    look: "A CANCEL of the phone in the messages. Without one: Expires of the INVITE and the ringing timers of the line.",
  },
  glare: {
    applies: ({ status }) => status === 491,
    cause: "Both sides changed the call at the same moment; the phone has to try again a little later.",
    look: "Nothing on the call manager, unless it happens each time: then who sends a re-INVITE or UPDATE unasked.",
  },
  "transfer-left-to-phones": {
    applies: (facts) =>
      waitedForBye(facts) &&
      facts.exchanges.some(({ direction, method }) => direction === "received" && method === "REFER"),
    cause:
      "The call manager does not carry out the transfer: it sent the REFER on, and then the phone that transfers has to hang up itself.",
    look: "Where REFER is handled: a back-to-back user agent answers it, makes the new call and clears the transferor's leg; a proxy passes it through.",
  },
  "hang-up-not-passed-on": {
    applies: waitedForBye,
    cause: "One side hung up and the other was not told.",
    look: "The call manager's trace for both Call-IDs: was the BYE matched to the call, and did the other leg have an answer of its own open?",
  },
  "rang-elsewhere": {
    applies: (facts) =>
      waitedInVain(facts) &&
      facts.method === "INVITE" &&
      facts.arrivals.length === 0 &&
      (provisionalOnly(facts) >= 180 || facts.final?.isSuccess === true),
    cause: "The call went somewhere, but not to the phone that waited for it.",
    look: `${LINE} › the called line: Forward All, shared devices, another registration of the same line; hunt and translation patterns.`,
  },
  "only-trying": {
    applies: (facts) => provisionalOnly(facts) === 100 && facts.arrivals.length === 0,
    cause: "The call was taken on (100) and then nothing more was heard of it.",
    look: "What the called side was sent, if it is another node, trunk or route list; the call manager's trace for this Call-ID.",
  },
  "rings-on": {
    applies: (facts) => provisionalOnly(facts) >= 180,
    cause: "It rings at the called side and no final answer comes.",
    look: "Did the called phone answer, and did its 200 reach the call manager? See its messages.",
  },
});
