import {
  attributeOf,
  complementOf,
  directionOf,
  isLive,
  isRtp,
  narrowestOf,
  type Codec,
  type MediaDescription,
  type SessionDescription,
} from "../sdp/index.ts";
import { alike, reject, transcribe, type MediaPlace } from "./media-lines.ts";
import { passing, permit, wordFor, type MediaContext } from "./media-context.ts";
import { describe, heard, pairedWith, type MediaState, type Side, type SideMedia } from "./media-state.ts";
import { codecKey, isAuxiliary, relayableCodecs } from "./payload-types.ts";

/** Answers to two offers that met at the call manager. */
export interface CombinedOffers {
  readonly state: MediaState;
  readonly answers: Readonly<Record<Side, SessionDescription>>;
  /** False: something was offered, and nothing of it is live in the answers. */
  readonly live: boolean;
}

/**
 * Answers two offers with each other: delayed offer to the called phone gives the call manager one of each side. A
 * line is live where both offered one of the kind, it may pass, and they share a codec; one codec is chosen, by the
 * caller's preference, with the events that both know.
 * @param contexts of what each side said, on its way to the other.
 */
export function combineOffers(
  state: MediaState,
  offers: Readonly<Record<Side, SessionDescription>>,
  contexts: Readonly<Record<Side, MediaContext>>,
): CombinedOffers {
  const { caller, callee } = state;
  const occasions = {
    caller: passing(state, "caller", "answer", contexts.caller),
    callee: passing(state, "callee", "answer", contexts.callee),
  };
  const rulings = {
    caller: permit(contexts.caller, occasions.caller, offers.caller),
    callee: permit(contexts.callee, occasions.callee, offers.callee),
  };
  const pairs = pairOffers(offers);
  const lines = { caller: offers.caller.media.map(reject), callee: offers.callee.media.map(reject) };
  for (const pair of pairs) {
    const places = { caller: placeOf(offers.caller, pair.caller), callee: placeOf(offers.callee, pair.callee) };
    const answers = places.caller && places.callee ? meet(places.caller, places.callee) : undefined;
    if (!answers) continue;
    if (rulings.callee.permitted[pair.callee] === true) lines.caller[pair.caller] = answers.caller;
    if (rulings.caller.permitted[pair.caller] === true) lines.callee[pair.callee] = answers.callee;
  }
  const drafts = {
    caller: describe(caller, offers.callee, lines.caller, offers.caller.times),
    callee: describe(callee, offers.caller, lines.callee, offers.callee.times),
  };
  const live = lines.caller.some(isLive) || !(offers.caller.media.some(isLive) || offers.callee.media.some(isLive));
  const sideOf = (side: SideMedia, offer: SessionDescription, answer: SessionDescription): SideMedia =>
    heard(heard(side, "received", offer), "sent", answer);
  const worded = (side: Side, from: Side): SessionDescription => {
    const said = offers[from];
    const sources = lines[side].map((_, index) => said.media[pairedWith(pairs, from, index) ?? -1]);
    return wordFor(contexts[from], occasions[from], { draft: drafts[side], said, sources });
  };
  return {
    answers: { caller: worded("caller", "callee"), callee: worded("callee", "caller") },
    live,
    state: {
      pairs,
      caller: sideOf(caller, offers.caller, drafts.caller),
      callee: sideOf(callee, offers.callee, drafts.callee),
    },
  };
}

function placeOf(session: SessionDescription, index: number): MediaPlace | undefined {
  const media = session.media[index];
  return media && { session, media };
}

/** Lines of both offers that are about the same, in the caller's order; each is used once. */
function pairOffers(offers: Readonly<Record<Side, SessionDescription>>): Record<Side, number>[] {
  const taken = new Set<number>();
  const pairs: Record<Side, number>[] = [];
  for (const [caller, media] of offers.caller.media.entries()) {
    const callee = offers.callee.media.findIndex((other, index) => !taken.has(index) && alike(media, other));
    if (callee < 0) continue;
    taken.add(callee);
    pairs.push({ caller, callee });
  }
  return pairs;
}

/** Both answers for one pair of lines; undefined where it cannot be live. */
function meet(caller: MediaPlace, callee: MediaPlace): Record<Side, MediaDescription> | undefined {
  if (!isLive(caller.media) || !isLive(callee.media) || isSecured(caller.media) || isSecured(callee.media))
    return undefined;
  const shared = sharedCodecs(caller.media, callee.media);
  if (isRtp(caller.media) && shared.length === 0) return undefined;
  const setup = setupRoles(caller.media, callee.media);
  const answer = (own: MediaPlace, peer: MediaPlace, codecs: readonly Codec[], peerSetup?: string): MediaDescription =>
    transcribe({
      ...peer,
      codecs,
      direction: narrowestOf(directionOf(peer.session, peer.media), complementOf(directionOf(own.session, own.media))),
      protocol: own.media.protocol,
      setup: peerSetup,
    });
  const calleesCodecs = shared.map(({ callees }) => callees);
  const callersCodecs = shared.map(({ callers }) => callers);
  return {
    caller: answer(caller, callee, calleesCodecs, setup?.callee),
    callee: answer(callee, caller, callersCodecs, setup?.caller),
  };
}

/** SRTP needs keys of both offers to be chosen from; third-party phones have none (TLS-06). */
function isSecured(media: MediaDescription): boolean {
  return isRtp(media) && media.protocol.toUpperCase().includes("SAVP");
}

interface SharedCodec {
  readonly callers: Codec;
  readonly callees: Codec;
}

/** The first codec of the caller's that the callee has too, and events and comfort noise of both. */
function sharedCodecs(caller: MediaDescription, callee: MediaDescription): SharedCodec[] {
  const theirs = new Map(relayableCodecs(callee).map((codec) => [codecKey(codec), codec]));
  const shared = relayableCodecs(caller).flatMap((callers) => {
    const callees = theirs.get(codecKey(callers));
    return callees ? [{ callers, callees }] : [];
  });
  const main = shared.find(({ callers }) => !isAuxiliary(callers));
  return main ? [main, ...shared.filter(({ callers }) => isAuxiliary(callers))] : [];
}

/** Who connects, where both lines say `a=setup` (RFC 4145 §4.1): the caller unless one of them insists otherwise. */
function setupRoles(caller: MediaDescription, callee: MediaDescription): Record<Side, string> | undefined {
  const [callers, callees] = [caller, callee].map((media) => attributeOf(media, "setup")?.value);
  if (callers === undefined || callees === undefined) return undefined;
  const active = callers === "active" || callees === "passive" || (callers === "actpass" && callees === "actpass");
  return active ? { caller: "active", callee: "passive" } : { caller: "passive", callee: "active" };
}
