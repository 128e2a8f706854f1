export type { DocumentAnchor, RuleLevel, RuleNeed } from "./rule.ts";
export { isRuleId, levelOf, RULES, type Rule, type RuleId } from "./rules.ts";
