import { codecsOf } from "./codecs.ts";
import type {
  Attribute,
  Connection,
  Description,
  Direction,
  MediaDescription,
  MediaRole,
  SessionDescription,
} from "./model.ts";

const DIRECTIONS: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/** The first a= line of that name; attribute names are case-sensitive. */
export function attributeOf(description: Description, name: string): Attribute | undefined {
  return description.attributes.find((attribute) => attribute.name === name);
}

/** Whether the line's port is not 0. A `bundle-only` line counts as not live; our phones don't bundle. */
export function isLive(media: MediaDescription): boolean {
  return media.port !== 0;
}

/** Direction of the line: its own, else the session's, else `sendrecv` (RFC 8866 §6.7). */
export function directionOf(session: SessionDescription, media: MediaDescription): Direction {
  return ownDirection(media) ?? ownDirection(session) ?? "sendrecv";
}

function ownDirection(description: Description): Direction | undefined {
  const names = description.attributes.map((attribute) => attribute.name);
  return DIRECTIONS.find((direction) => names.includes(direction));
}

/** What an answerer may do at most when the offerer says `offered`, RFC 3264 §6.1. */
export function complementOf(offered: Direction): Direction {
  return directionFrom({ sends: receives(offered), receives: sends(offered) });
}

/** What both ends of one stream allow, both seen from the same side. */
export function narrowestOf(a: Direction, b: Direction): Direction {
  return directionFrom({ sends: sends(a) && sends(b), receives: receives(a) && receives(b) });
}

function sends(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

function receives(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}

function directionFrom(flow: { sends: boolean; receives: boolean }): Direction {
  if (flow.sends) return flow.receives ? "sendrecv" : "sendonly";
  return flow.receives ? "recvonly" : "inactive";
}

/** The c= line that holds for the media description: its own, else the session's. */
export function connectionOf(session: SessionDescription, media: MediaDescription): Connection | undefined {
  return media.connection ?? session.connection;
}

/** `main`, `slides`, `speaker`…: what a=content says (RFC 4796); several are given as they stand, `slides,alt`. */
export function contentOf(media: MediaDescription): string | undefined {
  return attributeOf(media, "content")?.value;
}

/** What our phones would call the line, or undefined: not one of theirs. */
export function roleOf(media: MediaDescription): MediaRole | undefined {
  switch (media.kind.toLowerCase()) {
    case "audio":
      return "audio";
    case "video":
      return contentOf(media)?.split(",").includes("slides") ? "slides" : "video";
    case "image":
      return media.protocol.toLowerCase() === "udptl" ? "fax" : undefined;
    case "application":
      if (/(^|\/)BFCP$/i.test(media.protocol)) return "bfcp";
      return codecsOf(media).some((codec) => codec.name.toUpperCase() === "H224") ? "fecc" : undefined;
    default:
      return undefined;
  }
}

/** The line with that direction in place of its own. */
export function withDirection(media: MediaDescription, direction: Direction): MediaDescription {
  const others = media.attributes.filter((attribute) => !DIRECTIONS.some((known) => known === attribute.name));
  return { ...media, attributes: [...others, { name: direction }] };
}

/** The line as an answer refuses it: port 0, formats as offered, nothing else (RFC 3264 §6). */
export function rejectedLine(media: MediaDescription): MediaDescription {
  return {
    kind: media.kind,
    port: 0,
    protocol: media.protocol,
    formats: media.formats,
    bandwidths: [],
    attributes: [],
  };
}

/** Whether anything of the session is left; an answer without a live line is better said as 488 (RFC 3261 §21.4.26). */
export function hasLiveMedia(session: SessionDescription): boolean {
  return session.media.some(isLive);
}
