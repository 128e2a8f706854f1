import type { Line } from "../inventory/model.ts";
import type { SessionDescription } from "../sdp/index.ts";
import type { HeaderField } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Dissolved } from "./conversation.ts";
import type { Fork, Onward } from "./fork.ts";
import type { Leg } from "./leg.ts";
import type { LineUsage, ReleaseLine } from "./line-usage.ts";
import type { Binding } from "./location-service.ts";
import type { PassedOffer } from "./media-relay.ts";
import type { MediaState } from "./media-state.ts";
import type { MediaParty } from "./policies/permitted-media.ts";
import type { CallEnd } from "./policies/release-line.ts";
import type { FailureQuestion } from "./policies/relay-failure.ts";
import type { Diversion } from "./policies/route-call.ts";

/** A call as the switchboard keeps it: by the dialogs that it has. */
export interface OngoingCall {
  /** Lines that ring for it now. */
  readonly calledLines: readonly Line[];
  /** Whether two phones talk, and nothing is being negotiated: only then somebody may transfer. */
  readonly transferable: boolean;
  /** A request in one of the dialogs: INVITE, UPDATE or BYE; others are answered elsewhere. */
  request(leg: Leg, transaction: ServerTransaction): void;
  /** A phone of a pickup group takes the call that rings elsewhere; false: it cannot. */
  pickUp(invite: ServerTransaction, binding: Binding, offer: SessionDescription): boolean;
  /** Gives the phones that ring up to another call; the caller's INVITE is answered 487. Only while phones ring. */
  handOver(): ReadonlyMap<Fork, ReleaseLine>;
  /** Ends the call without a word to its phones, which go on in another one. Only where it is `transferable`. */
  dissolve(): Dissolved;
  /** What a phone of the call was told of the session last; undefined while something is being negotiated. */
  said(leg: Leg): SessionDescription | undefined;
  /** Ends the call: whoever has a dialog gets BYE, whoever rings CANCEL. Does nothing when it is over already. */
  clear(end?: CallEnd): void;
}

/** A call that looks for whom it is to ring at. */
export interface SeekingCall {
  diversions: readonly Diversion[];
  /** The phone on whose behalf the number is called. */
  readonly caller: Leg;
  /** The INVITE of that phone; undefined where another one calls for it. */
  readonly invite: ServerTransaction | undefined;
  /** What that phone offered, where it did. */
  readonly offer: SessionDescription | undefined;
  /** Max-Forwards of INVITEs that go out for it. */
  readonly maxForwards: number;
  /** Phones still ring, or are about to. */
  readonly ringing: boolean;
  /** A session with that phone in which it said nothing yet. */
  newMedia(party: MediaParty): MediaState;
  /** Lets a phone ring. */
  ring(binding: Binding, early: PassedOffer | undefined): void;
  /** Gives the caller's INVITE up to be answered by somebody else; undefined: there is none. */
  withdraw(): ServerTransaction | undefined;
  /** Nobody is called: `status` is why. */
  refuse(status: number, headers: readonly HeaderField[]): void;
  /** The same, for a reason that a phone gave or was the cause of. */
  giveUp(failure: FailureQuestion["failure"]): void;
}

/** What a call needs of the switchboard that keeps it. */
export interface CallKeeper {
  readonly usage: LineUsage;
  /** Requests of this dialog go to `call` from now on. */
  attach(leg: Leg, call: OngoingCall): void;
  /** A phone sent the call elsewhere (302): where that is, is routed anew. */
  redirect(call: SeekingCall, fork: Fork, onward: Onward): void;
  ended(call: OngoingCall): void;
}
