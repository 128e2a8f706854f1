import { challengeIn, credentialsIn, digestLines, explainDigest } from "../diagnosis/index.ts";
import type { DigestFinding } from "../results/index.ts";
import { decodeText, SipRequest, SipResponse, type DigestChallenge } from "../sip/message/index.ts";
import type { TracedMessage } from "../simulator/index.ts";

/** Looking into one that does not fit takes some hundred hashes. */
const MOST_FINDINGS = 8;

/** What a phone's digest user is known by. */
interface KnownUser {
  readonly id: string;
  readonly password?: string | undefined;
}

interface Sent {
  readonly phone: string;
  readonly request: SipRequest;
  readonly challenge: DigestChallenge | undefined;
}

/**
 * The credentials that the phones of a scenario sent last, by Call-ID. The journal masks responses, so what can be
 * said of a digest has to be said while the scenario runs.
 */
export class SentCredentials {
  readonly #sent = new Map<string, Sent>();
  readonly #challenges = new Map<string, DigestChallenge>();

  note(phone: string, { direction, message }: TracedMessage): void {
    const callId = message?.get("Call-ID");
    if (callId === undefined) return;
    if (message instanceof SipResponse && direction === "received") {
      const challenge = challengeIn(message);
      // The answer to it was sent already when the next challenge comes: that one belongs to the next request.
      if (challenge) this.#challenges.set(callId, challenge);
    }
    // An ACK repeats the credentials of its INVITE, which are none for the method ACK (RFC 3261 §22.1).
    if (message instanceof SipRequest && message.method === "ACK") return;
    const carries = message?.has("Authorization") === true || message?.has("Proxy-Authorization") === true;
    if (message instanceof SipRequest && direction === "sent" && carries) {
      this.#sent.delete(callId);
      this.#sent.set(callId, { phone, request: message, challenge: this.#challenges.get(callId) });
    }
  }

  /**
   * What can be said of the last digest of each Call-ID: whether it fits the password that `userOf` knows of the phone's
   * user. Left out where there is no password, or the credentials are somebody else's.
   */
  findings(userOf: (phone: string) => KnownUser | undefined): DigestFinding[] {
    return [...this.#sent.values()].slice(-MOST_FINDINGS).flatMap((sent) => {
      const user = userOf(sent.phone);
      return user ? (findingOf(sent, user) ?? []) : [];
    });
  }
}

function findingOf({ request, challenge }: Sent, user: KnownUser): DigestFinding | undefined {
  const credentials = credentialsIn(request);
  if (!credentials || user.password === undefined) return undefined;
  const isOwn = credentials.userhash || decodeText(credentials.username).toLowerCase() === user.id.toLowerCase();
  if (!isOwn) return undefined;
  const { method, body, requestUri, callId } = request;
  // Other scenarios go on meanwhile, so only single mistakes are tried.
  const known = { username: user.id, password: user.password, method, body, pairs: false };
  const explanation = explainDigest({ credentials, ...known, requestUri, challenge });
  return { callId, fits: explanation.fits, lines: digestLines(explanation) };
}
