import { parseParameters, SipParseError, type SipRequest } from "../sip/message/index.ts";

/** What a NOTIFY says of its subscription (RFC 6665 §4.1.3). */
export interface SubscriptionState {
  /** `active`, `pending`, `terminated`, or a word that nobody knows. */
  readonly state: string;
  /** How long it lasts from now on; undefined: unsaid. */
  readonly expiresSeconds: number | undefined;
  /** Why it is over; undefined: unsaid. */
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** How long somebody waits to subscribe again who was told to, but not when. */
const RETRY_SECONDS = 60;

/** Time that the answer to a refresh may need: 64*T1 (RFC 3261 §17.1.2.2). */
const ANSWER_SECONDS = 32;

/** Responses to a refresh after which the subscription is gone (RFC 6665 §4.1.2.2); with others it lasts as it was. */
const GONE: ReadonlySet<number> = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** When to subscribe again, by the reason told (RFC 6665 §4.1.3); for all others: not at all. */
const AGAIN: ReadonlyMap<string, "at once" | "later"> = new Map([
  ["deactivated", "at once"],
  ["timeout", "at once"],
  ["probation", "later"],
  ["giveup", "later"],
]);

/** Reads Subscription-State; one that cannot be read says nothing but its first word. */
export function subscriptionStateOf(notify: SipRequest): SubscriptionState {
  const value = notify.get("Subscription-State") ?? "";
  const at = value.indexOf(";");
  const parameters = at < 0 ? undefined : parametersOf(value.slice(at));
  return {
    state: (at < 0 ? value : value.slice(0, at)).trim().toLowerCase(),
    expiresSeconds: secondsOf(parameters?.get("expires")),
    reason: parameters?.get("reason")?.toLowerCase(),
    retryAfterSeconds: secondsOf(parameters?.get("retry-after")),
  };
}

/** How long after its agreement a subscription is refreshed, ms: before it runs out, with time for the answer. */
export function refreshDelayMs(seconds: number): number {
  return (seconds - Math.min(ANSWER_SECONDS, seconds / 2)) * 1000;
}

/** How long after its end to subscribe again, ms; undefined: not at all. */
export function resubscribeDelayMs({ reason = "", retryAfterSeconds }: SubscriptionState): number | undefined {
  const again = AGAIN.get(reason);
  if (again === undefined) return undefined;
  return again === "at once" ? 0 : (retryAfterSeconds ?? RETRY_SECONDS) * 1000;
}

export function endsSubscription(status: number): boolean {
  return GONE.has(status);
}

function parametersOf(text: string): ReturnType<typeof parseParameters> | undefined {
  try {
    return parseParameters(text);
  } catch (error) {
    if (error instanceof SipParseError) return undefined;
    throw error;
  }
}

function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
