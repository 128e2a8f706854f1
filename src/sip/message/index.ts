export { acceptsType, contentCodings, isBodyOptional } from "./body-terms.ts";
export { checkMessage } from "./check-message.ts";
export { allowsUpdate, glareDelayMs, glareRetryAfter, meansNoDialog } from "./dialog-terms.ts";
export { HeaderLine } from "./header-line.ts";
export { canonicalHeaderName, headerKey } from "./header-names.ts";
export type { ContentType, CSeq } from "./header-values.ts";
export { comparableHost } from "./host.ts";
export { isKeepalive } from "./keepalive.ts";
export { LIMITS } from "./limits.ts";
export type { HeaderField } from "./message-parts.ts";
export { SipMessage } from "./message.ts";
export { formatNameAddr, parseNameAddr, type NameAddr, type NameAddrParts } from "./name-addr.ts";
export { decodeText, encodeText } from "./octet-text.ts";
export { frameLength, parseMessage, type Framing } from "./parse-message.ts";
export { parseParameters, type Parameters } from "./parameters.ts";
export { reasonPhrase } from "./reason-phrases.ts";
export { SipRequest, type RequestOptions } from "./request.ts";
export { SipResponse, type ResponseOptions, type ResponseToOptions } from "./response.ts";
export { sameUri } from "./same-uri.ts";
export {
  expiryDelayMs,
  formatSessionExpires,
  LEAST_SESSION_SECONDS,
  minSessionSecondsOf,
  RECOMMENDED_SESSION_SECONDS,
  refreshDelayMs,
  retryDelayMs,
  sessionExpiresOf,
  supportsSessionTimer,
  TIMER,
  type Refresher,
  type SessionExpires,
} from "./session-expires.ts";
export { SipParseError } from "./sip-parse-error.ts";
export { isToken, quote, splitList, unquote } from "./tokens.ts";
export {
  escapeUser,
  formatUri,
  isSipUri,
  parseUri,
  unescapeUri,
  userOf,
  type OtherUri,
  type SipUri,
  type Uri,
} from "./uri.ts";
export { formatVia, MAGIC_COOKIE, parseVia, type Via, type ViaParts } from "./via.ts";
export {
  answerChallenge,
  computeResponse,
  computeServerProof,
  NonceCounter,
  responseMatches,
  type AnswerOptions,
  type CredentialsStyle,
  type KnownSecret,
  type ResponseInput,
} from "./digest.ts";
export { digestAlgorithm, type DigestAlgorithm } from "./digest-algorithms.ts";
export {
  chooseChallenge,
  formatChallenge,
  parseChallenge,
  parseChallenges,
  type ChallengeOptions,
  type DigestChallenge,
} from "./digest-challenge.ts";
export { formatCredentials, parseCredentials, type DigestCredentials } from "./digest-credentials.ts";
export type { DigestParameter } from "./digest-parameters.ts";
