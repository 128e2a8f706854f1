import type { SessionDescription } from "../sdp/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import { Exchange } from "./exchange.ts";
import type { Leg } from "./leg.ts";
import type { ReleaseLine } from "./line-usage.ts";
import { otherSide, type MediaState, type Side } from "./media-state.ts";
import type { Services } from "./services.ts";

/** A phone in a call. */
export interface Party {
  readonly leg: Leg;
  /** Ends its place in the counts of calls (CAP-07). */
  readonly release: ReleaseLine;
}

/** What is left of a call whose phones go on in another one. */
export interface Dissolved {
  readonly parties: Readonly<Record<Side, Party>>;
  readonly media: MediaState;
}

/** Two phones that talk: what is agreed about media between them, and what one of them asks of the other. */
export class Conversation {
  readonly legs: Readonly<Record<Side, Leg>>;
  media: MediaState;
  readonly #services: Services;
  readonly #broken: () => void;
  #exchange: Exchange | undefined;

  /** @param broken one of the dialogs is dead, so the call cannot go on. */
  constructor(services: Services, legs: Readonly<Record<Side, Leg>>, media: MediaState, broken: () => void) {
    this.#services = services;
    this.legs = legs;
    this.media = media;
    this.#broken = broken;
  }

  /** Whether nothing is being negotiated. */
  get isQuiet(): boolean {
    return !this.#exchange && !this.legs.caller.negotiates && !this.legs.callee.negotiates;
  }

  /** What the phone was told of the session last; undefined while something is being negotiated. */
  said(leg: Leg): SessionDescription | undefined {
    return this.isQuiet ? this.media[leg.side].sent : undefined;
  }

  peerOf(leg: Leg): Leg {
    return this.legs[otherSide(leg.side)];
  }

  /** Carries a re-INVITE or UPDATE of `from` to its peer, and the answer back. */
  relay(from: Leg, transaction: ServerTransaction): void {
    from.note(transaction.request);
    const sides = { from, to: this.peerOf(from), transaction, media: this.media };
    const exchange = new Exchange(this.#services, sides, {
      running: this.#exchange,
      agreed: (media) => {
        this.media = media;
      },
      finished: (which) => {
        if (this.#exchange === which) this.#exchange = undefined;
      },
      broken: this.#broken,
    });
    if (exchange.start()) this.#exchange = exchange;
  }

  /** The call ends, or goes on with somebody else. */
  abort(): void {
    this.#exchange?.abort();
  }
}
