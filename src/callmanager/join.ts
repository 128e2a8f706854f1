import type { Timer } from "../core/clock.ts";
import type { SessionDescription } from "../sdp/index.ts";
import { glareDelayMs, type SipResponse } from "../sip/message/index.ts";
import type { ClientHandler, ClientTransaction } from "../sip/transaction/index.ts";
import type { Leg } from "./leg.ts";
import type { MediaContext } from "./media-context.ts";
import { passAnswer, passOffer, type PassedOffer } from "./media-relay.ts";
import { otherSide, type MediaState, type Side } from "./media-state.ts";
import { lineUri } from "./messages.ts";
import { readSession, rejectAll } from "./offers.ts";
import type { Services } from "./services.ts";

export interface JoinUser {
  agreed(media: MediaState): void;
  /** The two cannot be brought together: the call cannot go on. */
  failed(): void;
}

/** An offer of one phone that waits for its answer. */
interface OpenOffer {
  readonly side: Side;
  readonly session: SessionDescription;
  /** Sends the answer, in the ACK that is due. */
  readonly answer: (session: SessionDescription) => void;
}

const MAX_TRIES = 5;

/**
 * Brings two phones together that have a dialog with us each (RFC 3725 §4.1, flow I): one is asked for an offer by a
 * re-INVITE without, the other gets that offer in its re-INVITE, and what it answers goes to the first in the ACK. What
 * may pass between the two is decided anew (VID-04).
 */
export class Join {
  readonly #services: Services;
  readonly #legs: Readonly<Record<Side, Leg>>;
  readonly #user: JoinUser;
  #media: MediaState;
  #offer: OpenOffer | undefined;
  #retry: Timer | undefined;
  #tries = 0;
  #over = false;

  constructor(services: Services, legs: Readonly<Record<Side, Leg>>, media: MediaState, user: JoinUser) {
    this.#services = services;
    this.#legs = legs;
    this.#media = media;
    this.#user = user;
  }

  /** Begins with asking the phone of that side. */
  start(side: Side): void {
    this.#invite(side, undefined, (transaction, response) => {
      const leg = this.#legs[side];
      const session = sessionOf(response);
      const answer = (said?: SessionDescription): void => {
        leg.acknowledge(transaction, said);
      };
      if (this.#over || !session) {
        answer(session && rejectAll(this.#media[side], session));
        this.#fail();
      } else this.offered(side, session, answer);
    });
  }

  /** Begins with an offer that the phone of that side made already; `answer` sends the answer to it. */
  offered(side: Side, session: SessionDescription, answer: OpenOffer["answer"]): void {
    this.#offer = { side, session, answer };
    const passed = passOffer(this.#media, side, session, this.#passes("INVITE"));
    if (!passed) {
      this.#fail();
      return;
    }
    const other = otherSide(side);
    this.#invite(other, passed, (transaction, response) => {
      this.#legs[other].acknowledge(transaction);
      if (this.#over) return;
      const said = sessionOf(response);
      if (said) this.#agree(passed, other, said, response);
      else this.#fail();
    });
  }

  /** The call ends: what is open is answered, so that nobody is left waiting. */
  abort(): void {
    this.#over = true;
    this.#retry?.cancel();
    this.#rejectOffer();
  }

  #agree({ state }: PassedOffer, from: Side, said: SessionDescription, response: SipResponse): void {
    const passed = passAnswer(state, from, said, this.#passes("ACK", response));
    this.#offer?.answer(passed.session);
    this.#offer = undefined;
    this.#over = true;
    this.#user.agreed(passed.state);
  }

  #invite(
    side: Side,
    passed: PassedOffer | undefined,
    succeeded: (transaction: ClientTransaction, response: SipResponse) => void,
  ): void {
    const leg = this.#legs[side];
    const peer = this.#legs[otherSide(side)].line.directoryNumber;
    const again = (): void => {
      this.#invite(side, passed, succeeded);
    };
    const handler: ClientHandler = {
      response: (transaction, response) => {
        if (response.isProvisional) return;
        leg.note(response);
        if (response.isSuccess) {
          leg.dialog?.refreshTarget(response);
          succeeded(transaction, response);
          return;
        }
        const delayMs = glareDelayMs(response, leg.dialog?.role === "uac", this.#services.ids);
        if (delayMs === undefined || !this.#mayRetry()) this.#fail();
        else this.#retry = this.#services.clock.setTimer(delayMs, again);
      },
      failed: () => {
        this.#fail();
      },
    };
    const identity = `${lineUri(this.#services, peer)};party=${side === "caller" ? "called" : "calling"}`;
    const headers = [["Remote-Party-ID", `${identity};screen=yes;privacy=off`]] as const;
    if (!leg.send("INVITE", { headers, session: passed?.session }, handler)) this.#fail();
  }

  #passes(carrier: MediaContext["carrier"], message?: SipResponse): MediaContext {
    return { policies: this.#services.policies, phase: "transfer", carrier, message };
  }

  #mayRetry(): boolean {
    this.#tries += 1;
    return !this.#over && this.#tries < MAX_TRIES;
  }

  #rejectOffer(): void {
    const open = this.#offer;
    if (!open) return;
    this.#offer = undefined;
    open.answer(rejectAll(this.#media[open.side], open.session));
  }

  #fail(): void {
    if (this.#over) return;
    this.abort();
    this.#user.failed();
  }
}

function sessionOf(response: SipResponse): SessionDescription | undefined {
  const read = readSession(response);
  return read.outcome === "present" ? read.session : undefined;
}
