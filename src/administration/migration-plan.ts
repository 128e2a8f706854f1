import { InternalError } from "../core/errors.ts";
import {
  callCeiling,
  callDeficit,
  callsOfLines,
  limitsOf,
  linesToDisassociate,
  type Device,
  type Lab,
  type Line,
} from "../inventory/index.ts";
import type { LineChange } from "./change.ts";
import { changeLab, findPhone } from "./change-lab.ts";
import { judgeChange } from "./judge-change.ts";

export interface MigrationStep {
  readonly change: LineChange;
  /** What the lines of the device may have together after it. */
  readonly calls: number;
}

/** The way of one device out of the negative zone. */
export interface MigrationPlan {
  readonly device: string;
  readonly type: Device["type"];
  readonly lines: number;
  /** What its lines may have together, now; the most that they may; by how much they exceed it. */
  readonly calls: number;
  readonly ceiling: number;
  readonly deficit: number;
  /** In order; each is accepted when those before it were carried out. Empty where there is no way. */
  readonly steps: readonly MigrationStep[];
  /** Why there is no way, in words. */
  readonly obstacle?: string;
}

/**
 * The steps that lead each device of a lab out of the negative zone (CAP-09…12): as few lines as possible are taken off,
 * the rest are changed to what a new line has, and the others come back with that. The one line of a Basic is simply
 * changed. Each step was tried by the rules that `judgeLine` speaks.
 */
export function planMigration(lab: Lab): MigrationPlan[] {
  return lab.devices.filter((device) => callDeficit(device) > 0).map((device) => planDevice(lab, device));
}

function planDevice(lab: Lab, device: Device): MigrationPlan {
  const { name, type, lines } = device;
  const ceiling = callCeiling(device);
  const facts = {
    device: name,
    type,
    lines: lines.length,
    calls: callsOfLines(device),
    ceiling,
    deficit: callDeficit(device),
  };
  if (lines.length > ceiling) {
    const obstacle = `it has ${lines.length} lines and may have ${ceiling} calls: raise its maxCalls, or take lines off for good`;
    return { ...facts, steps: [], obstacle };
  }
  return { ...facts, steps: tryOut(lab, name, changesOf(device, ceiling)) };
}

function changesOf(device: Device, ceiling: number): LineChange[] {
  const { name: phone, type, lines } = device;
  const maxCalls = Math.min(limitsOf(type).lineMaxCalls, Math.floor(ceiling / lines.length));
  const valuesOf = (line: Line) => ({ maxCalls, busyTrigger: Math.min(line.busyTrigger, maxCalls) });
  const nameOf = ({ directoryNumber, partition }: Line) =>
    partition === "" ? { directoryNumber } : { directoryNumber, partition };
  const off = type === "basic" ? [] : linesToDisassociate(device);
  const rest = lines.filter((line) => !off.includes(line));
  return [
    ...off.map((line): LineChange => ({ kind: "disassociate-line", phone, line: nameOf(line) })),
    ...rest
      .filter((line) => line.maxCalls > maxCalls)
      .map((line): LineChange => ({ kind: "update-line", phone, line: nameOf(line), settings: valuesOf(line) })),
    ...off.map((line): LineChange => ({ kind: "associate-line", phone, line: { ...nameOf(line), ...valuesOf(line) } })),
  ];
}

function tryOut(lab: Lab, phone: string, changes: readonly LineChange[]): MigrationStep[] {
  let before = lab;
  return changes.map((change) => {
    const after = changeLab(before, change);
    const { outcome, reason } = judgeChange({ lab: before, after }, change);
    const device = findPhone(after, phone);
    if (outcome === "refused" || !device) {
      const message = `a planned step of ${phone} is refused: ${reason}`;
      throw new InternalError(message, { code: "ERR_INTERNAL", details: { change } });
    }
    before = after;
    return { change, calls: callsOfLines(device) };
  });
}
