export { acceptanceOf } from "./acceptance.ts";
export {
  DIGEST_LABEL,
  digestLines,
  explainDigest,
  type DigestExplanation,
  type DigestQuestion,
} from "./explain-digest.ts";
export { explainFailure, type Explanation, type MessageWords, type RuleExplanation } from "./explain-failure.ts";
export type { LikelyCause } from "./causes.ts";
export { REFUSED, type MediaCarrier, type MediaPair, type MediaPassage } from "./media-passages.ts";
export { challengeIn, credentialsIn } from "./message-words.ts";
