import type { DeviceType } from "../../inventory/index.ts";
import { phoneDefaults, type PhoneDefaults } from "../../administration/index.ts";
import type { Ruling } from "./ruling.ts";

export interface DefaultsQuestion {
  readonly type: DeviceType;
}

export interface Defaults extends Ruling, PhoneDefaults {
  readonly outcome: "defaults";
}

/**
 * What a new phone and a new line of it have where nobody says: Basic 2 calls, 2 a line, busy at 2 (CAP-01); Advanced
 * 16, 2, 2 (CAP-02); Require DTMF Reception and RFC2833 Disabled off (DTM-05).
 */
export function defaultSettings({ type }: DefaultsQuestion): Defaults {
  const defaults = phoneDefaults(type);
  const { device, line } = defaults;
  const reason = `a ${type} phone has ${device.maxCalls} calls, ${line.maxCalls} a line, and is busy at ${line.busyTrigger}`;
  return { outcome: "defaults", rules: ["CAP-01", "CAP-02", "DTM-05"], reason, ...defaults };
}
