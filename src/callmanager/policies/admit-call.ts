import type { RuleId } from "../../rules/index.ts";
import type { Device, Line } from "../../inventory/model.ts";
import { q850, refuse, type Refusal, type Ruling } from "./ruling.ts";

/** A call that a device has, ringing ones too. */
export interface CountedCall {
  readonly device: Device;
  readonly line: Line;
  /** As the device sees it: `incoming` is a call to it. */
  readonly direction: "incoming" | "outgoing";
}

export interface CallAdmissionQuestion {
  /** As the device sees it: `incoming` is a call to it. */
  readonly direction: "incoming" | "outgoing";
  readonly device: Device;
  readonly line: Line;
  /** Calls that this line has on this device now, in both directions. */
  readonly callsOnLine: number;
  readonly callsOnDevice: number;
  /** All of the device, one by one. */
  readonly calls: readonly CountedCall[];
}

export interface CallAdmission extends Ruling {
  readonly outcome: "admitted";
}

/**
 * Whether a line has room for one more call: below its busy trigger for a call to it (CAP-04), below its maximum and
 * below that of the device in both directions (CAP-06, CAP-08). Busy is 486 with cause 17.
 */
export function admitCall(question: Omit<CallAdmissionQuestion, "calls">): CallAdmission | Refusal {
  const { direction, device, line, callsOnLine, callsOnDevice } = question;
  const busy = (rules: RuleId[], calls: number, limit: string): Refusal =>
    refuse(486, rules, `${device.name} line ${line.directoryNumber} has ${calls} calls: ${limit}`, {
      headers: [q850(17)],
    });
  if (direction === "incoming" && callsOnLine >= line.busyTrigger) {
    return busy(["CAP-04"], callsOnLine, `busy trigger ${line.busyTrigger}`);
  }
  if (callsOnLine >= line.maxCalls) return busy(["CAP-06"], callsOnLine, `maximum ${line.maxCalls}`);
  if (callsOnDevice >= device.maxCalls) return busy(["CAP-08"], callsOnDevice, `device maximum ${device.maxCalls}`);
  const reason = `${direction} call ${callsOnLine + 1} of line ${line.directoryNumber} on ${device.name}`;
  return { outcome: "admitted", rules: ["CAP-04", "CAP-06"], reason };
}
