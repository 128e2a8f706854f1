export { messageJudged } from "./claim.ts";
export { withEvidence, type Evidence, type EvidenceSink } from "./evidence.ts";
export { expect, expectEvery } from "./expect.ts";
export { answerFaults, type AnswerFault, type AnswerRule } from "./offer-answer/answer-faults.ts";
export type {
  AssertionOf,
  Chain,
  ChallengeExpectation,
  StatusAccepted,
  ClaimSubject,
  ExchangeClaims,
  HeaderClaims,
  MediaClaims,
  MediaKind,
  MediaSelector,
  RelayClaims,
  RequestClaims,
  ResponseClaims,
  SdpClaims,
  SdpSource,
  SessionClaims,
  SoundClaims,
  StreamKind,
  TraceClaims,
  TraceItem,
} from "./types.ts";
