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
import type { Services } from "./services.ts";
import type { LegOfCall, Switchboard } from "./switchboard.ts";
import { TransferredCall } from "./transferred-call.ts";

/** A transfer that was accepted. */
interface Accepted {
  /** The transferor's leg, and the call that it is in. */
  readonly found: LegOfCall;
  readonly referTo: Uri;
  readonly subscription: ReferSubscription;
  readonly conduct: TransferConduct;
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
    const conduct = policies.conductTransfer({ device: leg.device, kind: ruling.outcome });
    const subscription = this.#accept(transaction, leg, conduct);
    const accepted = { found, referTo, subscription, conduct };
    if (ruling.outcome === "blind") this.#call(accepted, ruling.number, forwardsLeft(request) ?? 0);
    else if (replaced?.found) this.#join(accepted, replaced.found);
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

  #call({ found, referTo, subscription, conduct }: Accepted, number: string | undefined, maxForwards: number): void {
    const { leg } = found;
    const call = new TransferredCall(this.#services, this.#switchboard, found.call.dissolve());
    call.seek({ transferor: leg, subscription, maxForwards, hangsUp: conduct.outcome !== "keep" });
    const atOnce = conduct.outcome === "release at once";
    if (!atOnce) subscription.progress(100);
    const { device, line } = leg;
    this.#switchboard.dial(call, { number, local: this.#switchboard.isLocal(referTo), searcher: { device, line } });
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
    const [callId = "", ...rest] = unescapeUri(value).split(";");
    const parameters = new Map(rest.map((text) => splitAt(text, "=")));
    // To-tag is ours: the transferor wrote the header for the other end of its dialog, which is us (RFC 3891 §3).
    const [localTag, remoteTag] = [parameters.get("to-tag") ?? "", parameters.get("from-tag") ?? ""];
    return { found: this.#switchboard.findDialog({ callId: callId.trim(), localTag, remoteTag }) };
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
  return found.call.transferable ? "own" : "not up";
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

function splitAt(text: string, separator: string): readonly [name: string, value: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim().toLowerCase(), ""] : [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}
