import type { BenchRow } from "./row.ts";

const HEAD = ["", "CPU µs", "bytes", "per second", "ratio", ""];
const COLUMNS_OF_TEXT = new Set([0, HEAD.length - 1]);

/** Rows as text; those of one bench and one unit of work stand together. */
export function table(rows: readonly BenchRow[]): string {
  const titleOf = (row: BenchRow): string => `${row.bench}: per ${row.per}`;
  const lines = [HEAD, ...rows.map(cellsOf)];
  const isUsed = HEAD.map((_, column) => lines.slice(1).some((line) => line[column] !== ""));
  const widthOf = (column: number): number => Math.max(...lines.map((line) => (line[column] ?? "").length));
  const widths = HEAD.map((_, column) => (isUsed[column] ? widthOf(column) : undefined));
  const block = (title: string): string => {
    const own = rows.filter((row) => titleOf(row) === title).map(cellsOf);
    return `${title}\n${[HEAD, ...own].map((line) => `  ${aligned(line, widths)}\n`).join("")}`;
  };
  return [...new Set(rows.map(titleOf))].map(block).join("\n");
}

function cellsOf({ subject, cpuMicros, bytes, perSecond, ratio, note }: BenchRow): string[] {
  const goal = ratio?.goal === undefined ? "" : ` (goal: ${ratio.goal})`;
  return [
    subject,
    cpuMicros?.toFixed(2) ?? "",
    bytes === undefined ? "" : Math.round(bytes).toLocaleString("en"),
    perSecond === undefined ? "" : Math.round(perSecond).toLocaleString("en"),
    ratio?.value.toFixed(2) ?? "",
    [ratio ? `× ${ratio.of}${goal}` : "", note ?? ""].filter((text) => text !== "").join("; "),
  ];
}

/** Text to the left, numbers to the right; columns without a width are left out. */
function aligned(line: readonly string[], widths: readonly (number | undefined)[]): string {
  const cells = line.flatMap((cell, column) => {
    const width = widths[column];
    if (width === undefined) return [];
    return [COLUMNS_OF_TEXT.has(column) ? cell.padEnd(width) : cell.padStart(width)];
  });
  return cells.join("  ").trimEnd();
}
