import { asError, PeerProtocolError } from "../core/errors.ts";
import type { SessionDescription } from "../sdp/index.ts";
import { isBodyOptional, type SipRequest } from "../sip/message/index.ts";
import { mergeHeaders } from "./header-values.ts";
import type { History } from "./history.ts";
import { sdpOf, type LocalMedia, type LocalSdp } from "./local-media.ts";
import { ALLOW, type PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";
import { RELIABLE } from "./reliable.ts";
import type { SessionState } from "./session-state.ts";
import type { IncomingRequest } from "./signalling.ts";

export interface InviteServerParts {
  readonly context: PhoneContext;
  readonly media: LocalMedia;
  readonly session: SessionState;
  /** Value of the phone's Contact. */
  readonly contact: string;
}

export interface AnswerOptions {
  /** Instead of an answer of the phone's own making. */
  readonly sdp?: string | undefined;
  readonly headers?: HeaderValues | undefined;
}

/** An INVITE that reached the phone, first or later in a call: its offer and answer, wherever they stand. */
export class InviteServer {
  readonly request: SipRequest;
  /** The ACK of our 2xx. */
  readonly acks: History<SipRequest>;
  /** The PRACKs of our reliable provisional responses. */
  readonly pracks: History<SipRequest>;
  /** To tag of our responses, once one was sent. */
  localTag: string | undefined;
  readonly #parts: InviteServerParts;
  readonly #incoming: IncomingRequest;
  /** We offered, and the answer has to come in the ACK or PRACK. */
  #answerDue = false;
  /** A reliable response carried our answer or offer: the 2xx need not (RFC 6337 §2.2). */
  #settledEarly = false;

  constructor(parts: InviteServerParts, incoming: IncomingRequest) {
    this.#parts = parts;
    this.#incoming = incoming;
    this.request = incoming.request;
    this.acks = parts.context.history();
    this.pracks = parts.context.history();
  }

  /**
   * What the INVITE offers; undefined: nothing, it is for us to offer.
   * @throws {PeerProtocolError} ERR_SDP_SYNTAX
   */
  get offer(): SessionDescription | undefined {
    return sdpOf(this.request);
  }

  /**
   * From now on the offer in the INVITE, if there is one, waits for our answer; one that may be left unread is as none if
   * it cannot be read.
   * @throws {PeerProtocolError} ERR_SDP_SYNTAX
   */
  takeOffer(): void {
    if (this.request.contentType?.type !== "application/sdp") return;
    this.#parts.session.offered("remote", this.#readOffer());
  }

  #readOffer(): SessionDescription | undefined {
    try {
      return this.offer;
    } catch (error) {
      if (isBodyOptional(this.request)) return undefined;
      throw error;
    }
  }

  async ring(status: number, { sdp, headers }: AnswerOptions): Promise<void> {
    const preview = sdp === undefined ? undefined : this.#parts.media.verbatim(sdp);
    const { response } = await this.#incoming.respond(status, this.#content(preview, headers));
    this.localTag = response.toTag;
    if (preview && this.offer && !this.#settledEarly) {
      this.#parts.session.offered("remote", this.offer);
      this.#parts.session.previewed(preview.session);
    }
  }

  /**
   * Sends a provisional response reliably (RFC 3262 §3): with our answer, or our offer where the INVITE had none, if
   * there is one to be sent. Resolves when it is sent; its PRACK goes to `pracks`.
   * @returns the dialog.
   */
  async ringReliably(status: number, { sdp, headers }: AnswerOptions): Promise<string | undefined> {
    const negotiates = sdp !== undefined && !this.#settledEarly;
    const dialogId = await this.#send(status, sdp, negotiates, mergeHeaders({ Require: RELIABLE }, headers));
    this.#settledEarly ||= negotiates;
    return dialogId;
  }

  /** A PRACK came: with the answer to the offer in our response, or with an offer of its own, or with neither. */
  async acknowledgedProvisional(incoming: IncomingRequest): Promise<void> {
    const { session } = this.#parts;
    const answer = this.#readPrack(incoming.request);
    await incoming.respond(200, this.#content(answer, {}));
    if (answer) session.answered(answer.session);
    this.pracks.add(incoming.request);
  }

  /**
   * Sends 200 with our answer, or with our offer where the INVITE had none.
   * @returns the dialog.
   */
  async accept({ sdp, headers }: AnswerOptions): Promise<string | undefined> {
    return await this.#send(200, sdp, !this.#settledEarly, headers);
  }

  async refuse(status: number, reason: string | undefined, headers?: HeaderValues): Promise<void> {
    await this.#incoming.respond(status, {
      ...(reason === undefined ? {} : { reason }),
      headers: mergeHeaders(headers),
    });
  }

  /** The ACK of our 2xx came; it holds the answer where the 2xx held our offer. */
  acknowledged(ack: SipRequest): void {
    if (this.#answerDue) this.#readAnswer(ack);
    this.acks.add(ack);
  }

  /** @param negotiates whether our answer or offer goes out; otherwise `sdp` is a repetition at most. */
  async #send(
    status: number,
    sdp: string | undefined,
    negotiates: boolean,
    headers: HeaderValues | undefined,
  ): Promise<string | undefined> {
    const { session, media, contact } = this.#parts;
    const local = negotiates ? this.#localSdp(sdp) : sdp === undefined ? undefined : media.verbatim(sdp);
    const known = mergeHeaders({ Contact: contact, Allow: ALLOW }, headers);
    const { dialogId, response } = await this.#incoming.respond(status, this.#content(local, known));
    this.localTag = response.toTag;
    if (negotiates && local && !this.#answerDue) session.answered(local.session);
    return dialogId;
  }

  #localSdp(text: string | undefined): LocalSdp {
    const { session, media } = this.#parts;
    const { offer } = this;
    const local = text === undefined ? (offer ? media.answer(offer) : media.offer()) : media.verbatim(text);
    this.#answerDue = !offer;
    if (offer) session.offered("remote", offer);
    else session.offered("local", local.session);
    return local;
  }

  /** The answer to be sent, where the PRACK offers. */
  #readPrack(prack: SipRequest): LocalSdp | undefined {
    const { session, media } = this.#parts;
    if (this.#answerDue) {
      this.#readAnswer(prack);
      return undefined;
    }
    const offer = sdpOf(prack);
    if (!offer) return undefined;
    session.offered("remote", offer);
    return media.answer(offer);
  }

  /** @param request the ACK or PRACK of what our offer stood in. */
  #readAnswer(request: SipRequest): void {
    this.#answerDue = false;
    try {
      const answer = sdpOf(request);
      if (!answer) throw this.#noAnswer(request);
      this.#parts.session.answered(answer);
    } catch (error) {
      this.#parts.session.failed(asError(error));
    }
  }

  #noAnswer({ method }: SipRequest): PeerProtocolError {
    const { name } = this.#parts.context;
    return new PeerProtocolError(
      `${name}'s call has no session: the ${method} holds no answer to the offer before it (RFC 3261 §13.2.1)`,
      { code: "ERR_ANSWER_MISSING", details: { phone: name } },
    );
  }

  #content(sdp: LocalSdp | undefined, headers: HeaderValues | undefined): { headers: HeaderValues; body?: string } {
    if (!sdp) return { headers: mergeHeaders(headers) };
    return { headers: mergeHeaders({ "Content-Type": "application/sdp" }, headers), body: sdp.text };
  }
}
