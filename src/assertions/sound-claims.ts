import { UsageError } from "../core/errors.ts";
import { describeStream, type MediaReport, type StreamReport } from "../media/index.ts";
import { addClaim, type Verdict } from "./claim.ts";
import type { StreamKind } from "./types.ts";

/** Claims about the RTP of a call, as its phone sent and received it. */
export function addSoundClaims(): void {
  addClaim("receivedAudio", (subject, packets: number = 1) =>
    judgeAudio(reportOf(subject, "receivedAudio"), "received", packets),
  );
  addClaim("sentAudio", (subject, packets: number = 1) => judgeAudio(reportOf(subject, "sentAudio"), "sent", packets));
  addClaim("receivedNothing", (subject, kind?: StreamKind) =>
    judgeNothing(reportOf(subject, "receivedNothing"), "received", kind),
  );
  addClaim("sentNothing", (subject, kind?: StreamKind) => judgeNothing(reportOf(subject, "sentNothing"), "sent", kind));
  addClaim("digits", (subject, digits: string) => judgeDigits(reportOf(subject, "digits"), digits));
}

type Way = "sent" | "received";

function reportOf(subject: unknown, claim: string): MediaReport {
  if (typeof subject === "object" && subject !== null && "streams" in subject && "digits" in subject) {
    return subject as MediaReport;
  }
  throw new UsageError(`${claim}() looks at the media of a call: expect(call.media()).to.have.${claim}(…)`, {
    code: "ERR_ASSERTION_SUBJECT",
  });
}

/** `video` is every m=video line, as in the claims about SDP. */
function isOfKind(stream: StreamReport, kind: StreamKind | undefined): boolean {
  return kind === undefined || stream.kind === kind || (kind === "video" && stream.kind === "slides");
}

function judgeAudio(report: MediaReport, way: Way, packets: number): Verdict {
  const audio = report.streams.filter(({ kind }) => kind === "audio");
  const counts = audio.map(({ sent, received }) => (way === "sent" ? sent.packets - sent.events : received.audio));
  const most = Math.max(0, ...counts);
  const stray = audio.reduce((sum, { received }) => sum + received.unlisted, 0);
  const expected = packets === 1 ? "audio" : `${packets} packets of audio`;
  return {
    outcome: most >= packets,
    subject: report.title,
    predicate: `have ${way} ${expected}`,
    expected,
    received: `${way} ${most === 0 ? "none" : most}`,
    hint:
      way === "received" && most < packets && stray > 0
        ? `hint: ${stray} packets came with payload types that this phone did not list`
        : undefined,
    shown: showStreams(report),
  };
}

/** Of a line for which no port was told, nothing can be heard: that proves nothing. */
function judgeNothing(report: MediaReport, way: Way, kind: StreamKind | undefined): Verdict {
  const streams = report.streams.filter((stream) => isOfKind(stream, kind));
  const watched = way === "sent" ? streams : streams.filter(({ localPort }) => localPort !== 0);
  const count = watched.reduce((sum, stream) => sum + stream[way].packets, 0);
  const what = kind === undefined ? "no RTP" : `no RTP of ${kind}`;
  return {
    outcome: watched.length === 0 ? "unverified" : count === 0,
    subject: report.title,
    predicate: `have ${way} ${what}`,
    expected: what,
    received: count === 0 ? `${way} none` : `${way} ${count} packets`,
    shown: showStreams(report),
  };
}

function judgeDigits(report: MediaReport, digits: string): Verdict {
  return {
    outcome: report.digits === digits,
    subject: report.title,
    predicate: `have heard the digits ${digits}`,
    expected: digits,
    received: report.digits === "" ? "heard none" : `heard ${report.digits}`,
    shown: showStreams(report),
  };
}

function showStreams({ streams }: MediaReport): string {
  if (streams.length === 0) return "    (no RTP was negotiated)";
  return streams.map((stream) => `    ${describeStream(stream)}${showTypes(stream)}`).join("\n");
}

/** ` [sent 0: 12, 101: 7; received 0: 11]`: packets by payload type. */
function showTypes({ sent, received }: StreamReport): string {
  const parts = Object.entries({ sent, received }).flatMap(([way, { payloadTypes }]) => {
    const counts = Object.entries(payloadTypes).map(([type, count]) => `${type}: ${count}`);
    return counts.length === 0 ? [] : [`${way} ${counts.join(", ")}`];
  });
  return parts.length === 0 ? "" : ` [${parts.join("; ")}]`;
}
