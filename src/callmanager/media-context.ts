import type { SessionDescription } from "../sdp/index.ts";
import { otherSide, type MediaState, type Side } from "./media-state.ts";
import type { DescriptionPassing, MediaQuestion, PermittedMedia } from "./policies/permitted-media.ts";
import type { Policies } from "./policies/policies.ts";
import type { SessionWordingQuestion } from "./policies/word-session.ts";

/** On what occasion a session description passes, and the policies that say what becomes of it. */
export interface MediaContext extends Pick<DescriptionPassing, "phase" | "carrier" | "message"> {
  readonly policies: Pick<Policies, "permittedMedia" | "expressStripped" | "wordSession">;
}

/** The same occasion, as policies are asked about it: what `from` said goes to the other side. */
export function passing(
  state: MediaState,
  from: Side,
  part: DescriptionPassing["part"],
  { phase, carrier, message }: MediaContext,
): DescriptionPassing {
  return { sender: state[from].party, reader: state[otherSide(from)].party, part, phase, carrier, message };
}

export function permit(
  { policies }: MediaContext,
  occasion: DescriptionPassing,
  { media }: SessionDescription,
): PermittedMedia {
  const question: MediaQuestion = {
    ...occasion,
    media,
    from: occasion.sender.device.type,
    to: occasion.reader.device.type,
  };
  return policies.permittedMedia(question);
}

export function wordFor(
  { policies }: MediaContext,
  occasion: DescriptionPassing,
  wording: Pick<SessionWordingQuestion, "draft" | "said" | "sources">,
): SessionDescription {
  return policies.wordSession({ ...occasion, ...wording }).session;
}
