import type { SessionDescription } from "../sdp/index.ts";
import { Dialog } from "../sip/dialog/index.ts";
import {
  glareRetryAfter,
  meansNoDialog,
  type HeaderField,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "../sip/message/index.ts";
import type { ClientHandler, ClientTransaction, ServerTransaction } from "../sip/transaction/index.ts";
import { ownInvite, type InviteOwner } from "./invite-owner.ts";
import type { Leg } from "./leg.ts";
import type { MediaContext } from "./media-context.ts";
import { passAnswer, passOffer, type PassedOffer } from "./media-relay.ts";
import type { MediaState } from "./media-state.ts";
import { ALLOW, forwardsLeft, PRODUCT, respond } from "./messages.ts";
import { readSession, rejectAll } from "./offers.ts";
import { isRefusal } from "./policies/ruling.ts";
import type { SessionTiming } from "./policies/time-session.ts";
import type { Services } from "./services.ts";

export interface ExchangeSides {
  /** Who sent the INVITE or UPDATE. */
  readonly from: Leg;
  readonly to: Leg;
  readonly transaction: ServerTransaction;
  /** The session as it stands. */
  readonly media: MediaState;
  /** On what occasion descriptions pass. Default: by the method. */
  readonly phase?: MediaContext["phase"];
  /** What the two are told of each other, who have not met before: in the 200, and in the INVITE to the peer. */
  readonly introduction?: { readonly toAsker: readonly HeaderField[]; readonly toPeer: readonly HeaderField[] };
}

export interface ExchangeUser {
  /** An exchange that is under way already. */
  readonly running: Exchange | undefined;
  agreed(media: MediaState): void;
  finished(exchange: Exchange): void;
  /** One of the dialogs is dead (RFC 3261 §12.2.1.2): the call cannot go on. */
  broken(): void;
}

/**
 * `relaying`: the peer was asked. `acknowledging`: the asker has its 200, its ACK is not here yet. `given up`: the asker
 * has its final response, but the peer's is still to come.
 */
type ExchangeState = "relaying" | "acknowledging" | "given up" | "over";

/**
 * A re-INVITE or UPDATE on its way from one phone to the other, and the answer back: hold, resume, media added or
 * removed (VID-08, VID-09). Each dialog keeps its own glare: an open exchange makes 491 of one from the other side and
 * 500 of another one from the same (RFC 3261 §14.2, RFC 3311 §5.2); the call goes on.
 */
export class Exchange implements ClientHandler, InviteOwner {
  readonly from: Leg;
  readonly #to: Leg;
  readonly #transaction: ServerTransaction;
  readonly #services: Services;
  readonly #phase: MediaContext["phase"];
  readonly #introduction: ExchangeSides["introduction"];
  readonly #user: ExchangeUser;
  #media: MediaState;
  #state: ExchangeState = "relaying";
  #request: ClientTransaction | undefined;
  #timing: SessionTiming | undefined;
  /** What is agreed if the offer that is out gets its answer; undefined: the peer was asked to offer. */
  #passed: PassedOffer | undefined;
  /** The peer changed its session, and nothing came of it. */
  disturbed = false;

  constructor(services: Services, sides: ExchangeSides, user: ExchangeUser) {
    const { from, to, transaction, media } = sides;
    this.#services = services;
    this.#phase = sides.phase ?? (transaction.request.method === "UPDATE" ? "UPDATE" : "re-INVITE");
    this.#introduction = sides.introduction;
    this.from = from;
    this.#to = to;
    this.#transaction = transaction;
    this.#media = media;
    this.#user = user;
  }

  get #method(): string {
    return this.#transaction.request.method;
  }

  /** What the peer is asked by. */
  get #relayedMethod(): "INVITE" | "UPDATE" {
    return this.#method === "UPDATE" && this.#to.takesUpdate ? "UPDATE" : "INVITE";
  }

  /** Asks the peer; false: the request was answered at once. */
  start(): boolean {
    const { request } = this.#transaction;
    const maxForwards = forwardsLeft(request);
    if (this.#collides()) return false;
    if (maxForwards === undefined) return this.#answer(483);
    const timing = this.from.timing(request);
    if (isRefusal(timing)) return this.#answer(timing.status, timing.headers);
    this.#timing = timing;
    const read = readSession(request);
    if (isRefusal(read)) return this.#answer(read.status, read.headers);
    if (read.outcome === "present") {
      this.#passed = passOffer(this.#media, this.from.side, read.session, this.#passes(this.#relayedMethod, request));
      if (!this.#passed) return this.#answer(488);
    } else if (this.#method === "UPDATE") {
      this.from.dialog?.refreshTarget(request);
      return this.#answer(200, this.#successHeaders());
    }
    const headers = this.#introduction?.toPeer ?? [];
    this.#request = this.#to.send(this.#relayedMethod, { headers, session: this.#passed?.session, maxForwards }, this);
    if (!this.#request) return this.#answer(481);
    if (this.#method === "INVITE") ownInvite(this.#transaction, this);
    return true;
  }

  #collides(): boolean {
    const { running } = this.#user;
    if (running?.from === this.from) {
      this.#answer(500, [["Retry-After", glareRetryAfter(this.#services.ids)]]);
      return true;
    }
    if (!running && !this.from.negotiates && !this.#to.negotiates) return false;
    this.#answer(491);
    return true;
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    if (response.isProvisional) return;
    if (response.isSuccess) this.#succeeded(transaction, response);
    else this.#refused(response.status);
  }

  failed(): void {
    this.#refused(408);
  }

  #succeeded(transaction: ClientTransaction, response: SipResponse): void {
    this.#to.dialog?.refreshTarget(response);
    this.#to.note(response);
    const read = readSession(response);
    const said = read.outcome === "present" ? read.session : undefined;
    if (this.#state !== "relaying" || !said) {
      this.#acknowledgePeer(transaction, said && !this.#passed ? rejectAll(this.#sideOf(this.#to), said) : undefined);
      if (this.#state === "relaying") this.#answer(500);
      this.disturbed = true;
      this.#finish();
      return;
    }
    const toAsker = this.#passes("200", response);
    if (this.#passed) {
      this.#acknowledgePeer(transaction);
      this.#agree(passAnswer(this.#passed.state, this.#to.side, said, toAsker));
      return;
    }
    const offered = passOffer(this.#media, this.#to.side, said, toAsker);
    if (offered) {
      this.#media = offered.state;
      this.#accept(offered.session);
      return;
    }
    this.#acknowledgePeer(transaction, rejectAll(this.#sideOf(this.#to), said));
    this.#answer(488);
    this.#finish();
    this.#user.broken();
  }

  /** The peer answered what was offered: its words go back, and the session is what both know now. */
  #agree({ state, session }: PassedOffer): void {
    this.#user.agreed(state);
    this.#accept(session);
  }

  #accept(session: SessionDescription): void {
    const { request } = this.#transaction;
    this.from.dialog?.refreshTarget(request);
    const response = respond(this.#services, this.#transaction, 200, { headers: this.#successHeaders(), session });
    if (!this.from.dialog) this.from.establish(Dialog.fromRequest(request, response));
    if (this.#method === "UPDATE") {
      this.#finish();
      return;
    }
    this.#state = "acknowledging";
    this.from.answered();
  }

  /** A final response that means the peer's dialog is gone ends the call; others leave it as it was. */
  #refused(status: number): void {
    if (this.#state === "relaying") this.#answer(relayedStatus(status));
    this.#finish();
    if (meansNoDialog({ status })) this.#user.broken();
  }

  acknowledged(ack: SipRequest): void {
    if (this.#state === "acknowledging" && !this.#passed) this.#answerByAck(ack);
    this.#finish();
    this.from.settled();
  }

  /** The asker answers the peer's offer in its ACK. */
  #answerByAck(ack: SipRequest): void {
    const read = readSession(ack);
    const offer = this.#sideOf(this.#to).received;
    if (!this.#request || !offer) return;
    if (read.outcome !== "present") {
      this.#to.acknowledge(this.#request, rejectAll(this.#sideOf(this.#to), offer));
      this.#user.broken();
      return;
    }
    const passed = passAnswer(this.#media, this.from.side, read.session, this.#passes("ACK", ack));
    this.#to.acknowledge(this.#request, passed.session);
    this.#user.agreed(passed.state);
  }

  unacknowledged(): void {
    this.abort();
    this.from.settled();
    this.#user.broken();
  }

  cancelled(): void {
    if (this.#state !== "relaying") return;
    this.#answer(487);
    this.#state = "given up";
    if (this.#request?.request.method === "INVITE") this.#request.cancel();
  }

  /** The call ends while this is open. */
  abort(): void {
    if (this.#state === "relaying") {
      this.#answer(487);
      this.#state = "given up";
    } else if (this.#state === "acknowledging" && !this.#passed && this.#request) {
      const side = this.#sideOf(this.#to);
      if (side.received) this.#to.acknowledge(this.#request, rejectAll(side, side.received));
      this.#finish();
    }
  }

  #acknowledgePeer(transaction: ClientTransaction, session?: SessionDescription): void {
    if (transaction.request.method === "INVITE") this.#to.acknowledge(transaction, session);
  }

  #passes(carrier: MediaContext["carrier"], message: SipMessage): MediaContext {
    return { policies: this.#services.policies, phase: this.#phase, carrier, message };
  }

  #sideOf(leg: Leg) {
    return this.#media[leg.side];
  }

  /** Of our 2xx, which begins the asker's session interval anew. */
  #successHeaders(): HeaderField[] {
    return [
      ...(this.#timing ? this.from.timed(this.#timing) : []),
      ["Allow", ALLOW],
      ["Server", PRODUCT],
      ...(this.#introduction?.toAsker ?? []),
      ["Contact", this.from.contact],
    ];
  }

  /** Answers the asker; false, for `start` to say that nothing is under way. */
  #answer(status: number, headers: readonly HeaderField[] = []): false {
    respond(this.#services, this.#transaction, status, { headers });
    return false;
  }

  #finish(): void {
    this.#state = "over";
    this.#user.finished(this);
  }
}

/** What the asker gets of the peer's refusal: a challenge or a redirection is not for it (CAL-12), 6xx never goes out. */
function relayedStatus(status: number): number {
  if (meansNoDialog({ status }) || status === 422) return 500; // between the peer and us
  if (status === 606) return 488;
  return status < 400 || status >= 600 || status === 401 || status === 407 ? 403 : status;
}
