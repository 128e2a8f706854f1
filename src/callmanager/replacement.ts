import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Dissolved, Party } from "./conversation.ts";
import { Exchange } from "./exchange.ts";
import { Leg } from "./leg.ts";
import type { Binding } from "./location-service.ts";
import { otherSide, type MediaState, type SideMedia } from "./media-state.ts";
import { lineUri, newTag, PRODUCT, respond } from "./messages.ts";
import type { CallKeeper } from "./ongoing-call.ts";
import type { CallEnd } from "./policies/release-line.ts";
import { PrivateCall } from "./private-call.ts";
import type { Services } from "./services.ts";
import { TransferredCall } from "./transferred-call.ts";

export interface ReplacementOptions {
  /** The INVITE with Replaces, and whose it is. */
  readonly invite: ServerTransaction;
  readonly binding: Binding;
  /** The call as it was, and the leg whose place is taken. */
  readonly old: Dissolved;
  readonly replaced: Leg;
}

/**
 * A call in which a phone takes the place of another (RFC 3891): its INVITE is carried to the far phone as a re-INVITE.
 * Once the two have agreed the other one gets BYE; where they do not, the call goes on as it was.
 */
export class ReplacementCall extends PrivateCall {
  readonly #services: Services;
  readonly #keeper: CallKeeper;
  readonly #old: Dissolved;
  readonly #replaced: Party;
  readonly #far: Party;
  readonly #near: Party;
  readonly #exchange: Exchange;
  #media: MediaState;
  #agreed = false;
  #over = false;

  constructor(services: Services, keeper: CallKeeper, { invite, binding, old, replaced }: ReplacementOptions) {
    super();
    this.#services = services;
    this.#keeper = keeper;
    this.#old = old;
    const { side } = replaced;
    this.#replaced = old.parties[side];
    this.#far = old.parties[otherSide(side)];
    const { device, line, contact } = binding;
    invite.toTag = newTag(services);
    const ids = { callId: invite.request.callId, localTag: invite.toTag };
    const leg = new Leg(services, { side, device, line, flow: invite.flow, ...ids });
    leg.note(invite.request);
    this.#near = { leg, release: keeper.usage.take(device, line, "outgoing") };
    for (const party of [this.#near, this.#far, this.#replaced]) keeper.attach(party.leg, this);
    const address = invite.flow.local.host;
    const sessionId = String(1 + services.ids.integer(999_999_999));
    const fresh: SideMedia = { party: { device, contact }, sessionId, address };
    this.#media = { ...old.media, [side]: fresh, pairs: [] };
    this.#exchange = this.#begin(invite);
  }

  request(leg: Leg, transaction: ServerTransaction): void {
    if (transaction.request.method !== "BYE") respond(this.#services, transaction, 491);
    else if (!leg.dialog) respond(this.#services, transaction, 481);
    else this.#hungUp(leg, transaction);
  }

  clear(end: CallEnd = "failed"): void {
    if (this.#over) return;
    this.#over = true;
    this.#exchange.abort();
    for (const { leg, release } of [this.#near, this.#far, this.#replaced]) {
      if (leg.dialog) leg.hangUp([["Reason", "Q.850;cause=16"]]);
      else leg.abandon();
      release(end);
    }
    this.#keeper.ended(this);
  }

  #begin(transaction: ServerTransaction): Exchange {
    const [from, to] = [this.#near.leg, this.#far.leg];
    const identityOf = (leg: Leg, party: "called" | "calling"): readonly [string, string] => [
      "Remote-Party-ID",
      `${lineUri(this.#services, leg.line.directoryNumber)};party=${party};screen=yes;privacy=off`,
    ];
    const introduction = {
      toAsker: [["Allow-Events", "presence"], identityOf(to, "called")] as const,
      toPeer: [identityOf(from, from.side === "caller" ? "calling" : "called")] as const,
    };
    const exchange = new Exchange(
      this.#services,
      { from, to, transaction, media: this.#media, phase: "transfer", introduction },
      {
        running: undefined,
        agreed: (media) => {
          this.#media = media;
          this.#agreed = true;
        },
        finished: (which) => {
          this.#settle(which);
        },
        broken: () => {
          this.clear();
        },
      },
    );
    if (!exchange.start()) this.#settle(exchange);
    return exchange;
  }

  #settle({ disturbed }: Exchange): void {
    if (this.#over) return;
    if (this.#agreed && this.#near.leg.dialog) this.#succeed();
    else this.#restore(disturbed || this.#near.leg.dialog !== undefined);
  }

  /** The phone has the place of the other. */
  #succeed(): void {
    const { leg, release } = this.#replaced;
    this.#goOn({ ...this.#old.parties, [leg.side]: this.#near }, this.#media);
    leg.hangUp([["Reason", 'SIP;cause=200;text="Call completed elsewhere"']]);
    release("elsewhere");
  }

  /** @param disturbed the far phone changed its session for nothing: the two have to agree anew. */
  #restore(disturbed: boolean): void {
    const { leg, release } = this.#near;
    if (leg.dialog) leg.hangUp();
    else leg.abandon();
    release("refused");
    if (this.#replaced.leg.over) {
      this.clear();
      return;
    }
    const call = this.#goOn(this.#old.parties, this.#old.media);
    if (disturbed) call.join();
  }

  #goOn(parties: Dissolved["parties"], media: MediaState): TransferredCall {
    this.#over = true;
    const call = new TransferredCall(this.#services, this.#keeper, { parties, media });
    this.#keeper.ended(this);
    return call;
  }

  /** The phone that is replaced may go before it is told to; the call ends where one of the others does. */
  #hungUp(leg: Leg, transaction: ServerTransaction): void {
    respond(this.#services, transaction, 200, { headers: [["Server", PRODUCT]] });
    leg.hungUp();
    if (leg === this.#replaced.leg) this.#replaced.release("hung up");
    else this.clear("hung up");
  }
}
