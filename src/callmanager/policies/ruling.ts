import type { RuleId } from "../../rules/index.ts";
import type { SipRequest } from "../../sip/message/index.ts";
import type { Flow } from "../../sip/transport/index.ts";

/** A request of a phone, and the way that it came. */
export interface ReceivedRequest {
  readonly request: SipRequest;
  readonly source: Flow;
}

/** What a policy decided and why: the part of every decision that listeners and the log get. */
export interface Ruling {
  /** One word or a few, stable per policy: `identified`, `refused`, `audio only`. */
  readonly outcome: string;
  /** Rules of the table that the decision rests on; empty where it only obeys an RFC. */
  readonly rules: readonly RuleId[];
  /** A sentence for people, with the values that decided. */
  readonly reason: string;
}

/** The request gets this final response instead of what it asked for. */
export interface Refusal extends Ruling {
  readonly outcome: "refused";
  /** 401 is a challenge: whoever carries it out adds WWW-Authenticate with a fresh nonce. */
  readonly status: number;
  /** Further headers of the response. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Free text for a Warning header (REG-30). */
  readonly warning?: string;
}

/** A ruling as it is told to listeners: with the policy that made it. */
export interface Decision extends Ruling {
  readonly policy: string;
}

interface RefusalOptions {
  readonly headers?: Refusal["headers"];
  readonly warning?: string;
}

/** Builds a refusal. */
export function refuse(
  status: number,
  rules: readonly RuleId[],
  reason: string,
  { headers = [], warning }: RefusalOptions = {},
): Refusal {
  return { outcome: "refused", status, rules, reason, headers, ...(warning === undefined ? {} : { warning }) };
}

export function isRefusal(ruling: Pick<Ruling, "outcome">): ruling is Refusal {
  return ruling.outcome === "refused";
}

/** Reason header with a cause of Q.850, as the reference manager words it (CAL-06, CAP-04). */
export function q850(cause: number): readonly [name: string, value: string] {
  return ["Reason", `Q.850;cause=${cause}`];
}
