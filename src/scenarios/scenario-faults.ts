import { TransportError, UsageError, WaitTimeoutError } from "../core/errors.ts";
import type { RuleId } from "../rules/index.ts";

/** A rule that the scenario names had no check. */
export function uncheckedRules(rules: readonly RuleId[]): UsageError {
  const message = `The scenario names ${rules.join(", ")} but ran no check for it. Put an expectation into a step with { rule: "${rules[0] ?? ""}" }, or take the rule off its list.`;
  return new UsageError(message, { code: "ERR_RULE_UNCHECKED", details: { rules } });
}

/** A rule that the scenario names as observed had nothing recorded. */
export function unobservedRules(rules: readonly RuleId[]): UsageError {
  const message = `The scenario names ${rules.join(", ")} as observed but recorded nothing. Call observe(text, { rule: "${rules[0] ?? ""}" }), or take the rule off its list.`;
  return new UsageError(message, { code: "ERR_RULE_UNOBSERVED", details: { rules } });
}

/** The body ended well and left these calls up. */
export function leftUp(calls: readonly string[]): UsageError {
  const message = `The scenario ended with ${calls.length === 1 ? "a call" : "calls"} still up (${calls.join("; ")}). End it with hangUp() or cancel(), or await its end with nextRequest("BYE").`;
  return new UsageError(message, { code: "ERR_CALL_LEFT_UP", details: { calls } });
}

/** The target could not be put back as the lab file has it. */
export function notRestored(cause: Error): TransportError {
  const message = `What the scenario changed at the target is not put back: ${cause.message}. Compare its provisioning with the lab file.`;
  return new TransportError(message, { code: "ERR_NOT_RESTORED", cause });
}

/** Time is up. Whose turn it was: the target's where it was never heard or owes an answer, else the script's. */
export function timedOut(timeoutMs: number, targetWasHeard: boolean, unanswered: string | undefined): Error {
  const details = { timeoutMs, unanswered };
  if (!targetWasHeard) {
    const message = `No answer from the target within ${timeoutMs} ms. Check its address with --target and that it runs.`;
    return new WaitTimeoutError(message, { code: "ERR_TARGET_SILENT", details });
  }
  if (unanswered !== undefined) {
    const message = `The target has not answered the ${unanswered}; the scenario's ${timeoutMs} ms are over.`;
    return new WaitTimeoutError(message, { code: "ERR_WAIT_TIMEOUT", details });
  }
  const message = `The scenario did not end within ${timeoutMs} ms. Raise --timeout or its timeoutMs, or look for a wait that nothing answers.`;
  return new UsageError(message, { code: "ERR_SCENARIO_TIMEOUT", details });
}
