export { chapterOf, CHAPTERS } from "./chapters.ts";
export type { DocumentAnchor, RuleLevel, RuleNeed } from "./rule.ts";
export { DOCUMENT_PLACES, type DocumentPlace } from "./document-places.ts";
export { isRuleId, levelOf, RULES, type Rule, type RuleId } from "./rules.ts";
