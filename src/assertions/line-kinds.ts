import { codecsOf, contentOf, isRtp, type MediaDescription } from "../sdp/index.ts";
import type { MediaKind } from "./types.ts";

/**
 * Whether the m-line is of that kind. Named here once more on purpose: what the call manager takes for video must not
 * decide what the checks of it look for.
 */
export function isOfKind(kind: MediaKind, line: MediaDescription): boolean {
  const name = line.kind.toLowerCase();
  switch (kind) {
    case "slides":
      return name === "video" && (contentOf(line) ?? "").split(",").includes("slides");
    case "bfcp":
      return name === "application" && line.protocol.toUpperCase().endsWith("/BFCP");
    case "fecc":
      return name === "application" && carriesH224(line);
    case "fax":
      return name === "image" && (line.protocol.toLowerCase() === "udptl" || line.formats.includes("t38"));
    default:
      return name === kind;
  }
}

/** A refused line often lacks its rtpmap; nothing else that phones use is RTP in an m=application line. */
function carriesH224(line: MediaDescription): boolean {
  const codecs = codecsOf(line);
  return isRtp(line) && (codecs.length === 0 || codecs.some(({ name }) => name.toUpperCase() === "H224"));
}
