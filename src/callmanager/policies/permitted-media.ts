import type { Device, DeviceType } from "../../inventory/model.ts";
import { codecsOf, isLive, type MediaDescription } from "../../sdp/index.ts";
import type { NameAddr, SipMessage } from "../../sip/message/index.ts";
import type { Ruling } from "./ruling.ts";

/** A phone between which and another one media pass. */
export interface MediaParty {
  readonly device: Device;
  /** As it is registered. */
  readonly contact: NameAddr;
}

/** A session description on its way through the call manager. */
export interface DescriptionPassing {
  readonly sender: MediaParty;
  readonly reader: MediaParty;
  readonly part: "offer" | "answer";
  /** The call is being set up, or what changes it. `transfer`: two phones that are new to each other. */
  readonly phase: "first" | "re-INVITE" | "UPDATE" | "transfer";
  /** What the description goes out in. */
  readonly carrier: "INVITE" | "18x" | "200" | "ACK" | "UPDATE";
  /** What it came in; undefined in a transfer, where it was said before. */
  readonly message: SipMessage | undefined;
}

export interface MediaQuestion extends DescriptionPassing {
  readonly media: readonly MediaDescription[];
  /** Type of the device whose description this is. */
  readonly from: DeviceType;
  /** Type of the device that shall get it. */
  readonly to: DeviceType;
}

export interface PermittedMedia extends Ruling {
  /** `nothing`: there were live lines, and none of them may pass; an offer is answered 488 then. */
  readonly outcome: "all" | "without video" | "nothing";
  /** For each media description, whether it may be used between the two. */
  readonly permitted: readonly boolean[];
}

/**
 * Which media may pass between two devices: video-related media only where neither is a Basic one (VID-01…07, VID-17).
 * Video-related is every m=video, so slides too, and what only serves it: BFCP, far-end camera control (H.224) and
 * Cisco's iX channel (VID-10). Audio, fax and text stay (VID-16). What Contact or User-Agent say does not count.
 */
export function permittedMedia({ media, from, to }: Pick<MediaQuestion, "media" | "from" | "to">): PermittedMedia {
  const basic = [from, to].includes("basic");
  const permitted = media.map((description) => !(basic && isVideoRelated(description)));
  const live = media.filter(isLive);
  const kept = media.filter((description, index) => isLive(description) && permitted[index]);
  if (kept.length === live.length) {
    const reason = basic ? "no live video towards or from a Basic device" : `${from} to ${to} may use video`;
    return { outcome: "all", rules: [basic ? "VID-15" : "VID-07"], reason, permitted };
  }
  const reason = `${from} to ${to}: ${live.length - kept.length} of ${live.length} live lines are video-related`;
  return kept.length > 0
    ? { outcome: "without video", rules: ["VID-01", "VID-04", "VID-10"], reason, permitted }
    : { outcome: "nothing", rules: ["VID-11"], reason, permitted };
}

/** The only place that knows which media description is about video. Names compare without case. */
export function isVideoRelated(description: MediaDescription): boolean {
  const kind = description.kind.toLowerCase();
  if (kind === "video") return true;
  if (kind !== "application") return false;
  const last = description.protocol.toUpperCase().split("/").at(-1);
  return last === "BFCP" || last === "IX" || codecsOf(description).some(({ name }) => name.toUpperCase() === "H224");
}
