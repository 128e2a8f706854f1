import { nextVersion, type Connection, type MediaDescription, type SessionDescription } from "../sdp/index.ts";

import type { MediaParty } from "./policies/permitted-media.ts";

/** The two legs of a call, by who called. */
export type Side = "caller" | "callee";

export function otherSide(side: Side): Side {
  return side === "caller" ? "callee" : "caller";
}

/** What one phone and we said to each other last. */
export interface SideMedia {
  readonly party: MediaParty;
  /** sess-id of our o= lines towards the phone. */
  readonly sessionId: string;
  /** Our own address, for o= lines and for sessions without live media. */
  readonly address: string;
  readonly received?: SessionDescription;
  readonly sent?: SessionDescription;
}

/**
 * The session of a call: what each side knows, and which m-line of one is which of the other. Their layouts differ,
 * since with delayed offer both phones made their own. Immutable, so an exchange that fails leaves it as it was.
 */
export interface MediaState {
  readonly caller: SideMedia;
  readonly callee: SideMedia;
  readonly pairs: readonly Readonly<Record<Side, number>>[];
}

/** Number of m-lines that a side has; it never shrinks (RFC 3264 §8). */
export function slotCount({ sent, received }: SideMedia): number {
  return Math.max(sent?.media.length ?? 0, received?.media.length ?? 0);
}

/** What the side last said of an m-line: the phone's own words rather than ours. */
export function slot(side: SideMedia, index: number): MediaDescription | undefined {
  return side.received?.media[index] ?? side.sent?.media[index];
}

/** The m-line of `side` that is line `index` of the other side. */
export function pairedWith(pairs: MediaState["pairs"], side: Side, index: number): number | undefined {
  return pairs.find((pair) => pair[otherSide(side)] === index)?.[side];
}

/** The side after a description came from the phone or went to it. */
export function heard(side: SideMedia, part: "received" | "sent", session: SessionDescription): SideMedia {
  return { ...side, [part]: session };
}

/**
 * A session description of ours for one phone, in CUCM's form: own origin, `s=SIP Call`, one c= at session level with
 * the address of the other phone, since media goes direct.
 */
export function describe(
  side: Pick<SideMedia, "sessionId" | "address" | "sent">,
  source: SessionDescription,
  media: readonly MediaDescription[],
  times = source.times,
): SessionDescription {
  const addressType = side.address.includes(":") ? "IP6" : "IP4";
  const own: Connection = { networkType: "IN", addressType, address: side.address };
  const connection = media.find(({ port, connection }) => port !== 0 && connection)?.connection ?? own;
  const whole = source.media.length === media.length && media.every(({ port }) => port !== 0);
  const session: SessionDescription = {
    version: "0",
    origin: { username: "CiscoSystemsCCM-SIP", sessionId: side.sessionId, sessionVersion: "1", ...own },
    name: "SIP Call",
    connection,
    bandwidths: whole ? source.bandwidths : [],
    times,
    attributes: [],
    media: media.map((line) => withoutRepeated(line, connection)),
  };
  return side.sent ? nextVersion(side.sent, session) : session;
}

/** The line without a c= that only says what the session's says. */
function withoutRepeated({ connection, ...line }: MediaDescription, session: Connection): MediaDescription {
  const repeated = connection?.address === session.address && connection.addressType === session.addressType;
  return connection && !repeated ? { ...line, connection } : line;
}
