import { Assertion, util } from "chai";
import { SipMessage, SipResponse } from "../sip/message/index.ts";
import { closeSelection, evidenceIsWanted, openSelection, reportEvidence, type Selection } from "./evidence.ts";

/** What looking at a subject came to. */
export interface Verdict {
  /** `unverified`: there was nothing to look at. */
  readonly outcome: boolean | "unverified";
  /** What was looked at: `the final response`. */
  readonly subject: string;
  /** What was claimed of it, to follow "expected … to": `have status 200`. */
  readonly predicate: string;
  readonly expected: string;
  readonly received: string;
  /** The message, m-lines or ladder below the sentence of a failure. */
  readonly shown?: string | undefined;
  /** What most likely is the reason. */
  readonly hint?: string | undefined;
  /** What the claims that follow look at, where the claim narrows it. */
  readonly next?: unknown;
}

/** Looks at one subject. Throws UsageError when it is none of its kind. */
export type Judge<Args extends readonly unknown[]> = (subject: unknown, ...args: Args) => Verdict;

/** Flag of assertions whose subject is a list, each of which has to stand the claim. */
export const EVERY = "every";
/** Flag that holds a selection until something is claimed of it. */
const SELECTION = "selection";
/** Flag that holds the message under judgement, where a selector has led away from it. */
const ABOUT = "about";

/** The message that a failed claim was about is kept with its error, so that a report can find its exchange. */
const messagesOfErrors = new WeakMap<object, SipMessage>();

/** The message that a claim was about which failed by this error; undefined where it was about none, or none of ours. */
export function messageJudged(error: unknown): SipMessage | undefined {
  return typeof error === "object" && error !== null ? messagesOfErrors.get(error) : undefined;
}

function messageOf(subject: unknown): SipMessage | undefined {
  if (subject instanceof SipMessage) return subject;
  if (typeof subject !== "object" || subject === null) return undefined;
  if ("final" in subject && subject.final instanceof SipResponse) return subject.final;
  return "message" in subject && subject.message instanceof SipMessage ? subject.message : undefined;
}

/** Makes a claim of that name; each call reports one piece of evidence and throws one AssertionError at most. */
export function addClaim<Args extends readonly unknown[]>(name: string, judge: Judge<Args>): void {
  Assertion.addMethod(name, function (this: Chai.AssertionStatic, ...args: Args) {
    const subject: unknown = util.flag(this, "object");
    const every = util.flag(this, EVERY) === true;
    const selection = util.flag(this, SELECTION) as Selection | undefined;
    if (selection) closeSelection(selection);
    const negated = util.flag(this, "negate") === true;
    util.flag(this, ABOUT, messageOf(subject) ?? util.flag(this, ABOUT));
    const verdict = every
      ? judgeEach(subject as readonly unknown[], judge, args, negated)
      : judgeOne(subject, judge, args, negated);
    settle(this, verdict, negated);
    if (verdict.next !== undefined) util.flag(this, "object", verdict.next);
  });
}

/** What a selector picked. */
export interface Selected {
  /** What the claims that follow look at. */
  readonly subject: unknown;
  readonly selection: Selection;
}

export type Selector<Args extends readonly unknown[]> = (subject: unknown, ...args: Args) => Selected;

/** Makes a method that claims nothing yet: it gives the assertion another subject. */
export function addSelector<Args extends readonly unknown[]>(name: string, select: Selector<Args>): void {
  Assertion.addMethod(name, function (this: Chai.AssertionStatic, ...args: Args) {
    const subject: unknown = util.flag(this, "object");
    const every = util.flag(this, EVERY) === true;
    const picked = (every ? (subject as readonly unknown[]) : [subject]).map((each) => select(each, ...args));
    const [first] = picked;
    if (first) openSelection(first.selection);
    util.flag(this, SELECTION, first?.selection);
    util.flag(this, ABOUT, messageOf(subject) ?? util.flag(this, ABOUT));
    util.flag(this, "object", every ? picked.map((each) => each.subject) : first?.subject);
  });
}

/** A subject that is missing stands no claim, nor its opposite. */
function judgeOne<Args extends readonly unknown[]>(
  subject: unknown,
  judge: Judge<Args>,
  args: Args,
  negated: boolean,
): Verdict {
  if (subject !== undefined && subject !== null) return judge(subject, ...args);
  return { outcome: negated, ...NOTHING_TO_SEE, subject: "something", received: `there is ${String(subject)}` };
}

/** The claim about a list: the first that does not stand it speaks for all. */
function judgeEach<Args extends readonly unknown[]>(
  subjects: readonly unknown[],
  judge: Judge<Args>,
  args: Args,
  negated: boolean,
): Verdict {
  const verdicts = subjects.map((subject) => judgeOne(subject, judge, args, negated));
  const failed = verdicts.findIndex(({ outcome }) => outcome === negated);
  const fault = verdicts[failed];
  if (fault) return { ...fault, subject: `each of ${subjects.length} (here ${failed + 1}, ${fault.subject})` };
  const proven = verdicts.find(({ outcome }) => outcome !== "unverified");
  const subject = `each of ${subjects.length}`;
  if (proven) return { ...proven, subject, next: verdicts.map(({ next }, index) => next ?? subjects[index]) };
  return { ...NOTHING_TO_SEE, ...verdicts[0], outcome: "unverified", subject };
}

/** A claim that never got to look. */
const NOTHING_TO_SEE = { predicate: "stand the claim", expected: "something to look at", received: "an empty list" };

function settle(assertion: Chai.AssertionStatic, verdict: Verdict, negated: boolean): void {
  const { subject, predicate, expected, received } = verdict;
  const claim = `expected ${subject} ${negated ? "not to" : "to"} ${predicate}`;
  const wanted = negated ? `not ${expected}` : expected;
  const unverified = verdict.outcome === "unverified";
  const passed = verdict.outcome === "unverified" || verdict.outcome !== negated;
  if (evidenceIsWanted()) {
    const outcome = unverified ? "unverified" : passed ? "passed" : "failed";
    reportEvidence({ claim, outcome, expected: wanted, received });
  }
  const message = (): string => failureMessage(claim, verdict);
  try {
    assertion.assert(passed !== negated, message, message, wanted, received, false);
  } catch (error) {
    const about = util.flag(assertion, ABOUT) as SipMessage | undefined;
    if (about && typeof error === "object" && error !== null) messagesOfErrors.set(error, about);
    throw error;
  }
}

function failureMessage(claim: string, { received, hint, shown }: Verdict): string {
  const sentence = `${claim}, but ${received}`;
  return [sentence, ...(hint === undefined ? [] : [hint]), ...(shown === undefined ? [] : [shown])].join("\n");
}
