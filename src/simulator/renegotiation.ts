import { asError, UnexpectedOutcomeError } from "../core/errors.ts";
import { glareDelayMs, glareRetryAfter, type SipRequest, type SipResponse } from "../sip/message/index.ts";
import type { ReinviteOptions } from "./call.ts";
import type { ClientExchange } from "./client-exchange.ts";
import type { DialogRequests } from "./dialog-requests.ts";
import { mergeHeaders } from "./header-values.ts";
import { InviteClient } from "./invite-client.ts";
import { InviteServer } from "./invite-server.ts";
import { sdpOf, sdpType, type LocalMedia, type LocalSdp } from "./local-media.ts";
import { ALLOW, describeStatus, type PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, HeaderValues } from "./phone.ts";
import type { SessionState } from "./session-state.ts";
import type { SessionTimer } from "./session-timer.ts";
import type { IncomingRequest } from "./signalling.ts";

export interface RenegotiationParts {
  readonly context: PhoneContext;
  readonly media: LocalMedia;
  readonly session: SessionState;
  readonly timer: SessionTimer;
  readonly requests: DialogRequests;
  /** Value of the phone's Contact. */
  readonly contact: string;
  readonly credentials: CredentialOptions;
  /** Whether this phone began the call, and chose its Call-ID. */
  readonly ownsCallId: boolean;
  /** Whether the call has ended. */
  readonly over: () => boolean;
}

/** Makes the offer of an attempt; the next one may have to differ. Undefined: none, the other side has to. */
export type OfferOf = () => LocalSdp | undefined;

export type RenegotiationOptions = Pick<ReinviteOptions, "headers" | "retryGlare">;

/** INVITE and UPDATE within a call, both ways: what they offer and answer, and what they do to its session timer. */
export class Renegotiation {
  readonly #parts: RenegotiationParts;
  /** Our own re-INVITE without a final response. */
  #inviting = false;
  /** Our own refresh: a re-INVITE of the script's waits for it, since two at a time may not be (RFC 3261 §14.1). */
  #refreshing: Promise<unknown> | undefined;
  /** The last INVITE we accepted: its ACK is due. */
  #accepted: InviteServer | undefined;

  constructor(parts: RenegotiationParts) {
    this.#parts = parts;
  }

  /** Sends a re-INVITE. */
  async reinvite(offerOf: OfferOf, options: RenegotiationOptions = {}): Promise<SipResponse> {
    return await this.#pastGlare(options, async () => {
      await this.#refreshing;
      return await this.#invite(offerOf(), options.headers);
    });
  }

  /** Sends UPDATE. */
  async update(offerOf: OfferOf, options: RenegotiationOptions = {}): Promise<SipResponse> {
    return await this.#pastGlare(options, () => this.#update(offerOf(), options.headers));
  }

  /** Refreshes the session without changing it (RFC 4028 §7.4), by UPDATE where the other side takes that. */
  async refresh(by: "UPDATE" | "INVITE"): Promise<SipResponse> {
    const { media } = this.#parts;
    const refreshing = by === "UPDATE" ? this.#update(undefined) : this.#invite(media.repeated());
    this.#refreshing = refreshing.catch(() => undefined);
    try {
      return await refreshing;
    } finally {
      this.#refreshing = undefined;
    }
  }

  /** An UPDATE or any other request, with its offer if it has one. */
  async offering(exchange: ClientExchange, offer: LocalSdp | undefined): Promise<Exchange> {
    const { requests, session } = this.#parts;
    if (!offer) return await requests.send(exchange);
    session.offered("local", offer.session);
    try {
      const result = await requests.send(exchange);
      this.#settleUpdate(result.final);
      return result;
    } catch (error) {
      session.failed(asError(error));
      throw error;
    }
  }

  /** From now on the ACK of `invite` is due. */
  expectAck(invite: InviteServer): void {
    this.#accepted = invite;
  }

  acknowledged(ack: SipRequest): void {
    this.#accepted?.acknowledged(ack);
  }

  /** Takes a re-INVITE. Glare: our own is under way, so theirs is refused (RFC 3261 §14.2). */
  async reinvited(incoming: IncomingRequest): Promise<void> {
    const { context, media, session, contact } = this.#parts;
    const server = new InviteServer({ context, media, session, contact }, incoming);
    if (this.#inviting) {
      await server.refuse(491, undefined);
      return;
    }
    if (await this.#refusedByTimer(incoming)) return;
    await this.#answerOr488(incoming, async () => {
      await server.accept({ headers: this.#parts.timer.answer(incoming.request) });
      this.expectAck(server);
    });
  }

  /** Takes an UPDATE. */
  async updated(incoming: IncomingRequest): Promise<void> {
    const { session, media, contact, timer } = this.#parts;
    if (await this.#refusedByTimer(incoming)) return;
    await this.#answerOr488(incoming, async () => {
      const offer = sdpOf(incoming.request);
      if (offer && session.offerBy) {
        await this.#refuseOffer(incoming);
        return;
      }
      const headers = mergeHeaders({ Contact: contact, Allow: ALLOW }, timer.answer(incoming.request));
      if (!offer) {
        await incoming.respond(200, { headers });
        return;
      }
      session.offered("remote", offer);
      const answer = media.answer(offer);
      await incoming.respond(200, { headers: mergeHeaders(headers, sdpType(answer)), body: answer.text });
      session.answered(answer.session);
    });
  }

  /** Asks once more for what met a request of the other side (RFC 3261 §14, RFC 3311 §5). */
  async #pastGlare(
    { retryGlare = true }: RenegotiationOptions,
    attempt: () => Promise<SipResponse>,
  ): Promise<SipResponse> {
    const { context, ownsCallId, over } = this.#parts;
    const first = await attempt();
    const delayMs = retryGlare ? glareDelayMs(first, ownsCallId, context.ids) : undefined;
    if (delayMs === undefined) return first;
    await context.pause(delayMs);
    return over() ? first : await attempt();
  }

  async #update(offer: LocalSdp | undefined, headers?: HeaderValues): Promise<SipResponse> {
    const { requests, contact, timer } = this.#parts;
    const all = mergeHeaders({ Contact: contact, Allow: ALLOW }, sdpType(offer), headers);
    const options = { headers: all, ...(offer ? { body: offer.text } : {}) };
    const exchange = requests.create("UPDATE", options, timer.observer, () => timer.requestHeaders());
    return (await this.offering(exchange, offer)).final;
  }

  async #invite(offer: LocalSdp | undefined, headers?: HeaderValues): Promise<SipResponse> {
    const { context, media, session, timer, requests, contact, credentials } = this.#parts;
    const onResponse = (): void => undefined;
    const client = new InviteClient(
      { context, media, session, timer, onResponse, onFailure: () => undefined },
      {
        ...requests.place,
        headers: () =>
          mergeHeaders(
            { Contact: contact, Allow: ALLOW },
            context.profileHeaders,
            timer.requestHeaders(),
            sdpType(offer),
            headers,
          ),
        credentials,
        check: "Check that the other side answers re-INVITEs",
        offer,
      },
    );
    this.#inviting = true;
    try {
      return (await requests.send(client.exchange)).final;
    } finally {
      this.#inviting = false;
    }
  }

  #settleUpdate(final: SipResponse): void {
    const { session } = this.#parts;
    if (final.isSuccess) session.answered(sdpOf(final));
    else session.failed(new UnexpectedOutcomeError(describeStatus(final), { code: "ERR_NO_SESSION" }));
  }

  /** Whether the session timer asked for is too short, which the other side has been told then. */
  async #refusedByTimer(incoming: IncomingRequest): Promise<boolean> {
    const refusal = this.#parts.timer.refusalOf(incoming.request);
    if (refusal) await incoming.respond(refusal.status, { headers: refusal.headers });
    return refusal !== undefined;
  }

  /** One offer at a time: theirs meets ours, or another one of theirs (RFC 3311 §5.2). */
  async #refuseOffer(incoming: IncomingRequest): Promise<void> {
    const { session, context } = this.#parts;
    if (session.offerBy === "local") await incoming.respond(491);
    else await incoming.respond(500, { headers: { "Retry-After": glareRetryAfter(context.ids) } });
  }

  /** An offer that cannot be read is refused, and the session stays (RFC 3261 §14.2). */
  async #answerOr488(incoming: IncomingRequest, answer: () => Promise<void>): Promise<void> {
    const { session, context } = this.#parts;
    try {
      await answer();
    } catch (error) {
      session.failed(asError(error));
      context.log.debug({ err: error }, "offer refused");
      await incoming.respond(488);
    }
  }
}
