import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Gate } from "./gate.ts";
import type { Binding } from "./location-service.ts";
import { respond } from "./messages.ts";
import { readInvite, type ReadSession } from "./offers.ts";
import type { ReplacedDialog } from "./policies/admit-replacement.ts";
import { isRefusal, refuse } from "./policies/ruling.ts";
import { ReplacementCall } from "./replacement.ts";
import { namedDialog } from "./replaces.ts";
import type { Services } from "./services.ts";
import type { LegOfCall, Switchboard } from "./switchboard.ts";

/** Carries out INVITEs that are to take the place of a dialog (RFC 3891). */
export class Replacements {
  readonly #services: Services;
  readonly #gate: Gate;
  readonly #switchboard: Switchboard;

  constructor(services: Services, gate: Gate, switchboard: Switchboard) {
    this.#services = services;
    this.#gate = gate;
    this.#switchboard = switchboard;
  }

  /** An INVITE with Replaces, from a phone that is known and may call. */
  invite(transaction: ServerTransaction, binding: Binding): void {
    const { request } = transaction;
    const [value = "", ...further] = request.getAll("Replaces");
    const twice = further.length > 0 || request.has("Join");
    const read = twice ? refuse(400, [], "more than one Replaces, or Join besides") : readInvite(request);
    if (isRefusal(read)) {
      this.#gate.refuse(transaction, read);
      return;
    }
    const { earlyOnly, ...tags } = namedDialog(value);
    const found = this.#switchboard.findNamed(tags);
    const { device, line } = binding;
    const replaced = found && dialogOf(found);
    const ruling = this.#services.policies.admitReplacement({ device, line, replaced, earlyOnly });
    if (isRefusal(ruling) || !found) {
      if (isRefusal(ruling)) this.#gate.refuse(transaction, ruling);
      return;
    }
    // Who takes the place of a call of its own has no call more than before.
    const admission = found.leg.device.name === device.name ? undefined : this.#switchboard.admitsOutgoing(binding);
    if (admission && isRefusal(admission)) this.#gate.refuse(transaction, admission);
    else if (ruling.outcome === "picked up") this.#pickUp(transaction, binding, found, read);
    else this.#takeOver(transaction, binding, found);
  }

  #takeOver(invite: ServerTransaction, binding: Binding, { leg, call }: LegOfCall): void {
    new ReplacementCall(this.#services, this.#switchboard, { invite, binding, old: call.dissolve(), replaced: leg });
  }

  #pickUp(invite: ServerTransaction, binding: Binding, { call }: LegOfCall, read: ReadSession): void {
    const offer = read.outcome === "present" ? read.session : undefined;
    // Both sides have to offer, as for a pickup by service URI.
    if (!offer || !call.pickUp(invite, binding, offer)) respond(this.#services, invite, 488);
  }
}

function dialogOf({ leg, call }: LegOfCall): ReplacedDialog {
  const { device, line } = leg;
  if (leg.over) return { device, line, state: "over" };
  if (!leg.dialog) return { device, line, state: leg.side === "callee" ? "ringing" : "calling" };
  return { device, line, state: call.transferable ? "up" : "negotiating" };
}
