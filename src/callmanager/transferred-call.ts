import type { Timer } from "../core/clock.ts";
import { InternalError } from "../core/errors.ts";
import type { Line } from "../inventory/model.ts";
import type { SessionDescription } from "../sdp/index.ts";
import type { HeaderField, SipResponse } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import { Conversation, type Dissolved, type Party } from "./conversation.ts";
import { Fork, type ForkOptions, type ForkUser, type Onward } from "./fork.ts";
import { Join } from "./join.ts";
import type { Leg } from "./leg.ts";
import type { ReleaseLine } from "./line-usage.ts";
import type { Binding } from "./location-service.ts";
import type { PassedOffer } from "./media-relay.ts";
import { heard, type MediaState, type SideMedia } from "./media-state.ts";
import { PRODUCT, respond } from "./messages.ts";
import { readSession } from "./offers.ts";
import type { CallKeeper, OngoingCall, SeekingCall } from "./ongoing-call.ts";
import type { CallEnd } from "./policies/release-line.ts";
import type { MediaParty } from "./policies/permitted-media.ts";
import type { FailureQuestion } from "./policies/relay-failure.ts";
import type { Diversion } from "./policies/route-call.ts";
import type { ReferSubscription } from "./refer-subscription.ts";
import type { Services } from "./services.ts";

/** A blind transfer that is looking for its target. */
export interface Search {
  readonly transferor: Leg;
  readonly subscription: ReferSubscription;
  /** Max-Forwards of the INVITEs to the target. */
  readonly maxForwards: number;
  /** Whether the transferor gets a BYE once it is let go. */
  readonly hangsUp: boolean;
}

/**
 * A call whose phones did not call each other: one of them was transferred, or is being so. It takes over the dialogs of
 * the call that was; the transferor talks on in it until it is let go, and stays where nobody is found. Two phones that
 * are new to each other are brought together by a `Join`.
 */
export class TransferredCall implements OngoingCall, SeekingCall, ForkUser {
  readonly invite = undefined;
  diversions: readonly Diversion[] = [];
  readonly #services: Services;
  readonly #keeper: CallKeeper;
  readonly #parties = new Map<Leg, Party>();
  readonly #forks = new Map<Fork, ReleaseLine>();
  /** Of the last conversation, where there is none now. */
  #media: MediaState;
  #conversation: Conversation | undefined;
  #join: Join | undefined;
  /** A transferor that was let go without BYE. */
  #left: Leg | undefined;
  #search: Search | undefined;
  #ringTimer: Timer | undefined;
  #over = false;

  constructor(services: Services, keeper: CallKeeper, { parties, media }: Dissolved) {
    this.#services = services;
    this.#keeper = keeper;
    this.#media = media;
    for (const side of ["caller", "callee"] as const) {
      const party = parties[side];
      party.leg.takeSide(side);
      this.#parties.set(party.leg, party);
      keeper.attach(party.leg, this);
    }
    this.#converse(parties.caller.leg, parties.callee.leg);
  }

  get calledLines(): readonly Line[] {
    return []; // what a transfer rings for is not picked up
  }

  get transferable(): boolean {
    return !this.#over && !this.#search && !this.#join && this.#conversation?.isQuiet === true;
  }

  get ringing(): boolean {
    return this.#forks.size > 0;
  }

  get maxForwards(): number {
    return this.#search?.maxForwards ?? 0;
  }

  /** The phone that is transferred: it calls, though it did not ask for it. */
  get caller(): Leg {
    const transferee = [...this.#parties.keys()].find((leg) => leg !== this.#search?.transferor);
    if (!transferee) throw new InternalError("a transfer without a transferee", { code: "ERR_INTERNAL" });
    return transferee;
  }

  get offer(): SessionDescription | undefined {
    return this.#mediaOf(this.caller).received;
  }

  /** Brings the two phones together that hold the line already: an attended transfer. */
  join(): void {
    this.#bring((join) => {
      join.start("caller");
    });
  }

  /** Looks for the target of a blind transfer from now on: what `ring` lets ring is it. */
  seek(search: Search): void {
    this.#search = search;
    const { seconds } = this.#services.policies.limitRinging({ invite: undefined });
    this.#ringTimer = this.#services.clock.setTimer(seconds * 1000, () => {
      this.giveUp("no answer");
    });
  }

  /** Phones that ring already, for the transferor's other call: they are the target. */
  adopt(forks: ReadonlyMap<Fork, ReleaseLine>): void {
    for (const [fork, release] of forks) {
      fork.servedBy(this);
      this.#forks.set(fork, release);
      this.#keeper.attach(fork.leg, this);
    }
  }

  /** Lets the transferor go: BYE, and its place in the counts is free. */
  release(): void {
    const search = this.#search;
    const party = search && this.#parties.get(search.transferor);
    if (!party) return;
    this.#leave(party);
    if (search.hangsUp) party.leg.hangUp([["Reason", "Q.850;cause=16"]]);
    else this.#left = party.leg;
  }

  newMedia({ device, contact }: MediaParty): MediaState {
    const caller = this.#mediaOf(this.caller);
    const sessionId = String(1 + this.#services.ids.integer(999_999_999));
    return { caller, callee: { party: { device, contact }, sessionId, address: caller.address }, pairs: [] };
  }

  ring(binding: Binding, early: PassedOffer | undefined, again?: ForkOptions["again"]): void {
    const release = this.#keeper.usage.take(binding.device, binding.line, "incoming");
    const fork = new Fork(this.#services, this, {
      binding,
      callerNumber: this.caller.line.directoryNumber,
      diversions: this.diversions,
      maxForwards: this.maxForwards,
      referredBy: this.#search?.transferor.line.directoryNumber,
      media: early?.state ?? this.newMedia(binding),
      offer: early?.session,
      again,
    });
    this.#forks.set(fork, release);
    this.#keeper.attach(fork.leg, this);
  }

  refuse(status: number, headers: readonly HeaderField[]): void {
    const search = this.#search;
    if (!search) return;
    search.subscription.end(status);
    this.#endSearch();
    if (!this.#conversation)
      this.clear(
        "hung up",
        headers.filter(([name]) => name === "Reason"),
      );
  }

  giveUp(failure: FailureQuestion["failure"]): void {
    if (!this.#search) return;
    const { status, headers } = this.#services.policies.relayFailure({ failure });
    this.refuse(status, headers);
  }

  progressed(_fork: Fork, response: SipResponse): void {
    this.#search?.subscription.progress(response.status);
  }

  answered(fork: Fork, response: SipResponse): void {
    const release = this.#forks.get(fork);
    const search = this.#search;
    if (!release || !search) return;
    this.#forks.delete(fork);
    search.subscription.end(200);
    this.release();
    this.#endSearch([["Reason", 'SIP;cause=200;text="Call completed elsewhere"']]);
    const transferee = this.caller;
    const caller = this.#mediaOf(transferee);
    transferee.takeSide("caller");
    this.#parties.set(fork.leg, { leg: fork.leg, release });
    const read = readSession(response);
    const { callee } = fork.media;
    const said = read.outcome === "present" ? read.session : undefined;
    this.#media = { caller, callee: said ? heard(callee, "received", said) : callee, pairs: [] };
    this.#converse(transferee, fork.leg);
    this.#meet(fork, said);
  }

  /** The target took the call: its offer goes to the transferee; where it answered an early one, they begin anew. */
  #meet(fork: Fork, said: SessionDescription | undefined): void {
    if (said && !fork.early) {
      this.#bring((join) => {
        join.offered("callee", said, (answer) => {
          fork.acknowledge(answer);
        });
      });
      return;
    }
    fork.acknowledge();
    if (said) this.join();
    else this.clear();
  }

  redirected(fork: Fork, onward: Onward): void {
    this.#forget(fork);
    if (this.#search) this.#keeper.redirect(this, fork, onward);
  }

  retried(fork: Fork, again: ForkOptions["again"]): void {
    this.#forget(fork);
    if (this.#search) this.ring(fork.binding, fork.offer && { state: fork.media, session: fork.offer }, again);
  }

  withdraw(): undefined {
    return undefined;
  }

  failed(fork: Fork, failure: FailureQuestion["failure"]): void {
    this.#forget(fork);
    if (!this.ringing) this.giveUp(failure);
  }

  request(leg: Leg, transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === "BYE") {
      this.#hungUp(leg, transaction);
      return;
    }
    const talks = this.#conversation && !this.#join && this.#parties.has(leg);
    if (talks) this.#conversation?.relay(leg, transaction);
    else respond(this.#services, transaction, 491);
  }

  pickUp(): boolean {
    return false;
  }

  handOver(): never {
    throw new InternalError("a call hands over phones that do not ring", { code: "ERR_INTERNAL" });
  }

  dissolve(): Dissolved {
    const conversation = this.#conversation;
    if (!conversation) throw new InternalError("a call is dissolved that is not up", { code: "ERR_INTERNAL" });
    const { legs, media } = conversation;
    this.#over = true;
    this.#keeper.ended(this);
    return { parties: { caller: this.#partyOf(legs.caller), callee: this.#partyOf(legs.callee) }, media };
  }

  said(leg: Leg): SessionDescription | undefined {
    if (this.#join || !this.#parties.has(leg)) return undefined;
    return this.#conversation ? this.#conversation.said(leg) : this.#media[leg.side].sent;
  }

  clear(end: CallEnd = "hung up", headers: readonly HeaderField[] = [["Reason", "Q.850;cause=16"]]): void {
    if (this.#over) return;
    this.#over = true;
    this.#search?.subscription.drop();
    this.#endSearch();
    this.#join?.abort();
    this.#conversation?.abort();
    for (const { leg, release } of this.#parties.values()) {
      leg.hangUp(headers);
      release(end);
    }
    this.#left?.hangUp(headers);
    this.#keeper.ended(this);
  }

  #converse(caller: Leg, callee: Leg): void {
    this.#conversation = new Conversation(this.#services, { caller, callee }, this.#media, () => {
      this.clear();
    });
  }

  #bring(begin: (join: Join) => void): void {
    const conversation = this.#conversation;
    if (!conversation) return;
    const join = new Join(this.#services, conversation.legs, conversation.media, {
      agreed: (media) => {
        conversation.media = media;
        this.#join = undefined;
      },
      failed: () => {
        this.clear();
      },
    });
    this.#join = join;
    begin(join);
  }

  #hungUp(leg: Leg, transaction: ServerTransaction): void {
    if (!leg.dialog) {
      respond(this.#services, transaction, 481); // who has not answered cannot hang up (RFC 3261 §15)
      return;
    }
    respond(this.#services, transaction, 200, { headers: [["Server", PRODUCT]] });
    const party = this.#parties.get(leg);
    const leaves = leg === this.#search?.transferor && this.ringing;
    if (party && leaves) this.#leave(party);
    leg.hungUp();
    if (party && !leaves) this.clear();
  }

  /** The transferor is no longer in the call; the other phone waits for the target. */
  #leave({ leg, release }: Party): void {
    this.#search?.subscription.drop();
    this.#media = this.#conversation?.media ?? this.#media;
    this.#conversation?.abort();
    this.#conversation = undefined;
    this.#parties.delete(leg);
    release("transferred");
  }

  #endSearch(headers?: readonly HeaderField[]): void {
    this.#search = undefined;
    this.#ringTimer?.cancel();
    for (const fork of [...this.#forks.keys()]) {
      this.#forget(fork);
      fork.cancel(headers);
    }
  }

  #forget(fork: Fork): void {
    this.#forks.get(fork)?.("elsewhere");
    this.#forks.delete(fork);
  }

  #partyOf(leg: Leg): Party {
    const party = this.#parties.get(leg);
    if (!party) throw new InternalError("a phone is in no call", { code: "ERR_INTERNAL" });
    return party;
  }

  #mediaOf(leg: Leg): SideMedia {
    return (this.#conversation?.media ?? this.#media)[leg.side];
  }
}
