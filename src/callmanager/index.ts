export { startCallManager, type CallManager, type CallManagerOptions } from "./callmanager.ts";
export type { Defect } from "./defects/defect.ts";
export { defects } from "./defects/index.ts";
export type { Appearance, Directory } from "./directory.ts";
export type { Binding, LiveBindings } from "./location-service.ts";
export type { NonceState } from "./nonces.ts";
export type { CallAdmission, CallAdmissionQuestion, CountedCall } from "./policies/admit-call.ts";
export type { LineChangeQuestion } from "./policies/admit-line.ts";
export type { PhoneChangeQuestion } from "./policies/admit-phone.ts";
export type { ProfileChangeQuestion } from "./policies/admit-profile.ts";
export type { UserChangeQuestion } from "./policies/admit-user.ts";
export type { Caller, CallerQuestion } from "./policies/admit-caller.ts";
export type { ConnectionAdmission, ConnectionQuestion } from "./policies/admit-connection.ts";
export type { RegistrarSettings, Registration, RegistrationQuestion } from "./policies/admit-registration.ts";
export type { ReplacedDialog, Replacement, ReplacementQuestion } from "./policies/admit-replacement.ts";
export type { Transfer, TransferQuestion } from "./policies/admit-transfer.ts";
export type { FailureAnnouncement, FailureAnnouncementQuestion } from "./policies/announce-failure.ts";
export type { TryingRuling } from "./policies/announce-trying.ts";
export type { OptionsAnswer, OptionsQuestion } from "./policies/answer-options.ts";
export type { ChallengeQuestion, ChallengeRuling } from "./policies/challenge-request.ts";
export type { TransferConduct, TransferConductQuestion } from "./policies/conduct-transfer.ts";
export type { BusyCourse, BusyQuestion } from "./policies/divert-busy.ts";
export type { BindingEnd, BindingEndQuestion } from "./policies/end-binding.ts";
export type { StrippedLine, StrippedLineQuestion } from "./policies/express-stripped.ts";
export type { PhoneRefusalQuestion, RefusalCourse } from "./policies/follow-refusal.ts";
export type { Defaults, DefaultsQuestion } from "./policies/default-settings.ts";
export type { Identity, IdentityQuestion } from "./policies/identify-device.ts";
export type { SessionCourse, SessionDueQuestion } from "./policies/keep-session.ts";
export type { RingingLimit, RingingQuestion } from "./policies/limit-ringing.ts";
export type { DescriptionPassing, MediaParty, MediaQuestion, PermittedMedia } from "./policies/permitted-media.ts";
export type { Migration, MigrationQuestion } from "./policies/migrate-device.ts";
export type { OfferPlacement, OfferPlacementQuestion } from "./policies/place-offer.ts";
export { correctPolicies, POLICY_THREW, type Policies } from "./policies/policies.ts";
export type { SessionProposal, SessionProposalQuestion } from "./policies/propose-session-timer.ts";
export type { FailureQuestion, FailureRelay } from "./policies/relay-failure.ts";
export type { CallEnd, LineRelease, LineReleaseQuestion } from "./policies/release-line.ts";
export type { Reset, ResetQuestion } from "./policies/reset-device.ts";
export type { Retention, RetentionQuestion } from "./policies/retain-binding.ts";
export type { Diversion, Route, RoutingQuestion } from "./policies/route-call.ts";
export {
  isRefusal,
  refuse,
  type Decision,
  type ReceivedRequest,
  type Refusal,
  type Ruling,
} from "./policies/ruling.ts";
export type { Screening, ScreeningQuestion, ScreeningRefusal, ServiceRequest } from "./policies/screen-request.ts";
export type { Served, ServiceEffect, ServiceQuestion } from "./policies/serve-request.ts";
export type { MessagesWaiting, MessagesWaitingQuestion } from "./policies/tell-messages-waiting.ts";
export type { SessionIntervals, SessionTimerQuestion, SessionTiming } from "./policies/time-session.ts";
export type { CredentialsQuestion, Verification } from "./policies/verify-credentials.ts";
export type { ChallengeWording, ChallengeWordingQuestion } from "./policies/word-challenge.ts";
export type { MessageWording, MessageWordingQuestion } from "./policies/word-message.ts";
export type { RegistrationWording, RegistrationWordingQuestion } from "./policies/word-registration.ts";
export type { SessionWording, SessionWordingQuestion } from "./policies/word-session.ts";
export { variants } from "./variants/index.ts";
export type { Variant } from "./variants/variant.ts";
