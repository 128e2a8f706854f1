import { limitsOf, type Device, type Line } from "../inventory/index.ts";

/** What a new phone and its lines have where nothing is said. */
export interface PhoneDefaults {
  readonly device: Pick<Device, "maxCalls" | "requireDtmfReception" | "rfc2833Disabled" | "mtpRequired">;
  readonly line: Pick<Line, "maxCalls" | "busyTrigger">;
}

/** Basic 2 calls, 2 a line, busy at 2 (CAP-01); Advanced 16, 2, 2 (CAP-02); check boxes off (DTM-05). */
export function phoneDefaults(type: Device["type"]): PhoneDefaults {
  const { maxCalls, lineMaxCalls, busyTrigger } = limitsOf(type);
  return {
    device: { maxCalls, requireDtmfReception: false, rfc2833Disabled: false, mtpRequired: false },
    line: { maxCalls: lineMaxCalls, busyTrigger },
  };
}
