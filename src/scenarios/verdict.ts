import { AssertionError } from "chai";
import {
  InventoryError,
  PeerProtocolError,
  TransportError,
  UnexpectedOutcomeError,
  UsageError,
  WaitTimeoutError,
} from "../core/errors.ts";
import type { RuleLevel, Verdict } from "../results/model.ts";
import { levelOf, type RuleId } from "../rules/index.ts";
import { NOT_AVAILABLE } from "../simulator/index.ts";

export type FinalVerdict = Exclude<Verdict, "incomplete">;

/** What was being judged when something went wrong. */
export interface JudgedBy {
  readonly rules: readonly RuleId[];
  readonly control: boolean;
}

/** Code of the error by which a run is ended early, by a signal or its time-out. */
export const RUN_ENDED = "ERR_RUN_ENDED";

const STRENGTH: Record<RuleLevel, number> = { info: 0, should: 1, must: 2 };

/** The strongest level among the rules judged; a control weighs as much as a must. */
function levelJudged(judged: JudgedBy, embedded: boolean): RuleLevel {
  if (judged.control) return "must";
  let strongest: RuleLevel = "info";
  for (const rule of judged.rules) {
    const level = levelOf(rule, { embedded });
    if (STRENGTH[level] > STRENGTH[strongest]) strongest = level;
  }
  return strongest;
}

export interface Surroundings {
  readonly embedded: boolean;
  /** Whether the target sent anything at all in this run. */
  readonly targetWasHeard: boolean;
}

/** Errors that say: it came otherwise than the script expects. */
const EXPECTATIONS = [AssertionError, WaitTimeoutError, UnexpectedOutcomeError] as const;

/** What is only observed (info) neither passes nor fails; the rest of the scenario was not run, so it is skipped. */
const VERDICT_OF_LEVEL = { must: "failed", should: "deviation", info: "skipped" } as const satisfies Record<
  RuleLevel,
  FinalVerdict
>;

/**
 * The verdict that an error brings, by whose fault it is. A failed check, or an expected message that did not come,
 * weighs as much as the rule it was to prove; a peer that breaks the protocol fails whatever was being judged.
 */
export function verdictOf(error: Error, judged: JudgedBy, surroundings: Surroundings): FinalVerdict {
  if (error instanceof UsageError && (error.code === RUN_ENDED || error.code === NOT_AVAILABLE)) return "skipped";
  if (error instanceof TransportError || error instanceof InventoryError) return "inconclusive";
  if (error instanceof WaitTimeoutError && !surroundings.targetWasHeard) return "inconclusive";
  if (error instanceof PeerProtocolError) return "failed";
  if (!EXPECTATIONS.some((kind) => error instanceof kind)) return "error";
  return VERDICT_OF_LEVEL[levelJudged(judged, surroundings.embedded)];
}

const RANK: readonly FinalVerdict[] = ["passed", "skipped", "deviation", "inconclusive", "failed", "error"];

/** The graver of two verdicts. */
export function graver(a: FinalVerdict, b: FinalVerdict): FinalVerdict {
  return RANK.indexOf(a) >= RANK.indexOf(b) ? a : b;
}

/** Whether a scenario with this verdict is tried again, where retries are left, and fails the run. */
export function isFailure(verdict: FinalVerdict, strict: boolean): boolean {
  return verdict === "failed" || verdict === "error" || (strict && verdict === "deviation");
}

export interface ExitFacts {
  readonly verdicts: readonly Verdict[];
  readonly strict: boolean;
  readonly interrupted?: "SIGINT" | "SIGTERM" | "global-timeout" | undefined;
  readonly internalError: boolean;
  /** Whether a scenario passed on retry only, and that is to fail the run. Default false. */
  readonly failedByFlaky?: boolean;
}

/** Exit code of a run: the first that holds of 130/143, 124, 70, 1, 3, 4, 0. */
export function exitCodeOf(facts: ExitFacts): number {
  const has = (verdict: Verdict): boolean => facts.verdicts.includes(verdict);
  if (facts.interrupted === "SIGINT") return 130;
  if (facts.interrupted === "SIGTERM") return 143;
  if (facts.interrupted === "global-timeout") return 124;
  if (facts.internalError) return 70;
  if (has("failed") || has("error") || has("incomplete") || (facts.strict && has("deviation"))) return 1;
  if (facts.failedByFlaky === true) return 1;
  if (has("inconclusive")) return 3;
  return facts.verdicts.length === 0 ? 4 : 0;
}
