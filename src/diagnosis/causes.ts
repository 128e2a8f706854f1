import { AUTHENTICATION_CAUSES } from "./authentication-causes.ts";
import { CALL_CAUSES } from "./call-causes.ts";
import { factsAbout, type CaseFacts } from "./case-facts.ts";
import type { CauseRow } from "./cause-row.ts";
import { finalOf, type Exchange } from "./exchanges.ts";
import { PROTOCOL_CAUSES } from "./protocol-causes.ts";
import { RULE_CAUSES } from "./rule-causes.ts";
import { SILENCE_CAUSES } from "./silence-causes.ts";

/** The tables, those that say most first; in each the first row that applies is the one that is told. */
export const CAUSE_TABLES: readonly (readonly CauseRow[])[] = [
  SILENCE_CAUSES,
  AUTHENTICATION_CAUSES,
  RULE_CAUSES,
  CALL_CAUSES,
  PROTOCOL_CAUSES,
];

/** Something that may be behind a failure, and where to look for it. Never certain. */
export interface LikelyCause {
  readonly id: string;
  readonly cause: string;
  readonly look: string;
}

/** Most causes that are told: a reader who gets more follows none. */
const MOST_CAUSES = 2;

function causesBy(facts: CaseFacts): LikelyCause[] {
  return CAUSE_TABLES.flatMap((table): LikelyCause[] => {
    const row = table.find(({ applies }) => applies(facts));
    return row ? [{ id: row.id, cause: row.cause(facts), look: row.look(facts) }] : [];
  });
}

/**
 * The REGISTER that a call failed by: the last of its caller, or else of another phone, where that was refused. A call that came
 * about is no such case.
 */
export function refusedBefore({ exchanges, judged, method, final, arrivals }: CaseFacts): Exchange | undefined {
  const cameAbout = final?.isSuccess === true || arrivals.some((arrival) => arrival.method === "INVITE");
  if (method !== "INVITE" || cameAbout) return undefined;
  const last = new Map<string, Exchange>();
  for (const exchange of exchanges) {
    if (exchange.method === "REGISTER" && exchange.direction === "sent") last.set(exchange.phone, exchange);
  }
  const refused = [...last.values()].filter((exchange) => (finalOf(exchange)?.status ?? 0) >= 400);
  return refused.find(({ phone }) => phone === judged?.phone) ?? refused[0];
}

/** What may be behind it by what the trace shows, the likeliest first; empty where the tables know nothing. */
export function likelyCauses(facts: CaseFacts): LikelyCause[] {
  const register = refusedBefore(facts);
  const earlier = register ? causesBy(factsAbout(facts, register)).slice(0, 1) : [];
  const { phone = "" } = register ?? {};
  const chained = earlier.map(({ cause, ...rest }) => ({ ...rest, cause: `${phone} did not register. ${cause}` }));
  return [...chained, ...causesBy(facts)].slice(0, MOST_CAUSES);
}
