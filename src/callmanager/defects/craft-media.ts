import {
  codecsOf,
  contentOf,
  isLive,
  isRtp,
  type Attribute,
  type MediaDescription,
  type SessionDescription,
} from "../../sdp/index.ts";
import { permittedMedia, type MediaQuestion, type PermittedMedia } from "../policies/permitted-media.ts";
import type { Policies } from "../policies/policies.ts";
import { wordSession, type SessionWordingQuestion } from "../policies/word-session.ts";
import { OWN_IDEA } from "./craft.ts";

/** Everything passes where `forgets` says so. */
export function forgetting(forgets: (question: MediaQuestion) => boolean): Pick<Policies, "permittedMedia"> {
  return {
    permittedMedia: (question) =>
      forgets(question)
        ? { outcome: "all", ...OWN_IDEA, permitted: question.media.map(() => true) }
        : permittedMedia(question),
  };
}

/** Each line passes that is permitted, or that `leaves` names. */
export function leaving(leaves: (line: MediaDescription) => boolean): Pick<Policies, "permittedMedia"> {
  return { permittedMedia: (question) => again(question, (line, permitted) => permitted || leaves(line)) };
}

/** Between a Basic device and any other, lines that `takes` names do not pass either. */
export function taking(takes: (line: MediaDescription) => boolean): Pick<Policies, "permittedMedia"> {
  return {
    permittedMedia: (question) =>
      [question.from, question.to].includes("basic")
        ? again(question, (line, permitted) => permitted && !takes(line))
        : permittedMedia(question),
  };
}

export function again(
  question: MediaQuestion,
  passes: (line: MediaDescription, permitted: boolean) => boolean,
): PermittedMedia {
  const ruling = permittedMedia(question);
  const permitted = question.media.map((line, index) => passes(line, ruling.permitted[index] === true));
  const live = question.media.some(isLive);
  const left = question.media.some((line, index) => isLive(line) && permitted[index]);
  return { outcome: live && !left ? "nothing" : "without video", ...OWN_IDEA, permitted };
}

export function wording(
  word: (question: SessionWordingQuestion) => Partial<SessionDescription>,
): Pick<Policies, "wordSession"> {
  return {
    wordSession: (question) => {
      const correct = wordSession(question);
      return { ...correct, session: { ...correct.session, ...word(question) } };
    },
  };
}

/** The media lines of the draft, each with what the sender's own line says under these attribute names. */
export function withAttributes(
  { draft, sources }: SessionWordingQuestion,
  names: readonly string[],
): MediaDescription[] {
  return draft.media.map((line, index) => {
    const said = sources[index]?.attributes.filter(({ name }) => names.includes(name)) ?? [];
    const missing = said.filter((attribute) => !line.attributes.some((own) => sameAttribute(own, attribute)));
    return { ...line, attributes: [...line.attributes, ...missing] };
  });
}

function sameAttribute(a: Attribute, b: Attribute): boolean {
  return a.name === b.name && a.value === b.value;
}

export function isSlides(line: MediaDescription): boolean {
  return contentOf(line)?.split(",").includes("slides") === true;
}

export function isBfcp({ protocol }: MediaDescription): boolean {
  return protocol.toUpperCase().endsWith("BFCP");
}

export function isCameraControl(line: MediaDescription): boolean {
  return line.kind.toLowerCase() === "application" && isRtp(line);
}

export function isVideo({ kind }: MediaDescription): boolean {
  return kind.toLowerCase() === "video";
}

export function isAudio({ kind }: MediaDescription): boolean {
  return kind.toLowerCase() === "audio";
}

export function isSentOneWay({ attributes }: MediaDescription): boolean {
  return attributes.some(({ name }) => name === "sendonly");
}

/** Refused lines as their sender said them, where he said them live. */
export function revived({ media }: SessionDescription, sources: SessionWordingQuestion["sources"]): MediaDescription[] {
  return media.map((line, index) => {
    const source = sources[index];
    return source && isLive(source) && !isLive(line) ? source : line;
  });
}

function eventNumberOf(line: MediaDescription): string | undefined {
  const event = codecsOf(line).find(({ name }) => name.toLowerCase() === "telephone-event");
  return event && String(event.payloadType);
}

export function withoutTelephoneEvent(line: MediaDescription): MediaDescription {
  const number = eventNumberOf(line);
  if (number === undefined) return line;
  return {
    ...line,
    formats: line.formats.filter((format) => format !== number),
    attributes: line.attributes.filter(({ value }) => !value?.startsWith(`${number} `)),
  };
}

export function renumbered(line: MediaDescription): MediaDescription {
  const number = eventNumberOf(line);
  if (number === undefined) return line;
  const other = number === "126" ? "125" : "126";
  return {
    ...line,
    formats: line.formats.map((format) => (format === number ? other : format)),
    attributes: line.attributes.map(({ name, value }) =>
      value?.startsWith(`${number} `)
        ? { name, value: `${other}${value.slice(number.length)}` }
        : { name, ...(value !== undefined && { value }) },
    ),
  };
}
