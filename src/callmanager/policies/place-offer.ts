import type { Device } from "../../inventory/model.ts";
import type { Ruling } from "./ruling.ts";

export interface OfferPlacementQuestion {
  /** Who is called. */
  readonly device: Device;
  /** The caller's INVITE brought an offer. */
  readonly offered: boolean;
}

export interface OfferPlacement extends Ruling {
  /** `early`: in our INVITE. `delayed`: the phone offers in its 200, our ACK answers. */
  readonly outcome: "early" | "delayed";
}

/**
 * Where the offer of a call to a phone stands: our INVITE has none as a rule, unless the SIP profile of the phone says
 * early offer and there is one to pass on (CAL-07).
 */
export function placeOffer({ device, offered }: OfferPlacementQuestion): OfferPlacement {
  const rules = ["CAL-07"] as const;
  if (!device.sipProfile.earlyOffer) return { outcome: "delayed", rules, reason: `delayed offer to ${device.name}` };
  return offered
    ? { outcome: "early", rules, reason: `SIP profile ${device.sipProfile.name} asks for early offer` }
    : { outcome: "delayed", rules, reason: "the caller made no offer to pass on" };
}
