import type { Device } from "../../inventory/model.ts";
import { isSipUri, userOf, type Uri } from "../../sip/message/index.ts";
import { refuse, type Refusal, type Ruling } from "./ruling.ts";

export interface TransferQuestion {
  /** Whose REFER it is. */
  readonly device: Device;
  /** Where it points; undefined: nowhere, to several places, or to one that cannot be read. */
  readonly referTo: Uri | undefined;
  /**
   * The call that the REFER stands in. `up`: two phones talk. `negotiating`: an offer or an ACK is on its way. `not up`:
   * it still rings.
   */
  readonly call: "up" | "negotiating" | "not up";
  /**
   * The call that an embedded Replaces names (RFC 3891): `none` is named; `own`: another call of the same device that is
   * up; `ringing`: one that it makes, and that rings; `not up`: one that is being negotiated, or rings at it;
   * `foreign`: no dialog of the device.
   */
  readonly replaces: "none" | "own" | "ringing" | "not up" | "foreign";
}

export type Transfer = Ruling &
  (
    | { readonly outcome: "blind"; /** Whom to call for the other phone. */ readonly number: string | undefined }
    | { readonly outcome: "attended" }
    | { /** What rings for the transferor, rings for the other phone. */ readonly outcome: "semi-attended" }
  );

/**
 * Whether a REFER in a call is carried out, and how: blind (CAL-09), or attended where a Replaces in it names another
 * call of the same phone (CAL-10), which may still ring (RFC 5589 §7.6). Accepting is 202 (RFC 3515 §2.4.2). A Refer-To
 * that cannot be used is 400, a method other than INVITE or a dialog of somebody else 403 (RFC 3891 §3), a call that is
 * being negotiated 491.
 */
export function admitTransfer({ device, referTo, call, replaces }: TransferQuestion): Transfer | Refusal {
  if (!referTo) return refuse(400, ["CAL-09"], "REFER without exactly one Refer-To that can be read");
  if (!isSipUri(referTo)) return refuse(403, ["CAL-09"], `a transfer to a ${referTo.scheme.slice(0, 32)} URI`);
  const method = referTo.parameters.get("method")?.toUpperCase() ?? "INVITE";
  if (method !== "INVITE") return refuse(403, ["CAL-09"], `REFER asks for ${method.slice(0, 32)}`);
  if (call === "not up") return refuse(403, ["CAL-09"], `${device.name} transfers a call that is not up`);
  if (call === "negotiating") return refuse(491, ["CAL-09"], "the call is being negotiated");
  if (replaces === "none") {
    const number = userOf(referTo);
    return { outcome: "blind", rules: ["CAL-09"], reason: `${device.name} transfers to ${number ?? "nobody"}`, number };
  }
  if (replaces === "own")
    return { outcome: "attended", rules: ["CAL-10"], reason: `${device.name} joins its two calls` };
  if (replaces === "ringing") {
    return { outcome: "semi-attended", rules: ["CAL-10"], reason: `${device.name} transfers to whom it is calling` };
  }
  if (replaces === "not up") return refuse(491, ["CAL-10"], "the call that Replaces names is not up");
  return refuse(403, ["CAL-10"], `Replaces names no call of ${device.name}`);
}
