import { decodeText, type SipResponse } from "../sip/message/index.ts";
import type { ExchangeLike } from "./response-claims.ts";
import { printable } from "./show-message.ts";

/** Why a request most likely was refused, in a tester's words; undefined where there is no guess worth saying. */
export function hintFor({ final, responses, requests }: ExchangeLike): string | undefined {
  const warning = final.get("Warning");
  if (warning !== undefined) return `hint: the peer warns: ${printable(decodeText(warning))}`;
  switch (final.status) {
    case 401:
    case 407:
      return requests.length === 0 ? undefined : challengeHint(responses);
    case 403:
      return "hint: the peer knows the request and forbids it: digest user, device and line may not belong together";
    case 404:
      return "hint: the peer does not know the number or device: is it provisioned, and with this user?";
    case 488:
      return "hint: no media line of the offer suited the peer: compare codecs and m-lines";
    case 503:
      return "hint: the peer declines for now: too many registrations of one user, no licence, or overload";
    default:
      return undefined;
  }
}

function challengeHint(responses: readonly SipResponse[]): string {
  const challenges = responses.filter(({ status }) => status === 401 || status === 407);
  if (challenges.length < 2) return "hint: no credentials were sent in answer to the challenge";
  return "hint: challenged again after credentials were sent: user name, password or realm are not what the peer expects";
}
