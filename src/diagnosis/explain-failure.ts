import { DOCUMENT_PLACES, isRuleId, levelOf, RULES, type RuleLevel } from "../rules/index.ts";
import type { DigestFinding, ScenarioRecord } from "../results/index.ts";
import { acceptanceOf } from "./acceptance.ts";
import { factsAbout, factsOf, type CaseFacts } from "./case-facts.ts";
import { likelyCauses, refusedBefore, type LikelyCause } from "./causes.ts";
import type { Exchange } from "./exchanges.ts";
import { mediaPassages, type MediaPassage } from "./media-passages.ts";
import { requestWords, responseWords, tellingHeaders } from "./message-words.ts";

/** The rule that a failure is about, for a reader who does not know it. */
export interface RuleExplanation {
  readonly id: string;
  readonly level: RuleLevel;
  readonly statement: string;
  /** What is sent and what the rule accepts. */
  readonly accepts: string;
  /** Where the document says so; empty where it is known of Cisco's call manager beyond it. */
  readonly document: readonly { readonly anchor: string; readonly heading: string; readonly says: string }[];
}

/** A message in words, and who sent or received it. */
export interface MessageWords {
  readonly phone: string;
  readonly text: string;
  /** Headers by which the peer says why. */
  readonly told: readonly string[];
}

/** A failure in a tester's words. Texts of peers in it may hold any character: whoever shows them makes them safe. */
export interface Explanation {
  readonly rule: RuleExplanation | undefined;
  /** The requests of the exchange that was judged; one, or two where it was challenged. */
  readonly sent: readonly MessageWords[];
  /** What came to phones since: at most four. */
  readonly came: readonly MessageWords[];
  readonly causes: readonly LikelyCause[];
  /** Where a digest was refused: its inputs, and which changed input would have fitted. */
  readonly digest: DigestFinding | undefined;
  /** Where media was judged: what became of SDP on its way through the call manager, the last at most four. */
  readonly media: readonly MediaPassage[];
}

const MOST_ARRIVALS = 3;

function explainRule(id: string | undefined, embedded: boolean): RuleExplanation | undefined {
  const rule = id === undefined ? undefined : RULES.get(id);
  if (!rule || !isRuleId(rule.id)) return undefined;
  return {
    id: rule.id,
    level: levelOf(rule.id, { embedded }),
    statement: rule.statement,
    accepts: acceptanceOf(rule),
    document: rule.document.map((anchor) => ({ anchor, ...DOCUMENT_PLACES[anchor] })),
  };
}

function answerWords(exchange: Exchange): MessageWords {
  const { phone, responses } = exchange;
  const last = responses.findLast(({ message }) => message.isFinal) ?? responses.at(-1);
  if (!last) return { phone, text: "no answer at all", told: [] };
  const waiting = last.message.isFinal ? "" : ", and no final response";
  return { phone, text: responseWords(last.message) + waiting, told: tellingHeaders(last.message) };
}

function cameIn({ judged, arrivals }: CaseFacts): MessageWords[] {
  if (!judged) return [];
  const rang = arrivals.slice(-MOST_ARRIVALS).map(({ phone, request: { message } }) => ({
    phone,
    text: requestWords(message),
    told: tellingHeaders(message),
  }));
  if (judged.direction === "sent") return [...rang, answerWords(judged)];
  const { message } = judged.request;
  return [{ phone: judged.phone, text: requestWords(message), told: tellingHeaders(message) }];
}

/** The request that set off what a phone received: the last INVITE or other request of another phone before it. */
function sentBefore({ exchanges, judged }: CaseFacts): Exchange | undefined {
  if (judged?.direction !== "received") return judged;
  return exchanges
    .slice(0, exchanges.indexOf(judged))
    .findLast(({ direction, phone, method }) => direction === "sent" && phone !== judged.phone && method !== "ACK");
}

function sentIn(facts: CaseFacts): MessageWords[] {
  const exchange = sentBefore(facts);
  if (!exchange) return [];
  const { phone, request, copies } = exchange;
  const times = copies > 1 ? `, ${copies} times` : "";
  return [{ phone, text: requestWords(request.message) + times, told: [] }];
}

/** Whether the failure is about what an SDP held. */
function isAboutMedia({ end }: ScenarioRecord, rule: RuleExplanation | undefined): boolean {
  return /^(VID|DTM)-/.test(rule?.id ?? "") || /\b(SDP|m-line)\b/.test(end?.failure?.message ?? "");
}

/** Whether it is the target, the network or the lab that a reader has to look at, and not the script. */
function isAboutTheTarget({ verdict }: ScenarioRecord): boolean {
  return verdict === "failed" || verdict === "deviation" || verdict === "inconclusive";
}

/**
 * Tells of a scenario that did not pass what the rule is, what the phone sent, what came and what may be behind it.
 * Everything is taken from the journal; causes are hints, chosen by what its trace shows.
 * @param embedded whether the target was the reference call manager: some rules have another level there.
 */
export function explainFailure(scenario: ScenarioRecord, embedded: boolean): Explanation {
  const facts = factsOf(scenario);
  const rule = explainRule(facts.failure?.rule ?? scenario.start.rules[0], embedded);
  const blameless = !isAboutTheTarget(scenario);
  const register = refusedBefore(facts);
  const { status, credentials, digest } = register ? factsAbout(facts, register) : facts;
  const digestWasRefused = (status === 401 || status === 407) && credentials !== undefined;
  return {
    rule,
    sent: sentIn(facts),
    came: cameIn(facts),
    causes: blameless ? [] : likelyCauses(facts),
    digest: !blameless && digestWasRefused ? digest : undefined,
    media: !blameless && isAboutMedia(scenario, rule) ? mediaPassages(scenario) : [],
  };
}
