import { UsageError } from "../core/errors.ts";
import type { Direction } from "../sdp/index.ts";
import { addClaim, addSelector, type Selected, type Verdict } from "./claim.ts";
import { sdpViewOf, showLines, type LineView, type SdpView } from "./sdp-view.ts";
import type { MediaKind } from "./types.ts";

/** The m-lines that `media(…)` picked out, with what they were picked from. */
class MediaSelection {
  readonly sdp: SdpView;
  readonly lines: readonly LineView[];
  /** `video`, `second video`. */
  readonly name: string;

  constructor(sdp: SdpView, lines: readonly LineView[], name: string) {
    this.sdp = sdp;
    this.lines = lines;
    this.name = name;
  }

  /** The selection narrowed to one line. */
  only(line: LineView): MediaSelection {
    return new MediaSelection(this.sdp, [line], this.name);
  }

  get state(): "live" | "rejected" | "absent" | "unknown" {
    if (this.sdp.lines === undefined) return "unknown";
    if (this.lines.length === 0) return "absent";
    return this.lines.some(({ live }) => live) ? "live" : "rejected";
  }
}

const ORDINALS = ["first", "second", "third", "fourth"];

export function addMediaClaims(): void {
  addSelector("media", select);
  addClaim("live", (subject) => judgeState(subject, "live", ["live"]));
  addClaim("rejected", judgeRejected);
  addClaim("absent", (subject) => judgeState(subject, "absent", ["absent"]));
  addClaim("notLive", (subject) => judgeState(subject, "rejected or absent", ["rejected", "absent"]));
  addClaim("codec", judgeCodec);
  addClaim("direction", judgeDirection);
  addClaim("content", judgeContent);
}

function select(subject: unknown, kind: MediaKind, index?: number): Selected {
  const sdp = sdpViewOf(subject);
  const ofKind = sdp.lines?.filter((line) => line.isOfKind(kind)) ?? [];
  const lines = index === undefined ? ofKind : ofKind.slice(index, index + 1);
  const name = index === undefined ? kind : `${ORDINALS[index] ?? `${index + 1}th`} ${kind}`;
  return { subject: new MediaSelection(sdp, lines, name), selection: { text: `${sdp.label}, ${name}` } };
}

function selectionOf(subject: unknown): MediaSelection {
  if (subject instanceof MediaSelection) return subject;
  throw new UsageError('say first which m-line is meant: expect(…).to.have.media("video").live()', {
    code: "ERR_ASSERTION_SUBJECT",
  });
}

/** What the state of the lines is, for the sentence of a failure. */
function describeState(selection: MediaSelection): string {
  switch (selection.state) {
    case "unknown":
      return "there is no SDP";
    case "absent":
      return `there is no ${selection.name} line`;
    case "rejected":
      return `${positions(selection.lines)} rejected (port 0)`;
    case "live":
      return `${positions(selection.lines.filter(({ live }) => live))} live`;
  }
}

function positions(lines: readonly LineView[]): string {
  const numbers = lines.map(({ position }) => position).join(", ");
  return lines.length === 1 ? `m-line ${numbers} is` : `m-lines ${numbers} are`;
}

type State = Exclude<MediaSelection["state"], "unknown">;

function verdictOf(selection: MediaSelection, predicate: string): Omit<Verdict, "outcome"> {
  return {
    subject: selection.sdp.label,
    predicate,
    expected: predicate.replace(/^have /, ""),
    received: describeState(selection),
    shown: showLines(selection.sdp.lines, selection.lines),
  };
}

function judgeState(subject: unknown, words: string, accepted: readonly State[]): Verdict {
  const selection = selectionOf(subject);
  const { state } = selection;
  const verdict = verdictOf(selection, `have ${selection.name} ${words}`);
  // Without SDP nothing is live, but nothing was shown to be kept out either.
  if (state === "unknown") return { ...verdict, outcome: accepted.includes("absent") ? "unverified" : false };
  const live = selection.lines.find((line) => line.live);
  const narrowed = state === "live" && live ? { next: selection.only(live) } : {};
  return { ...verdict, ...narrowed, outcome: accepted.includes(state) };
}

function judgeRejected(subject: unknown): Verdict {
  const verdict = judgeState(subject, "rejected (slot kept, port 0)", ["rejected"]);
  const { state } = selectionOf(subject);
  if (state !== "absent") return verdict;
  return {
    ...verdict,
    hint: "hint: an answer keeps the slot of every offered m-line (RFC 3264 §6); absent() claims its absence",
  };
}

/** A claim about a live line: the first of the selection that is. */
function judgeLive(
  subject: unknown,
  predicate: (name: string) => string,
  judge: (line: LineView) => [boolean, string],
): Verdict {
  const selection = selectionOf(subject);
  const verdict = verdictOf(selection, predicate(selection.name));
  const line = selection.lines.find(({ live }) => live);
  if (!line) return { ...verdict, outcome: false };
  const [outcome, received] = judge(line);
  return { ...verdict, outcome, received: `m-line ${line.position} ${received}` };
}

function judgeCodec(subject: unknown, name: string): Verdict {
  return judgeLive(
    subject,
    (media) => `have ${media} with codec ${name}`,
    ({ codecs }) => [
      codecs.some((codec) => codec.name.toLowerCase() === name.toLowerCase()),
      `has ${codecs.map((codec) => codec.name).join(", ") || "no codec"}`,
    ],
  );
}

function judgeDirection(subject: unknown, ...accepted: Direction[]): Verdict {
  return judgeLive(
    subject,
    (media) => `have ${media} ${accepted.join(" or ")}`,
    (line) => [accepted.includes(line.direction), `is ${line.direction}`],
  );
}

function judgeContent(subject: unknown, content: string): Verdict {
  const selection = selectionOf(subject);
  const verdict = verdictOf(selection, `have ${selection.name} with a=content:${content}`);
  if (selection.lines.length === 0) return { ...verdict, outcome: false };
  const contents = selection.lines.map((line) => line.content ?? "none");
  return {
    ...verdict,
    outcome: selection.lines.some((line) => line.content?.split(",").includes(content) ?? false),
    received: `content is ${contents.join(" and ")}`,
  };
}
