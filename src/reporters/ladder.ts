import type { TraceEntry } from "../results/model.ts";
import { messageLabel } from "./message-label.ts";

export interface LadderOptions {
  /** Most messages shown: the last ones. Default 12. */
  readonly limit?: number;
  /** Leave out what came after this moment, ms since the epoch: a failed scenario goes on to clear up. */
  readonly until?: number | undefined;
  /** Leave out 100 Trying and what phones answered by themselves. Default false. */
  readonly brief?: boolean;
}

const QUIET_NOTES = ["keepalive", "retransmission"];

function isBesideThePoint({ notes, octets }: TraceEntry): boolean {
  return notes.includes("background") || octets.startsWith("SIP/2.0 100 ");
}

function row(entry: TraceEntry, first: TraceEntry, nameWidth: number): string {
  const seconds = ((entry.at - first.at) / 1000).toFixed(3).padStart(7);
  const label = messageLabel(entry);
  const arrow = entry.direction === "sent" ? "──▶" : "◀──";
  const notes = entry.notes.length > 0 ? `  [${entry.notes.join(", ")}]` : "";
  return `${seconds}  ${entry.endpoint.padEnd(nameWidth)} ${arrow} ${label}${notes}`;
}

/**
 * The messages of a scenario, one a line, as its phones saw them: seconds since the first, phone, direction (▶ to the
 * target, ◀ from it) and what it was. Copies and keepalives are left out.
 */
export function renderLadder(messages: readonly TraceEntry[], options: LadderOptions = {}): string[] {
  const { until = Infinity, brief = false } = options;
  const shown = messages.filter(
    (entry) =>
      entry.at <= until &&
      !entry.notes.some((note) => QUIET_NOTES.includes(note)) &&
      !(brief && isBesideThePoint(entry)),
  );
  const [first] = shown;
  if (!first) return ["no messages were exchanged"];
  const limit = options.limit ?? 12;
  const nameWidth = Math.max(...shown.map((entry) => entry.endpoint.length));
  const rows = shown.slice(-limit).map((entry) => row(entry, first, nameWidth));
  const hidden = shown.length - rows.length;
  return hidden > 0 ? [`        … ${hidden} earlier messages`, ...rows] : rows;
}
