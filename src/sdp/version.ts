import type { SessionDescription } from "./model.ts";
import { writeSdp } from "./write.ts";

/**
 * `changed` with the origin of `previous`: the version goes up by one when anything else differs, and stays when nothing
 * does (RFC 3264 §8).
 */
export function nextVersion(previous: SessionDescription, changed: SessionDescription): SessionDescription {
  const unchanged = { ...changed, origin: previous.origin };
  if (writeSdp(unchanged) === writeSdp(previous)) return unchanged;
  const sessionVersion = String(BigInt(previous.origin.sessionVersion) + 1n);
  return { ...changed, origin: { ...previous.origin, sessionVersion } };
}
