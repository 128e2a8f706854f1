import { asError, PeerProtocolError, UnexpectedOutcomeError } from "../core/errors.ts";
import type { SipResponse } from "../sip/message/index.ts";
import { ClientExchange, type RequestPlan } from "./client-exchange.ts";
import { sdpOf, type LocalMedia, type LocalSdp } from "./local-media.ts";
import { describeStatus, type PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";
import type { SessionState } from "./session-state.ts";
import type { ReceivedResponse } from "./signalling.ts";

export interface InvitePlan extends Omit<RequestPlan, "method" | "body"> {
  /** Undefined: delayed offer, the answer goes into the ACK. */
  readonly offer: LocalSdp | undefined;
}

export interface InviteParts {
  readonly context: PhoneContext;
  readonly media: LocalMedia;
  readonly session: SessionState;
  /** Sees each response after offer and answer in it are settled. */
  readonly onResponse: (response: ReceivedResponse) => void;
  /** No response comes any more. */
  readonly onFailure: () => void;
}

/**
 * An INVITE that the phone sends, first or later in a call: its offer and answer, wherever they stand, and the ACK of
 * a 2xx, which goes out before anybody sees the 2xx.
 */
export class InviteClient {
  readonly exchange: ClientExchange;
  readonly #parts: InviteParts;
  readonly #offer: LocalSdp | undefined;

  constructor(parts: InviteParts, plan: InvitePlan) {
    this.#parts = parts;
    this.#offer = plan.offer;
    const { offer, ...request } = plan;
    this.exchange = new ClientExchange(
      parts.context,
      { ...request, method: "INVITE", ...(offer ? { body: offer.text } : {}) },
      {
        response: (response) => this.#receive(response),
        failed: (error) => {
          parts.session.failed(error);
          parts.onFailure();
        },
      },
    );
    if (offer) parts.session.offered("local", offer.session);
  }

  #receive(response: ReceivedResponse): Promise<void> | undefined {
    const { message } = response;
    const acknowledged = message.isSuccess ? this.#acknowledge(response) : undefined;
    if (message.isProvisional) this.#preview(message);
    else if (!message.isSuccess)
      this.#parts.session.failed(this.#noSession(`INVITE was answered ${describeStatus(message)}`));
    this.#parts.onResponse(response);
    return acknowledged;
  }

  #preview(message: SipResponse): void {
    if (!this.#offer) return;
    try {
      this.#parts.session.previewed(sdpOf(message));
    } catch (error) {
      this.#parts.context.log.debug({ err: error }, "unreadable sdp in provisional response");
    }
  }

  async #acknowledge(response: ReceivedResponse): Promise<void> {
    const headers = this.#credentials();
    const answer = this.#settle(response.message);
    await response.acknowledge(
      answer ? { headers: { ...headers, "Content-Type": "application/sdp" }, body: answer.text } : { headers },
    );
  }

  /** @returns what goes into the ACK: the answer to a delayed offer. */
  #settle(message: SipResponse): LocalSdp | undefined {
    const { session, media } = this.#parts;
    try {
      const remote = sdpOf(message);
      if (this.#offer) {
        session.answered(remote);
        return undefined;
      }
      if (!remote) {
        throw new PeerProtocolError(
          `${describeStatus(message)} to an INVITE without offer carries none (RFC 3261 §13.2.1)`,
          {
            code: "ERR_ANSWER_MISSING",
            details: { phone: this.#parts.context.name },
          },
        );
      }
      session.offered("remote", remote);
      const answer = media.answer(remote);
      session.answered(answer.session);
      return answer;
    } catch (error) {
      session.failed(asError(error));
      return undefined;
    }
  }

  /** The ACK of a 2xx carries the credentials of its INVITE (RFC 3261 §13.2.2.4). */
  #credentials(): HeaderValues {
    const headers: Record<string, string> = {};
    for (const name of ["Authorization", "Proxy-Authorization"]) {
      const value = this.exchange.request?.get(name);
      if (value !== undefined) headers[name] = value;
    }
    return headers;
  }

  #noSession(why: string): UnexpectedOutcomeError {
    const { name } = this.#parts.context;
    return new UnexpectedOutcomeError(`${name}'s call has no session: ${why}`, {
      code: "ERR_NO_SESSION",
      details: { phone: name, reason: why },
    });
  }
}
