import {
  busyTriggerFault,
  callCeiling,
  callDeficit,
  callsOfLines,
  deficitFault,
  lineCountFault,
  type Device,
  type Lab,
} from "../inventory/index.ts";
import { accept, refuseChange, type LineChange, type LineName, type ProvisioningRuling } from "./change.ts";
import { findLine, findPhone } from "./change-lab.ts";

/** A change of lines, with the lab before it and as it would be after it. */
export interface LineChangeQuestion {
  readonly lab: Lab;
  readonly change: LineChange;
  readonly after: Lab;
}

/**
 * What becomes of a change of a phone's lines. A Basic takes one (PRV-01), an Advanced eight (PRV-02). The maxima of the
 * lines may not come to more than the device may have, nor the busy trigger of a line to more than its maximum (CAP-13).
 * A device that kept more from release 5.0 is in the negative zone: no change of any line is accepted (CAP-09, CAP-11),
 * but taking lines off is (CAP-10). The one line of a Basic is simply changed to what is allowed now (CAP-12).
 */
export function judgeLine(question: LineChangeQuestion): ProvisioningRuling {
  const { lab, change } = question;
  const before = findPhone(lab, change.phone);
  const after = findPhone(question.after, change.phone);
  if (!before || !after) return refuseChange([], `there is no phone ${change.phone}`);
  switch (change.kind) {
    case "associate-line":
      return judgeAssociation(before, after, change.line);
    case "disassociate-line":
      if (!findLine(before.lines, change.line)) return noLine(before, change.line);
      return accept(["CAP-10"], `${change.line.directoryNumber} is taken off ${before.name}`);
    case "update-line":
      return judgeUpdate(before, after, change);
  }
}

function judgeAssociation(before: Device, after: Device, line: LineName): ProvisioningRuling {
  if (findLine(before.lines, line)) return taken(before, line);
  const count = lineCountFault(after);
  if (count) return refuseChange([count.rule], count.message);
  const deficit = deficitFault(before);
  if (deficit) return refuseChange(["CAP-09", "CAP-11"], deficit.message);
  return valuesRefusal(after) ?? accept(["CAP-10"], onDevice(after, line));
}

function judgeUpdate(
  before: Device,
  after: Device,
  { line, settings }: Extract<LineChange, { readonly kind: "update-line" }>,
): ProvisioningRuling {
  if (!findLine(before.lines, line)) return noLine(before, line);
  const named = { ...line, ...settings };
  if (after.lines.filter((other) => findLine([other], named) !== undefined).length > 1) return taken(before, named);
  const deficit = deficitFault(before);
  if (deficit && before.type !== "basic") return refuseChange(["CAP-09", "CAP-11"], deficit.message);
  const refusal = valuesRefusal(after);
  if (refusal) return deficit ? { ...refusal, rules: ["CAP-12", ...refusal.rules] } : refusal;
  return accept(deficit ? ["CAP-12"] : ["CAP-09"], `${onDevice(after, named)} is changed`);
}

/** CAP-13: what is entered keeps within the line, the line within the device. */
export function valuesRefusal(device: Device): ProvisioningRuling | undefined {
  const fault = device.lines.map(busyTriggerFault).find((found) => found !== undefined);
  if (fault) return refuseChange([fault.rule], fault.message);
  const least = Math.min(...device.lines.flatMap(({ maxCalls, busyTrigger }) => [maxCalls, busyTrigger]));
  if (least < 1) return refuseChange(["CAP-13"], "a line has one call at least");
  if (callDeficit(device) === 0) return undefined;
  const reason = `the lines of ${device.name} would have ${callsOfLines(device)} calls, its maximum is ${callCeiling(device)}`;
  return refuseChange(["CAP-13"], reason);
}

function onDevice(device: Device, { directoryNumber }: LineName): string {
  return `line ${directoryNumber} of ${device.name}, ${callsOfLines(device)} calls in all`;
}

function noLine(device: Device, { directoryNumber }: LineName): ProvisioningRuling {
  return refuseChange([], `${device.name} has no line ${directoryNumber}`);
}

function taken(device: Device, { directoryNumber }: LineName): ProvisioningRuling {
  return refuseChange([], `${device.name} has a line ${directoryNumber} already`);
}
