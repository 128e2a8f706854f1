import { UsageError } from "../core/errors.ts";
import type { SessionDescription } from "../sdp/index.ts";
import { addClaim, type Verdict } from "./claim.ts";
import { answerFaults, type AnswerFault } from "./offer-answer/answer-faults.ts";
import { descriptionOf, isMediaSession, sdpLabel, showLine } from "./sdp-view.ts";

export function addAnswerClaims(): void {
  addClaim("answerTo", (subject, offer: unknown) => judgeAnswer(descriptionOf(subject), descriptionOf(offer), subject));
  addClaim("answered", (subject) => {
    if (isMediaSession(subject)) return judgeAnswer(subject.answer, subject.offer, subject);
    throw new UsageError("answered() looks at what call.session() gives", { code: "ERR_ASSERTION_SUBJECT" });
  });
}

function judgeAnswer(
  answer: SessionDescription | undefined,
  offer: SessionDescription | undefined,
  subject: unknown,
): Verdict {
  const verdict = {
    subject: sdpLabel(subject),
    predicate: "be a correct answer to the offer (RFC 3264 §6)",
    expected: "a correct answer",
  };
  if (!offer)
    throw new UsageError("answerTo() needs an offer; that message carries no SDP", { code: "ERR_ASSERTION_ARGUMENT" });
  if (!answer) return { ...verdict, outcome: false, received: "there is no SDP" };
  const faults = answerFaults(offer, answer);
  return {
    ...verdict,
    outcome: faults.length === 0,
    received: faults.length === 0 ? "it is one" : faults.map(describeFault).join("; "),
    shown: sideBySide(offer, answer, faults),
  };
}

function describeFault({ rule, line, text }: AnswerFault): string {
  return `${line === undefined ? "" : `m-line ${line}: `}${text} [${rule}]`;
}

/** The m-lines of offer and answer in pairs, the broken ones with an arrow. */
function sideBySide(offer: SessionDescription, answer: SessionDescription, faults: readonly AnswerFault[]): string {
  const count = Math.max(offer.media.length, answer.media.length);
  const rows = Array.from({ length: count }, (_, index) => {
    const offered = offer.media[index];
    const answered = answer.media[index];
    const mark = faults.some(({ line }) => line === index + 1) || !offered || !answered ? "▶" : " ";
    return [
      `  ${mark} ${index + 1}  offered  ${offered ? showLine(offered) : "nothing"}`,
      `       answered ${answered ? showLine(answered) : "nothing"}`,
    ].join("\n");
  });
  return rows.join("\n");
}
