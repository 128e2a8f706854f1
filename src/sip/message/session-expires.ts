import { LIMITS } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { parseParameters } from "./parameters.ts";
import { SipParseError } from "./sip-parse-error.ts";

/** Option tag of session timers (RFC 4028 §4). */
export const TIMER = "timer";

/** Interval that RFC 4028 §4 recommends. */
export const RECOMMENDED_SESSION_SECONDS = 1800;

/** Shortest interval that anybody may insist on, and what counts where no Min-SE is sent (RFC 4028 §5). */
export const LEAST_SESSION_SECONDS = 90;

/** Who ends a silent session does so that long before its end, or a third of the interval if that is less (RFC 4028 §10). */
const MARGIN_SECONDS = 32;

/** Longest delay of a platform's timer; nobody waits for the end of a longer session. */
const LONGEST_MS = 2 ** 31 - 1;

/** Which end of the request that carries it, or is answered by it, refreshes (RFC 4028 §4). */
export type Refresher = "uac" | "uas";

/** Value of a Session-Expires header (RFC 4028 §4). */
export interface SessionExpires {
  readonly seconds: number;
  /** Undefined: the message leaves it open. */
  readonly refresher: Refresher | undefined;
}

/** Session-Expires of a message; undefined where there is none, or none that can be read. RFC 4028 §4. */
export function sessionExpiresOf(message: SipMessage): SessionExpires | undefined {
  const value = message.get("Session-Expires");
  if (value === undefined) return undefined;
  const at = value.indexOf(";");
  const seconds = secondsOf(at < 0 ? value : value.slice(0, at));
  if (seconds === undefined) return undefined;
  const named = at < 0 ? undefined : parameterOf(value.slice(at), "refresher")?.toLowerCase();
  return { seconds, refresher: named === "uac" || named === "uas" ? named : undefined };
}

/** Min-SE of a message, in seconds; undefined where there is none, or none that can be read. RFC 4028 §5. */
export function minSessionSecondsOf(message: SipMessage): number | undefined {
  return secondsOf(message.get("Min-SE")?.split(";", 1)[0]);
}

/** Value for a Session-Expires header. */
export function formatSessionExpires({ seconds, refresher }: SessionExpires): string {
  return refresher === undefined ? String(seconds) : `${seconds};refresher=${refresher}`;
}

/** Whether whoever sent the message has session timers (RFC 4028 §7.1). */
export function supportsSessionTimer(message: SipMessage): boolean {
  return [...message.list("Supported"), ...message.list("Require")].some((tag) => tag.trim().toLowerCase() === TIMER);
}

/** How long after its agreement a session is refreshed, ms: half the interval (RFC 4028 §7.2). */
export function refreshDelayMs(seconds: number): number {
  return Math.min(seconds * 500, LONGEST_MS);
}

/** How long after its agreement a session that nobody refreshed is ended, ms (RFC 4028 §10). */
export function expiryDelayMs(seconds: number): number {
  return Math.min((seconds - Math.min(MARGIN_SECONDS, seconds / 3)) * 1000, LONGEST_MS);
}

/** Waits shorter than this are not worth another try: who ends each refresh at once is not asked for ever. */
const SHORTEST_RETRY_MS = 500;

/** When to try again after a refresh that came to nothing, ms: when half of what is left is over; undefined: not at all. */
export function retryDelayMs(leftMs: number): number | undefined {
  const half = leftMs / 2;
  return half >= SHORTEST_RETRY_MS ? half : undefined;
}

function secondsOf(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? "";
  if (!/^[0-9]{1,10}$/.test(digits)) return undefined;
  return Math.min(Number(digits), LIMITS.uint32);
}

function parameterOf(text: string, name: string): string | undefined {
  try {
    return parseParameters(text).get(name);
  } catch (error) {
    if (error instanceof SipParseError) return undefined;
    throw error;
  }
}
