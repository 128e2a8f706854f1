import { UsageError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { PhoneProfile } from "../inventory/model.ts";
import {
  answerChallenge,
  chooseChallenge,
  decodeText,
  formatCredentials,
  NonceCounter,
  parseChallenges,
  type DigestChallenge,
  type DigestCredentials,
  type SipRequest,
  type SipResponse,
} from "../sip/message/index.ts";
import type { CredentialOptions, Phone } from "./phone.ts";

const ANSWER_HEADER = { 401: "Authorization", 407: "Proxy-Authorization" } as const;
const CHALLENGE_HEADER = { 401: "WWW-Authenticate", 407: "Proxy-Authenticate" } as const;

/** A header to be put into the request that is sent again. */
export interface ChallengeAnswer {
  readonly header: string;
  readonly value: string;
}

/** The challenge of a 401 or 407 that we can answer: of several the first with an algorithm we know (RFC 8760 §2.4). */
export function challengeOf(response: SipResponse): DigestChallenge | undefined {
  if (response.status !== 401 && response.status !== 407) return undefined;
  return chooseChallenge(response.getAll(CHALLENGE_HEADER[response.status]).flatMap(parseChallenges));
}

/**
 * A phone's digest client. Never sends credentials unasked: CUCM challenges each request with a fresh nonce, and a
 * trace in which every exchange shows its challenge is the same whatever ran before. Where a server hands out the same
 * nonce again, its count goes on (RFC 3261 §22.4, RFC 7616 §3.4).
 */
export class Authenticator {
  readonly #phone: Pick<Phone, "name" | "user">;
  readonly #style: PhoneProfile["digestParameters"];
  readonly #ids: Ids;
  readonly #counts = new NonceCounter();
  #previous: DigestChallenge | undefined;

  constructor(phone: Pick<Phone, "name" | "user">, style: PhoneProfile["digestParameters"], ids: Ids) {
    this.#phone = phone;
    this.#style = style;
    this.#ids = ids;
  }

  /**
   * The answer to the challenge in `response`, or undefined where there is none to give: no usable challenge, no user,
   * or told not to.
   * @throws {UsageError} ERR_NO_NONCE_TO_REPLAY
   */
  answer(response: SipResponse, request: SipRequest, options: CredentialOptions): ChallengeAnswer | undefined {
    const challenge = challengeOf(response);
    const username = options.username ?? this.#phone.user?.id;
    if (!challenge || username === undefined || options.credentials === "none") return undefined;
    const replay = options.credentials === "replayed-nonce";
    const used = replay ? this.#replayed() : challenge;
    const credentials = answerChallenge({
      challenge: options.realm === undefined ? used : { ...used, realm: options.realm },
      username,
      password: options.password ?? this.#phone.user?.password ?? "",
      method: request.method,
      uri: request.requestUri,
      body: request.body,
      nc: replay ? 1 : this.#counts.next(used.nonce),
      cnonce: this.#ids.hex(),
      ...(this.#style ? { style: this.#style } : {}),
    });
    if (!replay) this.#previous = challenge;
    const given = options.credentials === "empty-response" ? withoutResponse(credentials) : credentials;
    return {
      header: ANSWER_HEADER[response.status === 407 ? 407 : 401],
      value: decodeText(formatCredentials(given)),
    };
  }

  #replayed(): DigestChallenge {
    if (this.#previous) return this.#previous;
    throw new UsageError(
      `${this.#phone.name} has no nonce to replay: it answered no challenge yet. Let it register before.`,
      { code: "ERR_NO_NONCE_TO_REPLAY", details: { phone: this.#phone.name } },
    );
  }
}

function withoutResponse(credentials: DigestCredentials): DigestCredentials {
  const parameters = credentials.parameters.map((parameter) =>
    parameter.name === "response" ? { ...parameter, value: "" } : parameter,
  );
  return { ...credentials, response: "", parameters };
}
