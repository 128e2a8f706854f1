import { Assertion, expect as chaiExpect, util } from "chai";
import { addAnswerClaims } from "./answer-claims.ts";
import { EVERY } from "./claim.ts";
import { addMediaClaims } from "./media-claims.ts";
import { reportPlainChecks } from "./plain-checks.ts";
import { addRelayClaims } from "./relay-claims.ts";
import { addResponseClaims } from "./response-claims.ts";
import { addSoundClaims } from "./sound-claims.ts";
import { addTraceClaims } from "./trace-claims.ts";
import type { AssertionOf, ClaimSubject } from "./types.ts";

reportPlainChecks();
addResponseClaims();
addMediaClaims();
addAnswerClaims();
addRelayClaims();
addTraceClaims();
addSoundClaims();

/**
 * chai's `expect`, which knows what a phone gives back: exchanges, messages, sessions, SDP, traces, media. Each offers its own
 * claims and no others, so that a typo, or a claim that does not fit, is a type error; of anything else what chai offers.
 * Claims are called, and each call is one check of the report.
 * @throws AssertionError with `expected` and `actual`, when a claim does not hold.
 */
export function expect<Subject>(subject: Subject, message?: string): AssertionOf<Subject> {
  return chaiExpect(subject, message) as AssertionOf<Subject>;
}

/**
 * What is claimed has to hold for each of the subjects. Of an empty list nothing can be said: the check is reported as
 * unverified, and does not throw.
 */
export function expectEvery<Subject extends ClaimSubject>(subjects: Iterable<Subject>): AssertionOf<Subject> {
  const assertion = new Assertion([...subjects]);
  util.flag(assertion, EVERY, true);
  return assertion as unknown as AssertionOf<Subject>;
}
