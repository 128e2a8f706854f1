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

/** What decides about media: what is to pass, and between whom. */
type MediaToPass = Pick<MediaQuestion, "media" | "from" | "to"> & Partial<Pick<MediaQuestion, "sender" | "reader">>;

/**
 * Which media may pass between two devices: video-related media only where neither is a Basic one (VID-01…07, VID-17).
 * Video-related is every m=video, so slides too, and what only serves it: BFCP, far-end camera control (H.224) and
 * Cisco's iX channel (VID-10). Audio, fax and text stay (VID-16). What Contact or User-Agent say does not count. A media
 * termination point that one of the two needs lets no video through either (DTM-06).
 */
export function permittedMedia(question: MediaToPass): PermittedMedia {
  const { media, from, to } = question;
  const basic = [from, to].includes("basic");
  const terminated = [question.sender, question.reader].some((party) => party?.device.mtpRequired === true);
  const permitted = media.map((description) => !((basic || terminated) && isVideoRelated(description)));
  const live = media.filter(isLive);
  const kept = media.filter((description, index) => isLive(description) && permitted[index]);
  const pair = terminated && !basic ? "through a media termination point" : `${from} to ${to}`;
  if (kept.length === live.length) {
    const rules = basic ? (["VID-15"] as const) : terminated ? (["DTM-06"] as const) : (["VID-07"] as const);
    const reason = basic || terminated ? `no live video ${pair}` : `${pair} may use video`;
    return { outcome: "all", rules, reason, permitted };
  }
  const reason = `${pair}: ${live.length - kept.length} of ${live.length} live lines are video-related`;
  if (kept.length === 0) return { outcome: "nothing", rules: ["VID-11"], reason, permitted };
  const rules = basic ? (["VID-01", "VID-04", "VID-10"] as const) : (["DTM-06"] as const);
  return { outcome: "without video", rules, reason, permitted };
}

/** The only place that knows which media description is about video. Names compare without case. */
export function isVideoRelated(description: MediaDescription): boolean {
  const kind = description.kind.toLowerCase();
  if (kind === "video") return true;
  if (kind !== "application") return false;
  const last = description.protocol.toUpperCase().split("/").at(-1);
  return last === "BFCP" || last === "IX" || codecsOf(description).some(({ name }) => name.toUpperCase() === "H224");
}
