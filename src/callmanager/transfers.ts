import { isSipUri, parseNameAddr, unescapeUri, type SipRequest, type Uri } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Gate } from "./gate.ts";
import type { Leg } from "./leg.ts";
import { otherSide } from "./media-state.ts";
import { forwardsLeft, respond } from "./messages.ts";
import type { TransferQuestion } from "./policies/admit-transfer.ts";
import type { TransferConduct } from "./policies/conduct-transfer.ts";
import { isRefusal } from "./policies/ruling.ts";
import { ReferSubscription } from "./refer-subscription.ts";
import { namedDialog } from "./replaces.ts";
import type { Services } from "./services.ts";
import type { LegOfCall, Switchboard } from "./switchboard.ts";
import { TransferredCall } from "./transferred-call.ts";

/** A transfer that was accepted. */
interface Accepted {
  /** The transferor's leg, and the call that it is in. */
  readonly found: LegOfCall;
  readonly subscription: ReferSubscription;
  readonly conduct: TransferConduct;
  /** Max-Forwards of INVITEs that go out for it. */
  readonly maxForwards: number;
}

/** Carries out REFERs that stand in a call: blind and attended transfer (CAL-09, CAL-10; RFC 3515, RFC 5589). */
export class Transfers {
  readonly #services: Services;
  readonly #gate: Gate;
  readonly #switchboard: Switchboard;
  /** Dialogs that had a REFER: NOTIFYs of a further one have to say which they belong to (RFC 3515 §2.4.6). */
  readonly #referred = new WeakSet<Leg>();

  constructor(services: Services, gate: Gate, switchboard: Switchboard) {
    this.#services = services;
    this.#gate = gate;
    this.#switchboard = switchboard;
  }

  refer(transaction: ServerTransaction, found: LegOfCall): void {
    const { request } = transaction;
    const { policies } = this.#services;
    const { leg } = found;
    const referTo = referToOf(request);
    const replaced = referTo && this.#replaced(referTo);
    const replaces = replaced ? stateOfReplaced(replaced, found) : "none";
    const ruling = policies.admitTransfer({ device: leg.device, referTo, call: stateOf(found), replaces });
    if (isRefusal(ruling) || !referTo) {
      if (isRefusal(ruling)) this.#gate.refuse(transaction, ruling);
      return;
    }
    const kind = ruling.outcome === "attended" ? "attended" : "blind";
    const conduct = policies.conductTransfer({ device: leg.device, kind });
    const subscription = this.#accept(transaction, leg, conduct);
    const accepted = { found, subscription, conduct, maxForwards: forwardsLeft(request) ?? 0 };
    const other = replaced?.found;
    if (ruling.outcome === "blind") this.#call(accepted, ruling.number, this.#switchboard.isLocal(referTo));
    else if (ruling.outcome === "attended" && other) this.#join(accepted, other);
    else if (other)
      this.#seek(accepted, (call) => {
        call.adopt(other.call.handOver());
      });
  }

  #accept(transaction: ServerTransaction, leg: Leg, conduct: TransferConduct): ReferSubscription {
    const { request } = transaction;
    const unwanted = request.get("Refer-Sub")?.trim().toLowerCase() === "false"; // RFC 4488
    leg.dialog?.refreshTarget(request);
    respond(this.#services, transaction, 202, {
      headers: [["Contact", leg.contact], ...(unwanted ? ([["Refer-Sub", "false"]] as const) : [])],
    });
    const event = this.#referred.has(leg) ? `refer;id=${request.cseq.number}` : "refer";
    this.#referred.add(leg);
    return new ReferSubscription(leg, event, conduct.notify && !unwanted);
  }

  #call(accepted: Accepted, number: string | undefined, local: boolean): void {
    const { device, line } = accepted.found.leg;
    this.#seek(accepted, (call) => {
      this.#switchboard.dial(call, { number, local, searcher: { device, line } });
    });
  }

  /** @param find lets the target ring, or ring on, for the phone that is transferred. */
  #seek({ found, subscription, conduct, maxForwards }: Accepted, find: (call: TransferredCall) => void): void {
    const { leg } = found;
    const call = new TransferredCall(this.#services, this.#switchboard, found.call.dissolve());
    call.seek({ transferor: leg, subscription, maxForwards, hangsUp: conduct.outcome !== "keep" });
    const atOnce = conduct.outcome === "release at once";
    if (!atOnce) subscription.progress(100);
    find(call);
    if (!atOnce || !call.ringing) return;
    subscription.end(100);
    call.release();
  }

  /** Both calls of the transferor end, and the phones at their other ends have one together. */
  #join({ found, subscription, conduct }: Accepted, replaced: LegOfCall): void {
    const [first, second] = [found, replaced].map(({ leg, call }) => {
      const { parties, media } = call.dissolve();
      const far = otherSide(leg.side);
      return { near: parties[leg.side], far: parties[far], media: media[far] };
    });
    if (!first || !second) return;
    const parties = { caller: first.far, callee: second.far };
    const media = { caller: first.media, callee: second.media, pairs: [] };
    const call = new TransferredCall(this.#services, this.#switchboard, { parties, media });
    subscription.end(200);
    for (const { leg, release } of [first.near, second.near]) {
      release("transferred");
      if (conduct.outcome !== "keep") leg.hangUp([["Reason", "Q.850;cause=16"]]);
    }
    call.join();
  }

  /** The dialog that a Replaces in the URI names; undefined: there is none in it. */
  #replaced(referTo: Uri): { readonly found: LegOfCall | undefined } | undefined {
    const value = isSipUri(referTo) && referTo.headers.find(([name]) => name.toLowerCase() === "replaces")?.[1];
    if (value === undefined || value === false) return undefined;
    return { found: this.#switchboard.findNamed(namedDialog(unescapeUri(value))) };
  }
}

function stateOf({ leg, call }: LegOfCall): TransferQuestion["call"] {
  if (!leg.dialog) return "not up";
  return call.transferable ? "up" : "negotiating";
}

function stateOfReplaced(
  { found }: { readonly found: LegOfCall | undefined },
  refer: LegOfCall,
): TransferQuestion["replaces"] {
  if (!found || found.leg.device !== refer.leg.device || found.call === refer.call || found.leg.over) return "foreign";
  if (found.call.transferable) return "own";
  const calls = found.leg.side === "caller" && !found.leg.dialog;
  return calls && found.call.calledLines.length > 0 ? "ringing" : "not up";
}

/** The one place that a REFER names; undefined where it names none, several, or one that cannot be read. */
function referToOf(request: SipRequest): Uri | undefined {
  const [value, ...further] = request.getAll("Refer-To");
  if (value === undefined || further.length > 0) return undefined;
  try {
    return parseNameAddr(value).uri;
  } catch {
    return undefined;
  }
}
