import { eventOfDigit } from "./telephone-event.ts";

/** Content type of a digit in INFO, the more common one first. Neither is in an RFC; phones of all makes know them. */
export type InfoDigitType = "application/dtmf-relay" | "application/dtmf";

/** Bodies are a line or two; what is longer is none. */
const LONGEST_BODY = 256;

/** A digit in the body of an INFO. */
export interface InfoDigit {
  readonly digit: string;
  /** Undefined: the body says nothing about it. */
  readonly durationMs: number | undefined;
}

/** Reads the body of an INFO; undefined: it tells no digit. */
export function readInfoDigit(contentType: string, body: string): InfoDigit | undefined {
  if (body.length > LONGEST_BODY) return undefined;
  switch (contentType.toLowerCase()) {
    case "application/dtmf-relay":
      return readRelay(body);
    case "application/dtmf":
      return keyOf(body.trim(), undefined);
    default:
      return undefined;
  }
}

/** `Signal=5`, `Duration=160`: names without case, blanks around the sign, in any order. */
function readRelay(body: string): InfoDigit | undefined {
  const fields = new Map<string, string>();
  for (const line of body.split("\n")) {
    const sign = line.indexOf("=");
    if (sign > 0) fields.set(line.slice(0, sign).trim().toLowerCase(), line.slice(sign + 1).trim());
  }
  const duration = Number(fields.get("duration") ?? NaN);
  return keyOf(fields.get("signal") ?? "", Number.isFinite(duration) ? duration : undefined);
}

/** Some phones tell `*` and `#` by their event codes. */
const BY_EVENT_CODE: ReadonlyMap<string, string> = new Map([
  ["10", "*"],
  ["11", "#"],
]);

function keyOf(signal: string, durationMs: number | undefined): InfoDigit | undefined {
  const digit = BY_EVENT_CODE.get(signal) ?? signal.toUpperCase();
  return eventOfDigit(digit) === undefined ? undefined : { digit, durationMs };
}

export function writeInfoDigit(contentType: InfoDigitType, digit: string, durationMs: number): string {
  return contentType === "application/dtmf" ? digit : `Signal=${digit}\r\nDuration=${durationMs}\r\n`;
}
