import { asError, PeerProtocolError, UnexpectedOutcomeError } from "../core/errors.ts";
import type { SessionDescription } from "../sdp/index.ts";
import type { SipResponse } from "../sip/message/index.ts";
import { ClientExchange, type RequestPlan } from "./client-exchange.ts";
import { mergeHeaders } from "./header-values.ts";
import { sdpOf, type LocalMedia, type LocalSdp } from "./local-media.ts";
import { describeStatus, type PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";
import { isReliable } from "./reliable.ts";
import type { SessionState } from "./session-state.ts";
import type { SessionTimer } from "./session-timer.ts";
import { IN_DIALOG, type ReceivedResponse } from "./signalling.ts";

export interface InvitePlan extends Omit<RequestPlan, "method" | "body"> {
  /** Undefined: delayed offer, the answer goes into the ACK. */
  readonly offer: LocalSdp | undefined;
}

export interface InviteParts {
  readonly context: PhoneContext;
  readonly media: LocalMedia;
  readonly session: SessionState;
  readonly timer: SessionTimer;
  /** Sees each response after offer and answer in it are settled. */
  readonly onResponse: (response: ReceivedResponse) => void;
  /** No response comes any more. */
  readonly onFailure: () => void;
}

/**
 * An INVITE that the phone sends, first or later in a call: its offer and answer, wherever they stand, the PRACK of a
 * reliable provisional response and the ACK of a 2xx, which go out before anybody sees the response.
 */
export class InviteClient {
  readonly exchange: ClientExchange;
  readonly #parts: InviteParts;
  readonly #offer: LocalSdp | undefined;
  readonly #plan: InvitePlan;
  /** A reliable response carried our answer, or the offer: a 2xx adds nothing (RFC 3261 §13.2.1). */
  #settledEarly = false;

  constructor(parts: InviteParts, plan: InvitePlan) {
    this.#parts = parts;
    this.#offer = plan.offer;
    this.#plan = plan;
    const { offer, ...request } = plan;
    this.exchange = new ClientExchange(
      parts.context,
      { ...request, method: "INVITE", ...(offer ? { body: offer.text } : {}) },
      {
        again: (response) => parts.timer.raises(response),
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
    this.#parts.timer.confirmed(message);
    const acknowledged = this.#settleAndAcknowledge(response);
    if (message.status >= 300) {
      this.#parts.session.failed(this.#noSession(`INVITE was answered ${describeStatus(message)}`));
    }
    this.#parts.onResponse(response);
    return acknowledged;
  }

  #settleAndAcknowledge(response: ReceivedResponse): Promise<void> | undefined {
    const { message } = response;
    if (message.isSuccess) return this.#acknowledge(response);
    if (isReliable(message)) return this.#acknowledgeProvisional(response);
    if (message.isProvisional) this.#preview(message);
    return undefined;
  }

  #preview(message: SipResponse): void {
    if (!this.#offer || this.#settledEarly) return;
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

  async #acknowledgeProvisional({ message, dialogId }: ReceivedResponse): Promise<void> {
    const { context } = this.#parts;
    const answer = this.#settleProvisional(message);
    const rack = `${message.get("RSeq") ?? ""} ${message.cseq.number} INVITE`;
    const type = answer ? { "Content-Type": "application/sdp" } : {};
    const prack = new ClientExchange(context, {
      method: "PRACK",
      uri: IN_DIALOG,
      ...(dialogId === undefined ? {} : { dialogId }),
      headers: () => mergeHeaders({ RAck: rack }, context.profileHeaders, type),
      ...(answer ? { body: answer.text } : {}),
      credentials: this.#plan.credentials,
      check: "Check that the other side answers PRACK",
    });
    const ignore = (error: unknown): void => {
      context.log.debug({ err: error }, "PRACK came to nothing");
    };
    await prack.start().then(() => void prack.result().catch(ignore), ignore);
  }

  /** @returns what goes into the PRACK: the answer to an offer in the response. */
  #settleProvisional(message: SipResponse): LocalSdp | undefined {
    const { session } = this.#parts;
    try {
      const remote = this.#settledEarly ? undefined : sdpOf(message);
      if (!remote) return undefined;
      this.#settledEarly = true;
      return this.#negotiate(remote);
    } catch (error) {
      session.failed(asError(error));
      return undefined;
    }
  }

  /** @returns our answer, where we owe one. */
  #negotiate(remote: SessionDescription): LocalSdp | undefined {
    const { session, media } = this.#parts;
    if (this.#offer) {
      session.answered(remote);
      return undefined;
    }
    session.offered("remote", remote);
    const answer = media.answer(remote);
    session.answered(answer.session);
    return answer;
  }

  /** @returns what goes into the ACK: the answer to a delayed offer. */
  #settle(message: SipResponse): LocalSdp | undefined {
    const { session } = this.#parts;
    if (this.#settledEarly) return undefined;
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
      return this.#negotiate(remote);
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
