import type { RuleId } from "../../rules/index.ts";
import type { Policies } from "../policies/policies.ts";

/**
 * A call manager that breaks one rule: policies that replace correct ones. The scenarios of `rule` have to fail on it;
 * if they pass, they prove nothing about that rule.
 */
export interface Defect {
  /** Kebab-case, stable: `busy-one-call-late`. */
  readonly name: string;
  /** The rule that it breaks. */
  readonly rule: RuleId;
  /** What this call manager does wrong, without its subject: `takes one call more than the busy trigger allows`. */
  readonly title: string;
  readonly policies: Partial<Policies>;
}
