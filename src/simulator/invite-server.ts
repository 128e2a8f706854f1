import { asError, PeerProtocolError } from "../core/errors.ts";
import type { SessionDescription } from "../sdp/index.ts";
import type { SipRequest } from "../sip/message/index.ts";
import { mergeHeaders } from "./header-values.ts";
import type { History } from "./history.ts";
import { sdpOf, type LocalMedia, type LocalSdp } from "./local-media.ts";
import { ALLOW, type PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";
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
  readonly #parts: InviteServerParts;
  readonly #incoming: IncomingRequest;
  #weOffered = false;

  constructor(parts: InviteServerParts, incoming: IncomingRequest) {
    this.#parts = parts;
    this.#incoming = incoming;
    this.request = incoming.request;
    this.acks = parts.context.history();
  }

  /**
   * What the INVITE offers; undefined: nothing, it is for us to offer.
   * @throws {PeerProtocolError} ERR_SDP_SYNTAX
   */
  get offer(): SessionDescription | undefined {
    return sdpOf(this.request);
  }

  async ring(status: number, { sdp, headers }: AnswerOptions): Promise<void> {
    const preview = sdp === undefined ? undefined : this.#parts.media.verbatim(sdp);
    await this.#incoming.respond(status, this.#content(preview, headers));
    if (preview && this.offer) {
      this.#parts.session.offered("remote", this.offer);
      this.#parts.session.previewed(preview.session);
    }
  }

  /**
   * Sends 200 with our answer, or with our offer where the INVITE had none.
   * @returns the dialog.
   */
  async accept({ sdp, headers }: AnswerOptions): Promise<string | undefined> {
    const { session, contact } = this.#parts;
    const local = this.#localSdp(sdp);
    const content = this.#content(local, mergeHeaders({ Contact: contact, Allow: ALLOW }, headers));
    const { dialogId } = await this.#incoming.respond(200, content);
    if (!this.#weOffered) session.answered(local.session);
    return dialogId;
  }

  async refuse(status: number, reason: string | undefined, headers?: HeaderValues): Promise<void> {
    await this.#incoming.respond(status, {
      ...(reason === undefined ? {} : { reason }),
      headers: mergeHeaders(headers),
    });
  }

  /** The ACK of our 2xx came; it holds the answer where the 2xx held our offer. */
  acknowledged(ack: SipRequest): void {
    if (this.#weOffered && this.acks.items.length === 0) this.#readAnswer(ack);
    this.acks.add(ack);
  }

  #localSdp(text: string | undefined): LocalSdp {
    const { session, media } = this.#parts;
    const { offer } = this;
    const local = text === undefined ? (offer ? media.answer(offer) : media.offer()) : media.verbatim(text);
    this.#weOffered = !offer;
    if (offer) session.offered("remote", offer);
    else session.offered("local", local.session);
    return local;
  }

  #readAnswer(ack: SipRequest): void {
    try {
      const answer = sdpOf(ack);
      if (!answer) throw this.#noAnswer();
      this.#parts.session.answered(answer);
    } catch (error) {
      this.#parts.session.failed(asError(error));
    }
  }

  #noAnswer(): PeerProtocolError {
    const { name } = this.#parts.context;
    return new PeerProtocolError(
      `${name}'s call has no session: the ACK holds no answer to the offer in its 200 (RFC 3261 §13.2.1)`,
      { code: "ERR_ANSWER_MISSING", details: { phone: name } },
    );
  }

  #content(sdp: LocalSdp | undefined, headers: HeaderValues | undefined): { headers: HeaderValues; body?: string } {
    if (!sdp) return { headers: mergeHeaders(headers) };
    return { headers: mergeHeaders({ "Content-Type": "application/sdp" }, headers), body: sdp.text };
  }
}
