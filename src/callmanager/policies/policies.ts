import type { ProvisioningRuling } from "../../administration/index.ts";
import { admitCall, type CallAdmission, type CallAdmissionQuestion } from "./admit-call.ts";
import { admitCaller, type Caller, type CallerQuestion } from "./admit-caller.ts";
import { admitConnection, type ConnectionAdmission, type ConnectionQuestion } from "./admit-connection.ts";
import { admitLine, type LineChangeQuestion } from "./admit-line.ts";
import { admitPhone, type PhoneChangeQuestion } from "./admit-phone.ts";
import { admitProfile, type ProfileChangeQuestion } from "./admit-profile.ts";
import { admitRegistration, type Registration, type RegistrationQuestion } from "./admit-registration.ts";
import { admitReplacement, type Replacement, type ReplacementQuestion } from "./admit-replacement.ts";
import { admitTransfer, type Transfer, type TransferQuestion } from "./admit-transfer.ts";
import { admitUser, type UserChangeQuestion } from "./admit-user.ts";
import { announceTrying, type TryingRuling } from "./announce-trying.ts";
import { announceFailure, type FailureAnnouncement, type FailureAnnouncementQuestion } from "./announce-failure.ts";
import { answerOptions, type OptionsAnswer, type OptionsQuestion } from "./answer-options.ts";
import { challengeRequest, type ChallengeQuestion, type ChallengeRuling } from "./challenge-request.ts";
import { conductTransfer, type TransferConduct, type TransferConductQuestion } from "./conduct-transfer.ts";
import { divertBusy, type BusyCourse, type BusyQuestion } from "./divert-busy.ts";
import { defaultSettings, type Defaults, type DefaultsQuestion } from "./default-settings.ts";
import { endBinding, type BindingEnd, type BindingEndQuestion } from "./end-binding.ts";
import { expressStripped, type StrippedLine, type StrippedLineQuestion } from "./express-stripped.ts";
import { followRefusal, type PhoneRefusalQuestion, type RefusalCourse } from "./follow-refusal.ts";
import { identifyDevice, type Identity, type IdentityQuestion } from "./identify-device.ts";
import { keepSession, type SessionCourse, type SessionDueQuestion } from "./keep-session.ts";
import { limitRinging, type RingingLimit, type RingingQuestion } from "./limit-ringing.ts";
import { migrateDevice, type Migration, type MigrationQuestion } from "./migrate-device.ts";
import { permittedMedia, type MediaQuestion, type PermittedMedia } from "./permitted-media.ts";
import { placeOffer, type OfferPlacement, type OfferPlacementQuestion } from "./place-offer.ts";
import { proposeSessionTimer, type SessionProposal, type SessionProposalQuestion } from "./propose-session-timer.ts";
import { relayFailure, type FailureQuestion, type FailureRelay } from "./relay-failure.ts";
import { releaseLine, type LineRelease, type LineReleaseQuestion } from "./release-line.ts";
import { resetDevice, type Reset, type ResetQuestion } from "./reset-device.ts";
import { retainBinding, type Retention, type RetentionQuestion } from "./retain-binding.ts";
import { routeCall, type Route, type RoutingQuestion } from "./route-call.ts";
import type { Decision, ReceivedRequest, Refusal, Ruling } from "./ruling.ts";
import { lackOf } from "./ruling-shapes.ts";
import { screenRequest, type Screening, type ScreeningQuestion, type ScreeningRefusal } from "./screen-request.ts";
import { serveRequest, type Served, type ServiceEffect, type ServiceQuestion } from "./serve-request.ts";
import { tellMessagesWaiting, type MessagesWaiting, type MessagesWaitingQuestion } from "./tell-messages-waiting.ts";
import { timeSession, type SessionTimerQuestion, type SessionTiming } from "./time-session.ts";
import { verifyCredentials, type CredentialsQuestion, type Verification } from "./verify-credentials.ts";
import { wordChallenge, type ChallengeWording, type ChallengeWordingQuestion } from "./word-challenge.ts";
import { wordMessage, type MessageWording, type MessageWordingQuestion } from "./word-message.ts";
import { wordRegistration, type RegistrationWording, type RegistrationWordingQuestion } from "./word-registration.ts";
import { wordSession, type SessionWording, type SessionWordingQuestion } from "./word-session.ts";

/**
 * Every decision of the call manager, each a pure function: what is asked in, a ruling with its reason out. A defect or
 * a variant replaces single ones; the working code only carries them out.
 */
export interface Policies {
  readonly admitConnection: (question: ConnectionQuestion) => ConnectionAdmission;
  readonly announceTrying: (question: ReceivedRequest) => TryingRuling;
  readonly challengeRequest: (question: ChallengeQuestion) => ChallengeRuling;
  readonly wordChallenge: (question: ChallengeWordingQuestion) => ChallengeWording;
  readonly identifyDevice: (question: IdentityQuestion) => Identity | Refusal;
  readonly verifyCredentials: (question: CredentialsQuestion) => Verification | Refusal;
  readonly admitRegistration: (question: RegistrationQuestion) => Registration | Refusal;
  readonly wordRegistration: (question: RegistrationWordingQuestion) => RegistrationWording;
  readonly endBinding: (question: BindingEndQuestion) => BindingEnd;
  readonly tellMessagesWaiting: (question: MessagesWaitingQuestion) => MessagesWaiting;
  readonly admitCaller: (question: CallerQuestion) => Caller | Refusal;
  readonly screenRequest: (question: ScreeningQuestion) => Screening | ScreeningRefusal;
  readonly serveRequest: (
    question: ServiceQuestion,
  ) => Served | (Refusal & { readonly effects?: readonly ServiceEffect[] });
  readonly answerOptions: (question: OptionsQuestion) => OptionsAnswer;
  readonly routeCall: (question: RoutingQuestion) => Route | Refusal;
  readonly admitCall: (question: CallAdmissionQuestion) => CallAdmission | Refusal;
  readonly releaseLine: (question: LineReleaseQuestion) => LineRelease;
  readonly divertBusy: (question: BusyQuestion) => BusyCourse;
  readonly limitRinging: (question: RingingQuestion) => RingingLimit;
  readonly placeOffer: (question: OfferPlacementQuestion) => OfferPlacement;
  readonly permittedMedia: (question: MediaQuestion) => PermittedMedia;
  readonly expressStripped: (question: StrippedLineQuestion) => StrippedLine;
  readonly wordSession: (question: SessionWordingQuestion) => SessionWording;
  readonly timeSession: (question: SessionTimerQuestion) => SessionTiming | Refusal;
  readonly proposeSessionTimer: (question: SessionProposalQuestion) => SessionProposal;
  readonly keepSession: (question: SessionDueQuestion) => SessionCourse;
  readonly followRefusal: (question: PhoneRefusalQuestion) => RefusalCourse;
  readonly relayFailure: (question: FailureQuestion) => FailureRelay;
  readonly announceFailure: (question: FailureAnnouncementQuestion) => FailureAnnouncement;
  readonly admitReplacement: (question: ReplacementQuestion) => Replacement | Refusal;
  readonly admitTransfer: (question: TransferQuestion) => Transfer | Refusal;
  readonly conductTransfer: (question: TransferConductQuestion) => TransferConduct;
  readonly admitUser: (question: UserChangeQuestion) => ProvisioningRuling;
  readonly admitProfile: (question: ProfileChangeQuestion) => ProvisioningRuling;
  readonly admitPhone: (question: PhoneChangeQuestion) => ProvisioningRuling;
  readonly admitLine: (question: LineChangeQuestion) => ProvisioningRuling;
  readonly migrateDevice: (question: MigrationQuestion) => Migration;
  readonly defaultSettings: (question: DefaultsQuestion) => Defaults;
  readonly retainBinding: (question: RetentionQuestion) => Retention;
  readonly resetDevice: (question: ResetQuestion) => Reset;
  readonly wordMessage: (question: MessageWordingQuestion) => MessageWording;
}

/** The policies that the document and the captures ask for. */
export const correctPolicies: Policies = {
  admitConnection,
  announceTrying,
  challengeRequest,
  wordChallenge,
  identifyDevice,
  verifyCredentials,
  admitRegistration,
  wordRegistration,
  endBinding,
  tellMessagesWaiting,
  admitCaller,
  screenRequest,
  serveRequest,
  answerOptions,
  routeCall,
  admitCall,
  releaseLine,
  divertBusy,
  limitRinging,
  placeOffer,
  permittedMedia,
  expressStripped,
  wordSession,
  timeSession,
  proposeSessionTimer,
  keepSession,
  followRefusal,
  relayFailure,
  announceFailure,
  admitReplacement,
  admitTransfer,
  conductTransfer,
  admitUser,
  admitProfile,
  admitPhone,
  admitLine,
  migrateDevice,
  defaultSettings,
  retainBinding,
  resetDevice,
  wordMessage,
};

/** Outcome under which a policy is reported that threw, or returned what is no ruling; the request ends with 500. */
export const POLICY_THREW = "threw";

/** Asked for each message that goes out: told, they would bury the rest. */
const UNREPORTED: ReadonlySet<string> = new Set<keyof Policies>(["wordMessage"]);

function assertRuling(policy: string, ruling: (Ruling & { readonly then?: unknown }) | undefined): void {
  if (ruling instanceof Promise) ruling.catch(() => undefined); // what it says counts for nothing
  if (typeof ruling?.then === "function") throw new TypeError("it returned a promise; a policy decides at once");
  const { outcome, rules, reason }: Partial<Ruling> = ruling ?? {};
  if (!ruling || typeof outcome !== "string" || !Array.isArray(rules) || typeof reason !== "string") {
    throw new TypeError("it returned no ruling: outcome, rules and reason are missing");
  }
  const lack = lackOf(policy, ruling);
  if (lack !== undefined) throw new TypeError(lack);
}

/**
 * The same policies, telling `report` each ruling under the policy's name before it takes effect; one that throws is
 * told with the outcome `threw`, and throws on.
 */
export function reporting(policies: Policies, report: (decision: Decision) => void): Policies {
  const entries = Object.entries(policies as unknown as Record<string, (question: unknown) => Ruling>);
  const told = entries.map(([policy, decide]) => {
    const reported = (question: unknown): Ruling => {
      const ruling = attempt(policy, decide, question, (error) => {
        report({ policy, outcome: POLICY_THREW, rules: [], reason: String(error) });
      });
      const { outcome, rules, reason } = ruling;
      if (!UNREPORTED.has(policy)) report({ policy, outcome, rules, reason });
      return ruling;
    };
    return [policy, reported] as const;
  });
  return Object.fromEntries(told) as unknown as Policies;
}

function attempt(
  policy: string,
  decide: (question: unknown) => Ruling,
  question: unknown,
  threw: (error: unknown) => void,
): Ruling {
  try {
    const ruling = decide(question);
    assertRuling(policy, ruling);
    return ruling;
  } catch (error) {
    threw(error);
    throw error;
  }
}
