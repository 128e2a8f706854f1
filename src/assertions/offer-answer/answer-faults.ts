import {
  attributeOf,
  codecsOf,
  connectionOf,
  directionOf,
  isLive,
  isRtp,
  type Codec,
  type Direction,
  type MediaDescription,
  type SessionDescription,
} from "../../sdp/index.ts";

/** The rules of RFC 3264 §6 that an answer can break. */
export type AnswerRule =
  | "line-count"
  | "line-kind"
  | "line-protocol"
  | "formats"
  | "rejected-stays-rejected"
  | "common-format"
  | "direction"
  | "connection"
  | "time"
  | "rtcp-mux";

export interface AnswerFault {
  readonly rule: AnswerRule;
  /** m-line from 1; undefined: the answer as a whole. */
  readonly line?: number;
  /** What is wrong, with the section of the RFC. */
  readonly text: string;
}

/**
 * What is wrong with `answer` as an answer to `offer`; empty for a correct one. Made from RFC 3264 alone and apart from
 * the answer builder, so that a mistake of one shows in the other.
 */
export function answerFaults(offer: SessionDescription, answer: SessionDescription): AnswerFault[] {
  const faults: AnswerFault[] = [];
  if (answer.media.length !== offer.media.length) {
    faults.push({
      rule: "line-count",
      text: `${answer.media.length} m-lines answer ${offer.media.length} (RFC 3264 §6: the same number)`,
    });
  }
  if (answer.times.join() !== offer.times.join()) {
    faults.push({
      rule: "time",
      text: `t=${answer.times.join()} answers t=${offer.times.join()} (RFC 3264 §6: equal)`,
    });
  }
  for (const [index, offered] of offer.media.entries()) {
    const answered = answer.media[index];
    if (answered)
      faults.push(...lineFaults({ offer, answer, offered, answered }).map((fault) => ({ ...fault, line: index + 1 })));
  }
  return faults;
}

interface Pair {
  readonly offer: SessionDescription;
  readonly answer: SessionDescription;
  readonly offered: MediaDescription;
  readonly answered: MediaDescription;
}

type LineFault = Omit<AnswerFault, "line">;

function lineFaults(pair: Pair): LineFault[] {
  const { offered, answered } = pair;
  if (!sameWord(offered.kind, answered.kind)) {
    return [{ rule: "line-kind", text: `m=${answered.kind} answers m=${offered.kind} (RFC 3264 §6: the same order)` }];
  }
  const faults: LineFault[] = [];
  if (!sameWord(offered.protocol, answered.protocol)) {
    faults.push({
      rule: "line-protocol",
      text: `${answered.protocol} answers ${offered.protocol} (RFC 3264 §6: the same transport)`,
    });
  }
  if (answered.formats.length === 0) {
    faults.push({ rule: "formats", text: "no format (RFC 3264 §6: at least one, of a rejected line too)" });
  }
  if (!isLive(answered)) return faults;
  if (!isLive(offered) && !attributeOf(offered, "bundle-only")) {
    return [...faults, { rule: "rejected-stays-rejected", text: "live, though offered with port 0 (RFC 3264 §6)" }];
  }
  return [...faults, ...acceptedFaults(pair)];
}

function acceptedFaults(pair: Pair): LineFault[] {
  const { offer, answer, offered, answered } = pair;
  const faults: LineFault[] = [];
  if (answered.formats.length > 0 && !hasCommonFormat(offered, answered)) {
    faults.push({
      rule: "common-format",
      text: `${answered.formats.join(" ")} has nothing of the offered ${offered.formats.join(" ")} (RFC 3264 §6.1)`,
    });
  }
  const theirs = directionOf(offer, offered);
  const ours = directionOf(answer, answered);
  if (!ALLOWED[theirs].includes(ours)) {
    faults.push({
      rule: "direction",
      text: `${ours} answers ${theirs} (RFC 3264 §6.1: ${ALLOWED[theirs].join(" or ")})`,
    });
  }
  if (!connectionOf(answer, answered)) {
    faults.push({ rule: "connection", text: "no c= for it (RFC 8866 §5.7)" });
  }
  if (attributeOf(answered, "rtcp-mux") && !attributeOf(offered, "rtcp-mux")) {
    faults.push({ rule: "rtcp-mux", text: "a=rtcp-mux was not offered (RFC 5761 §5.1.1)" });
  }
  return faults;
}

const ALLOWED: Readonly<Record<Direction, readonly Direction[]>> = {
  sendrecv: ["sendrecv", "sendonly", "recvonly", "inactive"],
  sendonly: ["recvonly", "inactive"],
  recvonly: ["sendonly", "inactive"],
  inactive: ["inactive"],
};

/**
 * RTP formats are compared by what they mean, since the numbers may differ for each direction; tones alone make an
 * answer only to an offer of tones alone (RFC 4733 §1). Other formats are compared as they stand.
 */
function hasCommonFormat(offered: MediaDescription, answered: MediaDescription): boolean {
  if (!isRtp(offered))
    return answered.formats.some((format) => offered.formats.some((other) => sameWord(format, other)));
  const all = codecsOf(offered);
  const media = all.filter((codec) => !isTones(codec));
  const wanted = media.length > 0 ? media : all;
  if (all.length === 0) return answered.formats.some((format) => offered.formats.includes(format));
  return codecsOf(answered).some((codec) => wanted.some((other) => sameCodec(codec, other)));
}

function isTones(codec: Codec): boolean {
  return sameWord(codec.name, "telephone-event") || sameWord(codec.name, "CN");
}

function sameCodec(a: Codec, b: Codec): boolean {
  return sameWord(a.name, b.name) && a.clockRate === b.clockRate && (a.channels ?? 1) === (b.channels ?? 1);
}

function sameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
