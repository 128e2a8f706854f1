import { admitCall } from "./admit-call.ts";
import { admitCaller } from "./admit-caller.ts";
import { admitRegistration } from "./admit-registration.ts";
import { challengeRequest } from "./challenge-request.ts";
import { identifyDevice } from "./identify-device.ts";
import { permittedMedia } from "./permitted-media.ts";
import { placeOffer } from "./place-offer.ts";
import { relayFailure } from "./relay-failure.ts";
import { routeCall } from "./route-call.ts";
import type { Decision, Ruling } from "./ruling.ts";
import { screenRequest } from "./screen-request.ts";
import { verifyCredentials } from "./verify-credentials.ts";
import { wordChallenge } from "./word-challenge.ts";

/**
 * Every decision of the call manager, each a pure function: what is asked in, a ruling with its reason out. A defect or
 * a variant replaces single ones; the working code only carries them out.
 */
export interface Policies {
  readonly challengeRequest: typeof challengeRequest;
  readonly wordChallenge: typeof wordChallenge;
  readonly identifyDevice: typeof identifyDevice;
  readonly verifyCredentials: typeof verifyCredentials;
  readonly admitRegistration: typeof admitRegistration;
  readonly admitCaller: typeof admitCaller;
  readonly screenRequest: typeof screenRequest;
  readonly routeCall: typeof routeCall;
  readonly admitCall: typeof admitCall;
  readonly placeOffer: typeof placeOffer;
  readonly permittedMedia: typeof permittedMedia;
  readonly relayFailure: typeof relayFailure;
}

/** The policies that the document and the captures ask for. */
export const correctPolicies: Policies = {
  challengeRequest,
  wordChallenge,
  identifyDevice,
  verifyCredentials,
  admitRegistration,
  admitCaller,
  screenRequest,
  routeCall,
  admitCall,
  placeOffer,
  permittedMedia,
  relayFailure,
};

/** Outcome under which a policy is reported that threw, or returned what is no ruling; the request ends with 500. */
export const POLICY_THREW = "threw";

function assertRuling(ruling: Partial<Ruling> | undefined): void {
  const { outcome, rules, reason } = ruling ?? {};
  if (typeof outcome === "string" && Array.isArray(rules) && typeof reason === "string") return;
  throw new TypeError("it returned no ruling: outcome, rules and reason are missing");
}

/**
 * The same policies, telling `report` each ruling under the policy's name before it takes effect; one that throws is
 * told with the outcome `threw`, and throws on.
 */
export function reporting(policies: Policies, report: (decision: Decision) => void): Policies {
  const attempted = <Answer extends Ruling>(policy: keyof Policies, decide: () => Answer): Answer => {
    try {
      const ruling = decide();
      assertRuling(ruling);
      return ruling;
    } catch (error) {
      report({ policy, outcome: POLICY_THREW, rules: [], reason: String(error) });
      throw error;
    }
  };
  const told =
    <Question, Answer extends Ruling>(policy: keyof Policies, decide: (question: Question) => Answer) =>
    (question: Question): Answer => {
      const ruling = attempted(policy, () => decide(question));
      const { outcome, rules, reason } = ruling;
      report({ policy, outcome, rules, reason });
      return ruling;
    };
  return {
    challengeRequest: told("challengeRequest", policies.challengeRequest),
    wordChallenge: told("wordChallenge", policies.wordChallenge),
    identifyDevice: told("identifyDevice", policies.identifyDevice),
    verifyCredentials: told("verifyCredentials", policies.verifyCredentials),
    admitRegistration: told("admitRegistration", policies.admitRegistration),
    admitCaller: told("admitCaller", policies.admitCaller),
    screenRequest: told("screenRequest", policies.screenRequest),
    routeCall: told("routeCall", policies.routeCall),
    admitCall: told("admitCall", policies.admitCall),
    placeOffer: told("placeOffer", policies.placeOffer),
    permittedMedia: told("permittedMedia", policies.permittedMedia),
    relayFailure: told("relayFailure", policies.relayFailure),
  };
}
