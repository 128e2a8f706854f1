import { isThirdParty, type Device } from "../../inventory/model.ts";
import type { Ruling } from "./ruling.ts";

export interface ResetQuestion {
  readonly device: Device;
  /** Call-ID of the REGISTER that made the binding to be told. */
  readonly registerCallId: string;
}

export type Reset = Ruling &
  (
    | { readonly outcome: "silent" }
    | {
        readonly outcome: "notify";
        /** Of the NOTIFY. */
        readonly event: string;
        readonly contentType: string;
        readonly body: string;
      }
  );

/** Cisco's phones are told what they load anew by stamps of what they have; nothing here has changed since. */
const STAMPS = ["ConfigVersionStamp", "DialplanVersionStamp", "SoftkeyVersionStamp", "FeatureControlVersionStamp"];
const NO_STAMP = "{00000000-0000-0000-0000-000000000000}";

/**
 * What a phone is sent when an administrator resets it: Cisco's own a NOTIFY (Event: service-control), third-party
 * phones nothing, for they support neither reset nor restart (DEV-05).
 */
export function resetDevice({ device, registerCallId }: ResetQuestion): Reset {
  if (isThirdParty(device.type)) {
    return { outcome: "silent", rules: ["DEV-05"], reason: `${device.name} is a third-party phone: it is not told` };
  }
  const stamps = STAMPS.map((name) => `${name}=${NO_STAMP}`);
  return {
    outcome: "notify",
    rules: ["DEV-05"],
    reason: `${device.name} is told to reset`,
    event: "service-control",
    contentType: "text/plain",
    body: ["action=reset", `RegisterCallId={${registerCallId}}`, ...stamps, ""].join("\r\n"),
  };
}
