import type { Device } from "../../inventory/model.ts";
import type { Ruling } from "./ruling.ts";

export interface TransferConductQuestion {
  /** Whose REFER was accepted. */
  readonly device: Device;
  readonly kind: "blind" | "attended";
}

export interface TransferConduct extends Ruling {
  /**
   * When the transferor's leg gets its BYE. `release at once`: as soon as the target rings or, attended, is joined.
   * `release when answered`: only when the target took the call; until then a failure leaves the call as it was.
   * `keep`: never.
   */
  readonly outcome: "release at once" | "release when answered" | "keep";
  /** Whether NOTIFYs tell the transferor how it goes (RFC 3515 §2.4.4). */
  readonly notify: boolean;
}

/**
 * How an accepted transfer goes on: the transferor is let go as soon as there is somebody to transfer to, as in the
 * capture (CAP1); NOTIFYs are documented, so they are sent (CAL-09).
 */
export function conductTransfer({ device, kind }: TransferConductQuestion): TransferConduct {
  const rule = kind === "blind" ? "CAL-09" : "CAL-10";
  return { outcome: "release at once", rules: [rule], reason: `${kind} transfer by ${device.name}`, notify: true };
}
