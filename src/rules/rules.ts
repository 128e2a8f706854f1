import type { RuleLevel, RuleRecord } from "./rule.ts";
import { RULE_DATA } from "./rules-data.ts";

/** Stable id of a rule, such as `REG-01`. A union of all ids, so that a typo in a scenario is a type error. */
export type RuleId = keyof typeof RULE_DATA;

export interface Rule extends RuleRecord {
  readonly id: RuleId;
}

/** Every rule by id, in the order of the specification. The key is a plain string, for ids that come from outside. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  (Object.entries(RULE_DATA) as [RuleId, RuleRecord][]).map(([id, record]) => [id, { id, ...record }]),
);

/** Whether `text` is the id of a rule, exactly as spelt in the table. */
export function isRuleId(text: string): text is RuleId {
  return RULES.has(text);
}

/** The level that decides the verdict of a failed check. `embedded`: the target is the reference call manager. */
export function levelOf(id: RuleId, target: { readonly embedded: boolean }): RuleLevel {
  const record: RuleRecord = RULE_DATA[id];
  return (target.embedded ? record.referenceLevel : undefined) ?? record.level;
}
