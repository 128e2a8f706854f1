import { UsageError } from "../../core/errors.ts";
import { SipRequest, SipResponse, type SipMessage } from "../message/index.ts";

/**
 * Which messages a wire rule means: `ACK` (requests of that method), `200`, `2xx`, `200 INVITE`, `2xx INVITE`
 * (responses by status and CSeq method), `*` (all), or a function.
 */
export type WireMatch = string | ((message: SipMessage) => boolean);

type Predicate = (message: SipMessage) => boolean;

const METHOD = /^[A-Z][A-Z0-9]*$/;
const RESPONSE = /^([1-6])(\d\d|xx)(?: +([A-Z][A-Z0-9]*))?$/;

/** @throws {UsageError} ERR_WIRE_MATCH where the text is none of the forms above. */
export function parseWireMatch(match: WireMatch): Predicate {
  if (typeof match === "function") return match;
  if (match === "*") return () => true;
  if (METHOD.test(match)) return (message) => message instanceof SipRequest && message.method === match;
  const [, statusClass, rest, method] = RESPONSE.exec(match) ?? [];
  if (statusClass === undefined || rest === undefined) throw unknownMatch(match);
  const lowest = Number(statusClass) * 100 + (rest === "xx" ? 0 : Number(rest));
  const highest = rest === "xx" ? lowest + 99 : lowest;
  return (message) => {
    if (!(message instanceof SipResponse)) return false;
    const { status } = message;
    return status >= lowest && status <= highest && (method === undefined || cseqMethod(message) === method);
  };
}

/** Undefined where the CSeq is broken, which no rule by method means. */
function cseqMethod(message: SipMessage): string | undefined {
  try {
    return message.cseq.method;
  } catch {
    return undefined;
  }
}

function unknownMatch(match: string): UsageError {
  return new UsageError(
    `"${match}" matches no message. Say a method in upper case (ACK), a status (200, 2xx), ` +
      `a status and the method of its request (200 INVITE), * for all, or give a function.`,
    { code: "ERR_WIRE_MATCH", details: { match } },
  );
}
