import { RULES, type Rule } from "../rules/index.ts";

const AS_ANOTHER = /^(?:-> )?(?:as|repeat) ([A-Z]{3}-\d\d)\b/;

/** The text as people write it, without the marks of the table. */
function readableText(text: string): string {
  return text.replaceAll("->", "→").replaceAll(" (A)", "").replace(/\s+/g, " ").trim();
}

/**
 * What a rule accepts, as its table says it: what is sent and the whole set of answers. Where it points at another rule
 * (`as EXT-01`) the words of that one follow.
 */
export function acceptanceOf(rule: Rule): string {
  const other = RULES.get(AS_ANOTHER.exec(rule.exchange)?.[1] ?? "") ?? pointedAt(rule);
  const own = readableText(rule.exchange);
  return other && other.id !== rule.id ? `${own}; ${other.id}: ${readableText(other.exchange)}` : own;
}

function pointedAt(rule: Rule): Rule | undefined {
  return RULES.get(/→ as ([A-Z]{3}-\d\d)/.exec(readableText(rule.exchange))?.[1] ?? "");
}
