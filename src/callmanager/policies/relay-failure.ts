import { q850, type Ruling } from "./ruling.ts";

export interface FailureQuestion {
  /** Final status of the called phone, or what kept it from answering. */
  readonly failure: number | "timeout" | "transport" | "no answer" | "not registered";
}

export interface FailureRelay extends Ruling {
  readonly outcome: "relayed" | "mapped";
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What the caller gets, by what the called phone said: status and cause of Q.850 (RFC 4497 §8.4.1, §8.4.4). */
const STATUS_AND_CAUSE: Readonly<
  Record<FailureQuestion["failure"], readonly [status: number, cause: number] | undefined>
> = {
  401: [403, 21],
  403: [403, 21],
  404: [404, 1],
  407: [403, 21],
  408: [408, 102],
  410: [410, 22],
  480: [480, 18],
  484: [484, 28],
  486: [486, 17],
  487: [480, 16],
  488: [488, 79],
  491: [503, 41],
  500: [500, 41],
  503: [503, 41],
  600: [486, 17],
  603: [403, 21],
  604: [404, 1],
  606: [488, 79],
  timeout: [408, 18],
  transport: [503, 41],
  "no answer": [480, 19],
  "not registered": [480, 20],
};

/**
 * What a caller is told when the called phone does not take the call: 486 stays 486 (CAL-14), 6xx never goes out
 * (call-manager-rules 1G), and a challenge by the phone ends the call rather than asking the caller (CAL-12).
 */
export function relayFailure({ failure }: FailureQuestion): FailureRelay {
  const [status, cause] = STATUS_AND_CAUSE[failure] ?? [typeof failure === "number" && failure >= 500 ? 500 : 480, 41];
  const outcome = status === failure ? "relayed" : "mapped";
  const reason = `the called phone: ${failure}; the caller gets ${status}`;
  return { outcome, rules: ["CAL-14"], reason, status, headers: [q850(cause)] };
}
