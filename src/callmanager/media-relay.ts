import { InternalError } from "../core/errors.ts";
import { directionOf, isLive, isRtp, type MediaDescription, type SessionDescription } from "../sdp/index.ts";
import { passing, permit, wordFor, type MediaContext } from "./media-context.ts";
import { alike, reject, transcribe, type MediaPlace } from "./media-lines.ts";
import { describe, heard, otherSide, pairedWith, slot, slotCount, type MediaState, type Side } from "./media-state.ts";
import { codecKey, relayableCodecs } from "./payload-types.ts";

/** A description of one phone as the other one gets it, and the session if that one takes it. */
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
  context: MediaContext,
): PassedOffer | undefined {
  const to = otherSide(from);
  const reader = state[to];
  const occasion = passing(state, from, "offer", context);
  const ruling = permit(context, occasion, offer);
  if (ruling.outcome === "nothing") return undefined;
  const usable = offer.media.map((media, index) => isLive(media) && ruling.permitted[index] === true);
  const keepsPlace = (line: MediaDescription, index: number): boolean =>
    ruling.permitted[index] === true || context.policies.expressStripped({ ...occasion, line }).outcome === "port 0";
  const pairs = pairNewLines(state, from, offer, { usable, keepsPlace });
  const count = Math.max(slotCount(reader), ...pairs.map((pair) => pair[to] + 1));
  const origins = Array.from({ length: count }, (_, index) => pairedWith(pairs, from, index) ?? -1);
  const sources = origins.map((origin) => offer.media[origin]);
  const media = sources.map((line, index) => {
    if (!line || usable[origins[index] ?? -1] !== true) return reject(idleLine(slot(reader, index) ?? line));
    return transcribe({
      session: offer,
      media: line,
      codecs: relayableCodecs(line),
      direction: directionOf(offer, line),
      protocol: line.protocol,
    });
  });
  const draft = describe(reader, offer, media);
  const sides = { [from]: heard(state[from], "received", offer), [to]: heard(reader, "sent", draft) };
  const session = wordFor(context, occasion, { draft, said: offer, sources });
  return { state: { ...state, ...sides, pairs }, session };
}

interface LineRulings {
  readonly usable: readonly boolean[];
  /** Whether a line that is not usable has a place in a first offer all the same. */
  readonly keepsPlace: (line: MediaDescription, index: number) => boolean;
}

/** Pairs for lines of the offer that have none yet. A reader without a session gets the offer's layout. */
function pairNewLines(
  state: MediaState,
  from: Side,
  offer: SessionDescription,
  { usable, keepsPlace }: LineRulings,
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
    if (idle === undefined && usable[index] !== true && !(first && keepsPlace(media, index))) continue;
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
  context: MediaContext,
): PassedOffer {
  const to = otherSide(from);
  const offerer = state[to];
  const offer = offerer.received;
  const occasion = passing(state, from, "answer", context);
  const { permitted } = permit(context, occasion, answer);
  const lines = offer?.media ?? [];
  const origins = lines.map((_, index) => pairedWith(state.pairs, from, index) ?? -1);
  const sources = origins.map((origin) => answer.media[origin]);
  const media = lines.map((offered, index) => {
    const answered = sources[index];
    const usable = answered && isLive(offered) && isLive(answered) && permitted[origins[index] ?? -1] === true;
    return (usable && answerLine(offered, { session: answer, media: answered })) || reject(offered);
  });
  const draft = describe(offerer, answer, media, offer?.times);
  const sides = { [from]: heard(state[from], "received", answer), [to]: heard(offerer, "sent", draft) };
  const session = wordFor(context, occasion, { draft, said: answer, sources });
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
