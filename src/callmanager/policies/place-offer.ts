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
 * early offer, or the phone needs a media termination point, and there is one to pass on (CAL-07).
 */
export function placeOffer({ device, offered }: OfferPlacementQuestion): OfferPlacement {
  const rules = ["CAL-07"] as const;
  const { sipProfile, mtpRequired } = device;
  if (!sipProfile.earlyOffer && !mtpRequired) {
    return { outcome: "delayed", rules, reason: `delayed offer to ${device.name}` };
  }
  const why = sipProfile.earlyOffer ? `SIP profile ${sipProfile.name} asks for early offer` : "it needs an MTP";
  return offered
    ? { outcome: "early", rules, reason: why }
    : { outcome: "delayed", rules, reason: "the caller made no offer to pass on" };
}
