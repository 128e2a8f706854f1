import { UsageError } from "../core/errors.ts";
import { printable } from "../core/text.ts";
import {
  codecsOf,
  contentOf,
  directionOf,
  isLive,
  parseSdp,
  type Codec,
  type Direction,
  type MediaDescription,
  type SessionDescription,
} from "../sdp/index.ts";
import type { MediaSession } from "../simulator/index.ts";
import { SipMessage } from "../sip/message/index.ts";
import { isOfKind } from "./line-kinds.ts";
import { labelOf } from "./show-message.ts";
import type { MediaKind } from "./types.ts";

/** An m-line as the claims see it: of one description, or offered and answered of a session. */
export interface LineView {
  /** From 1, as people count m-lines. */
  readonly position: number;
  readonly live: boolean;
  readonly codecs: readonly Codec[];
  readonly direction: Direction;
  readonly content: string | undefined;
  isOfKind(kind: MediaKind): boolean;
  /** The line, or offered and answered line, as text. */
  readonly text: string;
}

/** Something with m-lines, or undefined lines where a message carries no SDP. */
export interface SdpView {
  /** `the SDP of 200 OK to INVITE`, `the session`. */
  readonly label: string;
  readonly lines: readonly LineView[] | undefined;
}

/**
 * The description that a subject is or carries; undefined where there is no subject, or a message without one.
 * @throws {UsageError} ERR_ASSERTION_SUBJECT: it is nothing of that kind.
 */
export function descriptionOf(subject: unknown): SessionDescription | undefined {
  if (subject === undefined) return undefined;
  if (subject instanceof SipMessage) {
    return isSdpMessage(subject) ? parseSdp(subject.body) : undefined;
  }
  if (isObject(subject)) {
    if ("session" in subject && isDescription(subject.session)) return subject.session;
    if (isDescription(subject)) return subject;
  }
  throw new UsageError("this claim looks at SDP: a session description, a message, or what everySdp() gives", {
    code: "ERR_ASSERTION_SUBJECT",
  });
}

function isSdpMessage(message: SipMessage): boolean {
  return message.body.length > 0 && message.contentType?.type === "application/sdp";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isDescription(value: unknown): value is SessionDescription {
  return isObject(value) && "origin" in value && "media" in value;
}

export function isMediaSession(value: unknown): value is MediaSession {
  return isObject(value) && "offer" in value && "answer" in value && "localRole" in value;
}

/** What a subject is called in a sentence. */
export function sdpLabel(subject: unknown): string {
  if (isMediaSession(subject)) return "the session";
  if (subject instanceof SipMessage) return `the SDP of ${labelOf(subject)}`;
  if (isObject(subject) && "message" in subject && subject.message instanceof SipMessage) {
    return `the SDP of ${labelOf(subject.message)}`;
  }
  return "the SDP";
}

/** @throws {UsageError} ERR_ASSERTION_SUBJECT */
export function sdpViewOf(subject: unknown): SdpView {
  const label = sdpLabel(subject);
  if (isMediaSession(subject)) return { label, lines: negotiatedLines(subject) };
  const session = descriptionOf(subject);
  return { label, lines: session?.media.map((line, index) => describedLine(session, line, index + 1)) };
}

function describedLine(session: SessionDescription, line: MediaDescription, position: number): LineView {
  return {
    position,
    live: isLive(line),
    codecs: codecsOf(line),
    direction: directionOf(session, line),
    content: contentOf(line),
    isOfKind: (kind) => isOfKind(kind, line),
    text: showLine(line),
  };
}

/** Slot by slot: live when both sides gave a port, with the codecs and the direction of the answer. */
function negotiatedLines(session: MediaSession): LineView[] {
  const { offer, answer } = session;
  const slots = Math.max(offer.media.length, answer.media.length);
  return Array.from({ length: slots }, (_, index) => index).flatMap((index) => {
    const offered = offer.media[index];
    const answered = answer.media[index];
    const line = answered ?? offered;
    return line ? [negotiatedLine(session, { offered, answered, line }, index + 1)] : [];
  });
}

interface Slot {
  readonly offered: MediaDescription | undefined;
  readonly answered: MediaDescription | undefined;
  /** The answered one, else the offered one. */
  readonly line: MediaDescription;
}

function negotiatedLine(session: MediaSession, { offered, answered, line }: Slot, position: number): LineView {
  const direction = directionOf(answered ? session.answer : session.offer, line);
  const ownWords = answered ? session.localRole === "answerer" : session.localRole === "offerer";
  const remote = session.localRole === "offerer" ? answered : offered;
  const content = (remote && contentOf(remote)) ?? (offered && contentOf(offered));
  const texts = [
    offered ? `offered  ${showLine(offered)}` : "not offered",
    answered ? `answered ${showLine(answered)}` : "not answered",
  ];
  return {
    position,
    live: offered !== undefined && answered !== undefined && isLive(offered) && isLive(answered),
    codecs: codecsOf(line),
    direction: ownWords ? direction : MIRRORED[direction],
    content,
    isOfKind: (kind) => [offered, answered].some((either) => either !== undefined && isOfKind(kind, either)),
    text: texts.join("\n         "),
  };
}

const MIRRORED = { sendrecv: "sendrecv", sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" } as const;

/** Attributes worth a tester's eye when an m-line is shown. */
const SHOWN_ATTRIBUTES = new Set(["sendrecv", "sendonly", "recvonly", "inactive", "content", "rtpmap"]);

/** `m=video 0 RTP/AVP 97  (H264/90000, inactive, slides)`. */
export function showLine(line: MediaDescription): string {
  const { kind, port, portCount, protocol, formats, attributes } = line;
  const ports = portCount === undefined ? String(port) : `${port}/${portCount}`;
  const facts = attributes
    .filter(({ name }) => SHOWN_ATTRIBUTES.has(name))
    .map(({ name, value }) => (name === "rtpmap" ? (value ?? "") : (value ?? name)));
  const more = facts.length === 0 ? "" : `  (${facts.join(", ")})`;
  return printable(`m=${[kind, ports, protocol, ...formats].join(" ")}${more}`).slice(0, 200);
}

/** All m-lines, those of `marked` with an arrow. */
export function showLines(lines: readonly LineView[] | undefined, marked: readonly LineView[] = []): string {
  if (lines === undefined) return "    (no SDP)";
  if (lines.length === 0) return "    (no m-lines)";
  return lines.map((line) => `  ${marked.includes(line) ? "▶" : " "} ${line.position}  ${line.text}`).join("\n");
}
