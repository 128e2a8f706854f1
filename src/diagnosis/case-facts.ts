import type { DigestFinding, Failure, MessageLine, ScenarioRecord } from "../results/index.ts";
import type { DigestChallenge, DigestCredentials, SipResponse } from "../sip/message/index.ts";
import { attemptsOf, exchangesOf, finalOf, type Exchange } from "./exchanges.ts";
import { challengeIn, credentialsIn, q850CauseIn, readable } from "./message-words.ts";

/** What the trace of a scenario shows of what went wrong; causes are chosen by it. */
export interface CaseFacts {
  readonly scenario: ScenarioRecord;
  readonly failure: Failure | undefined;
  /** Up to the failure, without what phones answered in the background. */
  readonly exchanges: readonly Exchange[];
  /** The exchange that was judged: the one that the failure names, else the last that a phone began. */
  readonly judged: Exchange | undefined;
  /** Method of it; empty where there is none. */
  readonly method: string;
  /** The final response to it, where the phone sent the request. */
  readonly final: SipResponse | undefined;
  /** Status of it; 0 where there is none. */
  readonly status: number;
  /** Q.850 cause that the final response gives. */
  readonly q850Cause: number | undefined;
  /** Credentials in the request judged. */
  readonly credentials: DigestCredentials | undefined;
  /** The challenge that they answer. */
  readonly challenge: DigestChallenge | undefined;
  /** The challenge in the final response. */
  readonly nextChallenge: DigestChallenge | undefined;
  /** What was found out about its digest. */
  readonly digest: DigestFinding | undefined;
  /** The last REGISTER of the phone that was accepted before and not taken back. */
  readonly registration: Exchange | undefined;
  /** Requests that the other phones received since the one judged was sent. */
  readonly arrivals: readonly Exchange[];
  /** Statuses with which other phones answered those. */
  readonly otherPhonesSaid: readonly number[];
  /** Final statuses of everything that phones sent in the scenario; challenges that were answered are left out. */
  readonly finalStatuses: readonly number[];
  /** Whether any SIP came from the target. */
  readonly heard: boolean;
  /** Whether something else came. */
  readonly heardNoise: boolean;
}

/** Sent to have an end, or to clear up: seldom what a failure is about. */
const BY_THE_WAY: ReadonlySet<string> = new Set(["ACK", "OPTIONS", "BYE", "PRACK"]);

/** Notes of what came and is no message. */
const NO_SIP: ReadonlySet<string> = new Set(["not-sip", "keepalive"]);

function judgedOf(exchanges: readonly Exchange[], failure: Failure | undefined): Exchange | undefined {
  const about = failure?.about;
  const named = exchanges.findLast(
    ({ request: { message } }) =>
      message.callId === about?.callId && (about.cseq === undefined || cseqText(message) === about.cseq),
  );
  if (named) return named;
  const begun = exchanges.filter(({ direction, method }) => direction === "sent" && method !== "ACK");
  return begun.findLast(({ method }) => !BY_THE_WAY.has(method)) ?? begun.at(-1);
}

function cseqText(message: Exchange["request"]["message"]): string {
  return `${message.cseq.number} ${message.cseq.method}`;
}

/** The last REGISTER of the phone before `judged`, where it was accepted and asked for a binding. */
function registrationBefore(exchanges: readonly Exchange[], judged: Exchange): Exchange | undefined {
  const last = exchanges
    .slice(0, exchanges.indexOf(judged))
    .findLast(
      ({ phone, method, direction }) => phone === judged.phone && method === "REGISTER" && direction === "sent",
    );
  if (!last || finalOf(last)?.isSuccess !== true) return undefined;
  const request = last.request.message;
  const takenBack = request.expires === 0 || /;[ \t]*expires[ \t]*=[ \t]*0\b/i.test(request.get("Contact") ?? "");
  return takenBack ? undefined : last;
}

function arrivalsSince(exchanges: readonly Exchange[], judged: Exchange): Exchange[] {
  const first = attemptsOf(judged)[0] ?? judged;
  return exchanges
    .slice(exchanges.indexOf(first))
    .filter(({ phone, direction, method }) => direction === "received" && method !== "ACK" && phone !== judged.phone);
}

/** The messages of a scenario up to its failure, without what phones answered in the background. */
export function linesOfCase({ messages, end }: ScenarioRecord): MessageLine[] {
  const until = end?.failure?.at ?? Infinity;
  return messages.filter(({ at, notes }) => at <= until && !notes.includes("background"));
}

/** Reads the messages of a scenario up to its failure. Linear in their number and size. */
export function factsOf(scenario: ScenarioRecord): CaseFacts {
  const failure = scenario.end?.failure;
  const lines = linesOfCase(scenario);
  const exchanges = exchangesOf(lines);
  const answered = new Set(exchanges.map(({ challengedIn }) => challengedIn));
  const finalStatuses = exchanges
    .filter((exchange) => exchange.direction === "sent" && !answered.has(exchange))
    .flatMap((exchange) => finalOf(exchange)?.status ?? []);
  const received = lines.filter(({ direction }) => direction === "received");
  const heard = received.some(({ notes }) => !notes.some((note) => NO_SIP.has(note)));
  const heardNoise = received.some(({ notes }) => notes.includes("not-sip"));
  return factsAbout({ scenario, failure, exchanges, finalStatuses, heard, heardNoise }, judgedOf(exchanges, failure));
}

type ScenarioFacts = Pick<CaseFacts, "scenario" | "failure" | "exchanges" | "finalStatuses" | "heard" | "heardNoise">;

/** The same scenario with another exchange under judgement. */
export function factsAbout(facts: ScenarioFacts, judged: Exchange | undefined): CaseFacts {
  const { scenario, failure, exchanges, finalStatuses, heard, heardNoise } = facts;
  const final = judged?.direction === "sent" ? finalOf(judged) : undefined;
  const arrivals = judged ? arrivalsSince(exchanges, judged) : [];
  const asked = judged?.challengedIn && finalOf(judged.challengedIn);
  const callId = judged?.request.message.callId;
  return {
    ...{ scenario, failure, exchanges, finalStatuses, heard, heardNoise, judged, final, arrivals },
    method: judged?.method ?? "",
    status: final?.status ?? 0,
    q850Cause: final && readable(() => q850CauseIn(final)),
    credentials: judged && credentialsIn(judged.request.message),
    challenge: asked && challengeIn(asked),
    nextChallenge: final && challengeIn(final),
    digest: failure?.digests?.find((finding) => finding.callId === callId),
    registration: judged && registrationBefore(exchanges, judged),
    otherPhonesSaid: arrivals.flatMap(({ responses }) => responses.map(({ message }) => message.status)),
  };
}
