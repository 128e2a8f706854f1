import { createAnswer, createOffer, type MediaSpec, type SessionDescription } from "../../src/sdp/index.ts";
import type { MediaSession } from "../../src/simulator/index.ts";

export function offerOf(...media: MediaSpec[]): SessionDescription {
  return createOffer({ media, address: "10.0.0.1", ports: ports(20_000), origin: { sessionId: "1" } });
}

export function answerOf(offer: SessionDescription, ...media: MediaSpec[]): SessionDescription {
  return createAnswer(offer, { media, address: "10.0.0.2", ports: ports(30_000), origin: { sessionId: "2" } });
}

function ports(first: number): () => number {
  let next = first - 2;
  return () => (next += 2);
}

export function sessionOf(
  offer: SessionDescription,
  answer: SessionDescription,
  localRole: MediaSession["localRole"] = "offerer",
): MediaSession {
  const [local, remote] = localRole === "offerer" ? [offer, answer] : [answer, offer];
  return { offer, answer, local, remote, localRole };
}
