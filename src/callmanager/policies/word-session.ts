import type { MediaDescription, SessionDescription } from "../../sdp/index.ts";
import type { DescriptionPassing } from "./permitted-media.ts";
import type { Ruling } from "./ruling.ts";

export interface SessionWordingQuestion extends DescriptionPassing {
  /** What the reader would get: refused lines with port 0, known attributes only, no groups (VID-13, VID-14). */
  readonly draft: SessionDescription;
  /** What the sender said. */
  readonly said: SessionDescription;
  /** For each line of the draft, the sender's line that it stands for; undefined: it has none. */
  readonly sources: readonly (MediaDescription | undefined)[];
}

export interface SessionWording extends Ruling {
  readonly outcome: "worded";
  readonly session: SessionDescription;
}

/**
 * How a session description reads that goes to a phone: as drafted. Nothing of what was taken out comes back by a side
 * door (VID-13, VID-14), and all that may stay does (VID-16, DTM-02). Later descriptions build on the draft.
 */
export function wordSession({ draft }: Pick<SessionWordingQuestion, "draft">): SessionWording {
  return { outcome: "worded", rules: ["VID-13", "VID-14"], reason: "as drafted", session: draft };
}
