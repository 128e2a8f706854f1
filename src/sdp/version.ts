import type { SessionDescription } from "./model.ts";
import { writeSdp } from "./write.ts";

/**
 * `changed` with the origin of `previous`: the version goes up by one when anything else differs, and stays when nothing
 * does (RFC 3264 §8).
 */
export function nextVersion(previous: SessionDescription, changed: SessionDescription): SessionDescription {
  const unchanged = { ...changed, origin: previous.origin };
  if (writeSdp(unchanged) === writeSdp(previous)) return unchanged;
  return { ...changed, origin: { ...previous.origin, sessionVersion: successorOf(previous.origin.sessionVersion) } };
}

/** A script may have sent an o= line without a number; counting starts there. */
function successorOf(version: string): string {
  return /^\d+$/.test(version) ? String(BigInt(version) + 1n) : "1";
}
