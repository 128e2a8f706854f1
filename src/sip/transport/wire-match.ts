import { InternalError } from "../../core/errors.ts";
import type { SipMessage } from "../message/index.ts";

/**
 * Which messages a wire rule means: `ACK` (requests of that method), `200`, `2xx`, `200 INVITE`, `2xx INVITE`
 * (responses by status and CSeq method), `*` (all), or a function.
 */
export type WireMatch = string | ((message: SipMessage) => boolean);

/** @throws {UsageError} ERR_WIRE_MATCH where the text is none of the forms above. */
export function parseWireMatch(match: WireMatch): (message: SipMessage) => boolean {
  throw new InternalError(`not there yet: ${typeof match}`, { code: "ERR_NOT_IMPLEMENTED" });
}
