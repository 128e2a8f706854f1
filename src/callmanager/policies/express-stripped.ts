import type { MediaDescription } from "../../sdp/index.ts";
import type { DescriptionPassing } from "./permitted-media.ts";
import type { Ruling } from "./ruling.ts";

export interface StrippedLineQuestion extends DescriptionPassing {
  /** The line that may not pass. */
  readonly line: MediaDescription;
}

export interface StrippedLine extends Ruling {
  readonly outcome: "port 0" | "absent";
}

/**
 * How a line that may not pass stands in the first offer to a phone: with port 0 in its place (VID-01, VID-04). In an
 * answer, and once the phone has a line for it, it can only be port 0 (RFC 3264 §6, §8).
 */
export function expressStripped({ line }: Pick<StrippedLineQuestion, "line">): StrippedLine {
  return { outcome: "port 0", rules: ["VID-01", "VID-04"], reason: `m=${line.kind} keeps its place` };
}
