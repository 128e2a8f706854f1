import type { Timer } from "../core/clock.ts";
import { InternalError } from "../core/errors.ts";
import type { Line } from "../inventory/model.ts";
import type { SessionDescription } from "../sdp/index.ts";
import { Dialog } from "../sip/dialog/index.ts";
import type { HeaderField, SipMessage, SipRequest, SipResponse } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import { Conversation, type Dissolved, type Party } from "./conversation.ts";
import { Fork, type ForkOptions, type ForkUser, type Onward } from "./fork.ts";
import { ownInvite, settlingOwner, type InviteOwner } from "./invite-owner.ts";
import { Leg } from "./leg.ts";
import type { ReleaseLine } from "./line-usage.ts";
import type { Binding } from "./location-service.ts";
import type { MediaContext } from "./media-context.ts";
import { passAnswer, passOffer, type PassedOffer } from "./media-relay.ts";
import type { MediaState, SideMedia } from "./media-state.ts";
import { dialogWording, forwardsLeft, newTag, PRODUCT, respond, type Wording } from "./messages.ts";
import { combineOffers } from "./offer-combination.ts";
import { readSession, rejectAll } from "./offers.ts";
import { ownSession } from "./own-call.ts";
import type { CallKeeper, OngoingCall, SeekingCall } from "./ongoing-call.ts";
import type { CallEnd } from "./policies/release-line.ts";
import type { MediaParty } from "./policies/permitted-media.ts";
import type { FailureQuestion } from "./policies/relay-failure.ts";
import type { Diversion } from "./policies/route-call.ts";
import type { SessionTiming } from "./policies/time-session.ts";
import type { Services } from "./services.ts";

export interface CallOptions {
  readonly binding: Binding;
  /** The caller's offer; undefined: it wants one. */
  readonly offer: SessionDescription | undefined;
  /** What the caller is granted of a session timer. */
  readonly timing: SessionTiming;
}

/**
 * `calling`: phones ring, or are being looked for. `answering`: our 200 is out, its ACK is not here yet. `connected`:
 * both dialogs stand. `ended`: nothing counts any more; dialogs may still be saying goodbye.
 */
type CallState = "calling" | "answering" | "connected" | "ended";

const TRANSITIONS = {
  calling: { answer: "answering", clear: "ended" },
  answering: { acknowledge: "connected", clear: "ended" },
  connected: { clear: "ended" },
  ended: {},
} as const satisfies Record<CallState, Partial<Record<CallEvent, CallState>>>;

type CallEvent = "answer" | "acknowledge" | "clear";

/** A call between two phones: a dialog with each (RFC 7092), and what was agreed about media between them. */
export class Call implements OngoingCall, SeekingCall, ForkUser, InviteOwner {
  readonly caller: Leg;
  readonly offer: SessionDescription | undefined;
  readonly invite: ServerTransaction;
  diversions: readonly Diversion[] = [];
  readonly #services: Services;
  readonly #keeper: CallKeeper;
  readonly #forks = new Map<Fork, ReleaseLine>();
  readonly #ringTimer: Timer;
  readonly #party: MediaParty;
  readonly #timing: SessionTiming;
  #state: CallState = "calling";
  #callee: { readonly leg: Leg; readonly fork: Fork | undefined } | undefined;
  #conversation: Conversation | undefined;
  #failure: FailureQuestion["failure"] | undefined;
  #relayedStatus = 0;
  readonly #usage = new Map<Leg, ReleaseLine>();

  constructor(services: Services, keeper: CallKeeper, invite: ServerTransaction, options: CallOptions) {
    const { binding, offer, timing } = options;
    this.#services = services;
    this.#timing = timing;
    this.#keeper = keeper;
    this.invite = invite;
    this.offer = offer;
    invite.toTag = newTag(services);
    ownInvite(invite, this);
    this.#party = { device: binding.device, contact: binding.contact };
    const { device, line } = binding;
    const ids = { callId: invite.request.callId, localTag: invite.toTag };
    this.caller = new Leg(services, { side: "caller", device, line, flow: invite.flow, ...ids });
    this.caller.note(invite.request);
    keeper.attach(this.caller, this);
    this.#usage.set(this.caller, keeper.usage.take(device, line, "outgoing"));
    const { seconds } = services.policies.limitRinging({ invite: invite.request });
    this.#ringTimer = services.clock.setTimer(seconds * 1000, () => {
      this.giveUp("no answer");
    });
  }

  get calledLines(): readonly Line[] {
    return this.#state === "calling" ? [...this.#forks.keys()].map(({ leg }) => leg.line) : [];
  }

  get ringing(): boolean {
    return this.#forks.size > 0;
  }

  get transferable(): boolean {
    return this.#state === "connected" && this.#conversation?.isQuiet === true;
  }

  get maxForwards(): number {
    return forwardsLeft(this.invite.request) ?? 0;
  }

  ring(binding: Binding, early: PassedOffer | undefined, again?: ForkOptions["again"]): void {
    const { device, line } = binding;
    const release = this.#keeper.usage.take(device, line, "incoming");
    const fork = new Fork(this.#services, this, {
      binding,
      callerNumber: this.caller.line.directoryNumber,
      diversions: this.diversions,
      maxForwards: this.maxForwards,
      media: early?.state ?? this.newMedia(binding),
      offer: early?.session,
      again,
    });
    this.#forks.set(fork, release);
    this.#keeper.attach(fork.leg, this);
  }

  newMedia({ device, contact }: MediaParty): MediaState {
    const side = (party: MediaParty): SideMedia => ({
      party,
      sessionId: String(1 + this.#services.ids.integer(999_999_999)),
      address: this.invite.flow.local.host,
    });
    return { caller: side(this.#party), callee: side({ device, contact }), pairs: [] };
  }

  /** Ends a call that nobody answered yet, and tells the caller why. */
  refuse(status: number, headers: readonly HeaderField[], end: CallEnd = "refused"): void {
    if (this.#state !== "calling") return;
    this.#announce(status);
    this.#respond(status, { headers: [["Allow-Events", "presence"], ...headers] });
    this.clear(end);
  }

  #announce(status: number): void {
    const { request: invite, flow } = this.invite;
    const { outcome } = this.#services.policies.announceFailure({ invite, device: this.caller.device, status });
    if (outcome === "silent" || !this.offer) return;
    const session = ownSession(this.offer, flow.local.host, "sendonly");
    this.#respond(183, { ...this.#dialogWording(this.caller), session });
  }

  giveUp(failure: FailureQuestion["failure"]): void {
    if (this.#state !== "calling") return;
    const { status, headers } = this.#services.policies.relayFailure({ failure });
    this.refuse(status, headers, endOf(failure));
  }

  progressed(fork: Fork, response: SipResponse): void {
    if (this.#state !== "calling") return;
    const session = this.#forks.size === 1 ? this.#preview(fork, response) : undefined;
    const known = response.status >= 180 && response.status <= 183;
    if (!known || (response.status === this.#relayedStatus && !session)) return;
    this.#relayedStatus = response.status;
    this.#respond(response.status, { ...this.#dialogWording(fork.leg), session });
  }

  /** With early offer a provisional response may show the answer beforehand; the 200 repeats it (RFC 3261 §13.2.1). */
  #preview(fork: Fork, response: SipResponse): SessionDescription | undefined {
    if (!fork.early) return undefined;
    const read = readSession(response);
    if (read.outcome !== "present") return undefined;
    const passed = passAnswer(fork.media, "callee", read.session, this.#passes("18x", response));
    fork.media = passed.state;
    return passed.session;
  }

  answered(fork: Fork, response: SipResponse): void {
    this.#forget(fork, "answered");
    if (this.#state !== "calling") return;
    for (const other of [...this.#forks.keys()]) {
      this.#forget(other, "elsewhere");
      other.cancel([["Reason", 'SIP;cause=200;text="Call completed elsewhere"']]);
    }
    this.#callee = { leg: fork.leg, fork };
    const read = readSession(response);
    if (read.outcome === "present") this.#connect(fork, read.session, response);
    else this.#breakOff(fork, undefined, 500);
  }

  /** Carries offer and answer to where they belong: three ways, by who offered (RFC 3264, RFC 6337). */
  #connect(fork: Fork, said: SessionDescription, response: SipResponse): void {
    const toCaller = this.#passes("200", response);
    if (!this.offer) {
      const passed = passOffer(fork.media, "callee", said, toCaller);
      if (!passed) {
        this.#breakOff(fork, said, 488);
        return;
      }
      // The caller answers in its ACK; ours to the phone waits for that.
      this.#accept(fork.leg, passed.state, passed.session);
      return;
    }
    if (fork.early) {
      const passed = passAnswer(fork.media, "callee", said, toCaller);
      fork.acknowledge();
      this.#accept(fork.leg, passed.state, passed.session);
      return;
    }
    const contexts = { caller: this.#passes("ACK", this.invite.request), callee: toCaller };
    const combined = combineOffers(fork.media, { caller: this.offer, callee: said }, contexts);
    if (!combined.live) {
      this.#breakOff(fork, said, 488);
      return;
    }
    fork.acknowledge(combined.answers.callee);
    this.#accept(fork.leg, combined.state, combined.answers.caller);
  }

  #accept(callee: Leg, media: MediaState, session: SessionDescription): void {
    if (!this.#moves("answer")) return;
    this.#ringTimer.cancel();
    const legs = { caller: this.caller, callee };
    this.#conversation = new Conversation(this.#services, legs, media, () => {
      this.clear();
    });
    const { headers = [] } = this.#dialogWording(callee);
    const response = this.#respond(200, { headers: [...headers, ...this.caller.timed(this.#timing)], session });
    this.caller.establish(Dialog.fromRequest(this.invite.request, response));
    this.caller.answered();
  }

  /** The called phone took the call, but it cannot be: it gets ACK and BYE, the caller `status`. */
  #breakOff(fork: Fork, offer: SessionDescription | undefined, status: number): void {
    const delayed = offer !== undefined && !fork.early;
    fork.acknowledge(delayed ? rejectAll(fork.media.callee, offer) : undefined);
    this.giveUp(status);
  }

  redirected(fork: Fork, onward: Onward): void {
    this.#forget(fork, "elsewhere");
    if (this.#state === "calling") this.#keeper.redirect(this, fork, onward);
  }

  retried(fork: Fork, again: ForkOptions["again"]): void {
    this.#forget(fork, "refused");
    if (this.#state !== "calling") return;
    this.ring(fork.binding, fork.offer && { state: fork.media, session: fork.offer }, again);
  }

  failed(fork: Fork, failure: FailureQuestion["failure"]): void {
    this.#forget(fork, endOf(failure));
    this.#failure ??= failure;
    if (!this.ringing) this.giveUp(this.#failure);
  }

  /** A phone of the pickup group takes the call that rings elsewhere: both its INVITE and the caller's are answered. */
  pickUp(invite: ServerTransaction, binding: Binding, offer: SessionDescription): boolean {
    if (this.#state !== "calling" || !this.offer) return false;
    const media = this.newMedia(binding);
    const contexts = {
      caller: this.#passes("200", this.invite.request),
      callee: this.#passes("200", invite.request),
    };
    const combined = combineOffers(media, { caller: this.offer, callee: offer }, contexts);
    if (!combined.live) return false;
    invite.toTag = newTag(this.#services);
    const { device, line } = binding;
    const ids = { callId: invite.request.callId, localTag: invite.toTag };
    const leg = new Leg(this.#services, { side: "callee", device, line, flow: invite.flow, ...ids });
    this.#usage.set(leg, this.#keeper.usage.take(device, line, "incoming"));
    this.#keeper.attach(leg, this);
    for (const fork of [...this.#forks.keys()]) {
      this.#forget(fork, "elsewhere");
      fork.cancel([["Reason", 'SIP;cause=200;text="Call completed elsewhere"']]);
    }
    this.#callee = { leg, fork: undefined };
    ownInvite(
      invite,
      settlingOwner(leg, () => {
        this.clear();
      }),
    );
    const wording = { ...dialogWording(this.#services, leg, this.caller, "calling"), session: combined.answers.callee };
    leg.establish(Dialog.fromRequest(invite.request, respond(this.#services, invite, 200, wording)));
    leg.answered();
    this.#accept(leg, combined.state, combined.answers.caller);
    return true;
  }

  acknowledged(ack: SipRequest): void {
    this.caller.settled();
    if (!this.#moves("acknowledge")) return;
    if (!this.offer) this.#answerByAck(ack);
  }

  /** The caller's answer came in its ACK: it goes on in ours. */
  #answerByAck(ack: SipRequest): void {
    const read = readSession(ack);
    const { fork } = this.#callee ?? {};
    const conversation = this.#conversation;
    const offer = conversation?.media.callee.received;
    if (!conversation || !fork || !offer) return;
    if (read.outcome === "present") {
      const passed = passAnswer(conversation.media, "caller", read.session, this.#passes("ACK", ack));
      conversation.media = passed.state;
      fork.acknowledge(passed.session);
      return;
    }
    fork.acknowledge(rejectAll(conversation.media.callee, offer));
    this.clear();
  }

  unacknowledged(): void {
    this.caller.settled();
    if (this.#state === "answering" && !this.offer) this.#rejectUnanswered();
    this.clear();
  }

  /** Before BYE the phone's 200 has to be acknowledged, even where no answer for it ever came. */
  #rejectUnanswered(): void {
    const callee = this.#conversation?.media.callee;
    if (callee?.received) this.#callee?.fork?.acknowledge(rejectAll(callee, callee.received));
  }

  cancelled(): void {
    if (this.#state !== "calling") return;
    this.#respond(487, {});
    this.clear("cancelled");
  }

  request(leg: Leg, transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === "BYE" && leg.side === "callee" && !leg.dialog) {
      respond(this.#services, transaction, 481); // who has not answered cannot hang up (RFC 3261 §15)
      return;
    }
    if (method === "BYE") {
      this.#hungUp(leg, transaction);
      return;
    }
    if (this.#state === "connected" && this.#conversation) this.#conversation.relay(leg, transaction);
    else respond(this.#services, transaction, 491);
  }

  #hungUp(leg: Leg, transaction: ServerTransaction): void {
    respond(this.#services, transaction, 200, { headers: [["Server", PRODUCT]] });
    const unanswered = this.#state === "calling";
    if (unanswered) this.#respond(487, {});
    if (this.#state === "answering" && !this.offer) this.#rejectUnanswered();
    leg.hungUp();
    this.clear("hung up");
  }

  withdraw(): ServerTransaction {
    this.#ringTimer.cancel();
    this.#moves("clear");
    this.caller.abandon();
    this.#usage.get(this.caller)?.("elsewhere");
    this.#keeper.ended(this);
    return this.invite;
  }

  handOver(): ReadonlyMap<Fork, ReleaseLine> {
    const forks = new Map(this.#forks);
    this.#forks.clear();
    this.#respond(487, {});
    this.clear("transferred");
    return forks;
  }

  dissolve(): Dissolved {
    const conversation = this.#conversation;
    if (!conversation || !this.#moves("clear")) {
      throw new InternalError("a call is dissolved that is not up", { code: "ERR_INTERNAL" });
    }
    const party = (leg: Leg): Party => ({ leg, release: this.#usage.get(leg) ?? (() => undefined) });
    const { legs, media } = conversation;
    this.#keeper.ended(this);
    return { parties: { caller: party(legs.caller), callee: party(legs.callee) }, media };
  }

  said(leg: Leg): SessionDescription | undefined {
    return this.#state === "connected" ? this.#conversation?.said(leg) : undefined;
  }

  clear(end: CallEnd = "failed"): void {
    if (!this.#moves("clear")) return;
    this.#ringTimer.cancel();
    this.#conversation?.abort();
    for (const fork of [...this.#forks.keys()]) {
      this.#forget(fork, end);
      fork.cancel();
    }
    for (const leg of [this.caller, this.#callee?.leg]) {
      if (leg?.dialog) leg.hangUp([["Reason", "Q.850;cause=16"]]);
      else leg?.abandon();
    }
    for (const release of this.#usage.values()) release(end);
    this.#keeper.ended(this);
  }

  #moves(event: CallEvent): boolean {
    const next = (TRANSITIONS[this.#state] as Partial<Record<CallEvent, CallState>>)[event];
    if (next === undefined) return false;
    this.#services.log.debug({ callId: this.invite.request.callId, from: this.#state, to: next }, "call state");
    this.#state = next;
    return true;
  }

  /** The phone rings no longer for this call; `answered`: it counts on. */
  #forget(fork: Fork, end: CallEnd | "answered"): void {
    const release = this.#forks.get(fork);
    if (!release) return;
    this.#forks.delete(fork);
    if (end === "answered") this.#usage.set(fork.leg, release);
    else release(end);
  }

  #passes(carrier: MediaContext["carrier"], message: SipMessage): MediaContext {
    return { policies: this.#services.policies, phase: "first", carrier, message };
  }

  #respond(status: number, wording: Wording): SipResponse {
    return respond(this.#services, this.invite, status, wording);
  }

  #dialogWording(callee: Leg): Wording {
    return dialogWording(this.#services, this.caller, callee, "called");
  }
}

function endOf(failure: FailureQuestion["failure"]): CallEnd {
  return typeof failure === "number" ? "refused" : "failed";
}
