import { InternalError } from "../core/errors.ts";
import { directionOf, isLive, isRtp, type MediaDescription, type SessionDescription } from "../sdp/index.ts";
import { alike, reject, transcribe, type MediaPlace } from "./media-lines.ts";
import { describe, heard, otherSide, pairedWith, slot, slotCount, type MediaState, type Side } from "./media-state.ts";
import { codecKey, relayableCodecs } from "./payload-types.ts";
import type { Policies } from "./policies/policies.ts";

export type PermittedMedia = Policies["permittedMedia"];

/** An offer of one phone as the other one gets it, and the session if that one takes it. */
export interface PassedOffer {
  readonly state: MediaState;
  readonly session: SessionDescription;
}

/**
 * Passes an offer of side `from` on to the other. Lines that may not pass, or that the reader has no line for, have
 * port 0 there; new ones take a line of their kind that lies idle, or come at the end (RFC 3264 §8).
 * @returns undefined where live lines were offered and none of them may pass: 488 (VID-11).
 */
export function passOffer(
  state: MediaState,
  from: Side,
  offer: SessionDescription,
  permittedMedia: PermittedMedia,
): PassedOffer | undefined {
  const to = otherSide(from);
  const reader = state[to];
  const ruling = permittedMedia({ media: offer.media, from: state[from].type, to: reader.type, part: "offer" });
  if (ruling.outcome === "nothing") return undefined;
  const usable = offer.media.map((media, index) => isLive(media) && ruling.permitted[index] === true);
  const pairs = pairNewLines(state, from, offer, usable);
  const count = Math.max(slotCount(reader), ...pairs.map((pair) => pair[to] + 1));
  const media = Array.from({ length: count }, (_, index) => {
    const source = pairedWith(pairs, from, index);
    const line = source === undefined ? undefined : offer.media[source];
    if (!line || usable[source ?? -1] !== true) return reject(idleLine(slot(reader, index) ?? line));
    return transcribe({
      session: offer,
      media: line,
      codecs: relayableCodecs(line),
      direction: directionOf(offer, line),
      protocol: line.protocol,
    });
  });
  const session = describe(reader, offer, media);
  const sides = { [from]: heard(state[from], "received", offer), [to]: heard(reader, "sent", session) };
  return { state: { ...state, ...sides, pairs }, session };
}

/** Pairs for lines of the offer that have none yet. A reader without a session gets the offer's layout. */
function pairNewLines(
  state: MediaState,
  from: Side,
  offer: SessionDescription,
  usable: readonly boolean[],
): MediaState["pairs"] {
  const to = otherSide(from);
  const reader = state[to];
  const first = slotCount(reader) === 0;
  let count = slotCount(reader);
  const pairs = [...state.pairs];
  for (const [index, media] of offer.media.entries()) {
    if (pairedWith(pairs, to, index) !== undefined) continue;
    const idle = Array.from({ length: count }, (_, place) => place).find(
      (place) => pairedWith(pairs, from, place) === undefined && alike(media, slot(reader, place)),
    );
    if (idle === undefined && !first && usable[index] !== true) continue;
    const place = idle ?? count;
    if (idle === undefined) count += 1;
    pairs.push({ caller: from === "caller" ? index : place, callee: from === "callee" ? index : place });
  }
  return pairs;
}

/**
 * Passes the answer of side `from` back to the one that offered: every line of the offer in its place, live only where
 * it was offered and answered live and may pass (VID-02, VID-05).
 */
export function passAnswer(
  state: MediaState,
  from: Side,
  answer: SessionDescription,
  permittedMedia: PermittedMedia,
): PassedOffer {
  const to = otherSide(from);
  const offerer = state[to];
  const offer = offerer.received;
  const { permitted } = permittedMedia({
    media: answer.media,
    from: state[from].type,
    to: offerer.type,
    part: "answer",
  });
  const media = (offer?.media ?? []).map((offered, index) => {
    const source = pairedWith(state.pairs, from, index);
    const answered = source === undefined ? undefined : answer.media[source];
    const usable = answered && isLive(offered) && isLive(answered) && permitted[source ?? -1] === true;
    return (usable && answerLine(offered, { session: answer, media: answered })) || reject(offered);
  });
  const session = describe(offerer, answer, media, offer?.times);
  const sides = { [from]: heard(state[from], "received", answer), [to]: heard(offerer, "sent", session) };
  return { state: { ...state, ...sides }, session };
}

/** The answered line; undefined where no codec of the offer is left. */
function answerLine(offered: MediaDescription, answered: MediaPlace): MediaDescription | undefined {
  const known = new Set(relayableCodecs(offered).map(codecKey));
  const codecs = relayableCodecs(answered.media).filter((codec) => known.has(codecKey(codec)));
  if (isRtp(offered) && codecs.length === 0) return undefined;
  const direction = directionOf(answered.session, answered.media);
  return transcribe({ ...answered, codecs, direction, protocol: offered.protocol });
}

/** Every line of a reader is its own or was made from a line of the offer. */
function idleLine(line: MediaDescription | undefined): MediaDescription {
  if (!line) throw new InternalError("an m-line came from nowhere", { code: "ERR_INTERNAL" });
  return line;
}
