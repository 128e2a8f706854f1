import { planMigration, type LineChange, type MigrationPlan } from "../administration/index.ts";
import { counted } from "../core/text.ts";
import { loadLab } from "../inventory/index.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Prints the steps that lead each device of a lab out of the negative zone; changes nothing.
 * @returns exit code 1 where a device has no way out.
 */
export async function migrateLab(file: string, json: boolean, terminal: Terminal): Promise<number> {
  const plans = planMigration(await loadLab(file, { env: terminal.env }));
  terminal.out(json ? `${JSON.stringify({ file, devices: plans }, undefined, 2)}\n` : planText(file, plans));
  return plans.some(({ obstacle }) => obstacle !== undefined) ? EXIT.failed : EXIT.ok;
}

function planText(file: string, plans: readonly MigrationPlan[]): string {
  const steps = plans.reduce((total, plan) => total + plan.steps.length, 0);
  return [
    ...plans.map(deviceText),
    plans.length === 0
      ? `${file}: the lines of no device may have more calls than it; nothing to do\n`
      : `${file}: ${counted(plans.length, "device")} in the negative zone, ${steps} steps (CAP-10, CAP-12)\n`,
  ].join("");
}

function deviceText({ device, type, lines, calls, ceiling, deficit, steps, obstacle }: MigrationPlan): string {
  const head = `${device} (${type}): ${calls} calls on ${counted(lines, "line")}, ${deficit} above its ${ceiling}\n`;
  if (obstacle !== undefined) return `${head}  no way: ${obstacle}\n\n`;
  const words = steps.map(({ change }) => stepText(change));
  const width = Math.max(...words.map((text) => text.length));
  const rows = steps.map((step, index) => {
    const number = String(index + 1).padStart(3);
    return `${number}. ${(words[index] ?? "").padEnd(width)}  ${String(step.calls).padStart(3)} calls\n`;
  });
  return `${head}${rows.join("")}\n`;
}

function stepText(change: LineChange): string {
  const { directoryNumber, partition = "" } = change.line;
  const number = partition === "" ? directoryNumber : `${directoryNumber} of partition ${partition}`;
  switch (change.kind) {
    case "disassociate-line":
      return `disassociate line ${number}`;
    case "update-line":
      return `change line ${number} to ${valuesText(change.settings)}`;
    case "associate-line":
      return `associate line ${number} again, with ${valuesText(change.line)}`;
  }
}

function valuesText({
  maxCalls = 0,
  busyTrigger = 0,
}: {
  readonly maxCalls?: number;
  readonly busyTrigger?: number;
}): string {
  return `${counted(maxCalls, "call")}, busy at ${busyTrigger}`;
}
