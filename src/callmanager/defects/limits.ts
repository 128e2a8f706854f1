import { admitCall } from "../policies/admit-call.ts";
import { releaseLine } from "../policies/release-line.ts";
import type { CallAdmissionQuestion, CountedCall } from "../policies/admit-call.ts";
import type { CallEnd } from "../policies/release-line.ts";
import type { Policies } from "../policies/policies.ts";
import { wordMessage } from "../policies/word-message.ts";
import { OWN_IDEA, refused } from "./craft.ts";
import type { Defect } from "./defect.ts";

/** The same question as a call manager sees it that counts `counted` calls only. */
function counting(question: CallAdmissionQuestion, counted: (call: CountedCall) => boolean): CallAdmissionQuestion {
  const calls = question.calls.filter(counted);
  const callsOnLine = calls.filter(({ line }) => line.directoryNumber === question.line.directoryNumber).length;
  return { ...question, calls, callsOnLine, callsOnDevice: calls.length };
}

function neverReleasing(end: CallEnd): Pick<Policies, "releaseLine"> {
  return {
    releaseLine: (question) => (question.end === end ? { outcome: "kept", ...OWN_IDEA } : releaseLine(question)),
  };
}

/** How many calls a line and a device have room for (CAP-04…CAP-08). */
export const limitDefects: readonly Defect[] = [
  {
    name: "busy-one-call-late",
    rule: "CAP-04",
    title: "takes one call more than the busy trigger allows",
    policies: {
      admitCall: (question) =>
        admitCall({
          ...question,
          callsOnLine: Math.max(0, question.callsOnLine - 1),
          callsOnDevice: Math.max(0, question.callsOnDevice - 1),
        }),
    },
  },
  {
    name: "busy-one-call-early",
    rule: "CAP-04",
    title: "is busy one call before the busy trigger",
    policies: {
      admitCall: (question) => admitCall({ ...question, callsOnLine: question.callsOnLine + 1 }),
    },
  },
  {
    name: "knows-no-busy-trigger",
    rule: "CAP-04",
    title: "lets any number of calls ring at a phone",
    policies: {
      admitCall: (question) =>
        question.direction === "incoming"
          ? admitCall({ ...question, callsOnLine: 0, callsOnDevice: 0 })
          : admitCall(question),
    },
  },
  {
    name: "calls-a-busy-line-unknown",
    rule: "CAP-04",
    title: "answers 404 where a line is busy",
    policies: {
      admitCall: (question) => {
        const ruling = admitCall(question);
        return question.direction === "incoming" && "status" in ruling ? refused(404) : ruling;
      },
    },
  },
  {
    name: "counts-only-incoming-calls",
    rule: "CAP-06",
    title: "counts only the calls that came to a phone",
    policies: {
      admitCall: (question) => admitCall(counting(question, ({ direction }) => direction === "incoming")),
    },
  },
  {
    name: "limits-incoming-calls-only",
    rule: "CAP-06",
    title: "lets a phone place any number of calls",
    policies: {
      admitCall: (question) =>
        question.direction === "outgoing" ? { outcome: "admitted", ...OWN_IDEA } : admitCall(question),
    },
  },
  {
    name: "counts-each-direction-by-itself",
    rule: "CAP-06",
    title: "counts calls placed and calls taken apart",
    policies: {
      admitCall: (question) => admitCall(counting(question, ({ direction }) => direction === question.direction)),
    },
  },
  {
    name: "ignores-the-forward-when-busy",
    rule: "CAP-05",
    title: "says busy though the line forwards when busy",
    policies: { divertBusy: () => ({ outcome: "busy", ...OWN_IDEA }) },
  },
  {
    name: "does-not-say-who-forwarded",
    rule: "CAP-05",
    title: "forwards when busy without a Diversion header",
    policies: {
      wordMessage: (question) =>
        question.message.has("Diversion")
          ? { ...wordMessage(question), outcome: "changed", message: question.message.delete("Diversion") }
          : wordMessage(question),
    },
  },
  {
    name: "never-counts-down-after-bye",
    rule: "CAP-07",
    title: "counts calls for ever that were hung up",
    policies: neverReleasing("hung up"),
  },
  {
    name: "never-counts-down-after-cancel",
    rule: "CAP-07",
    title: "counts calls for ever that the caller cancelled",
    policies: neverReleasing("cancelled"),
  },
  {
    name: "never-counts-down-after-a-refusal",
    rule: "CAP-07",
    title: "counts calls for ever that a phone refused",
    policies: neverReleasing("refused"),
  },
  {
    name: "never-counts-down-after-a-time-out",
    rule: "CAP-07",
    title: "counts calls for ever that nobody answered in time",
    policies: neverReleasing("failed"),
  },
  {
    name: "never-counts-down-calls-that-a-phone-placed",
    rule: "CAP-07",
    title: "counts for ever what a phone placed and was refused",
    policies: {
      releaseLine: (question) =>
        question.call.direction === "outgoing" && question.end === "refused"
          ? { outcome: "kept", ...OWN_IDEA }
          : releaseLine(question),
    },
  },
  {
    name: "never-counts-down-sessions-that-ran-out",
    rule: "CAP-07",
    title: "counts for ever what it cleared because a phone fell silent",
    policies: neverReleasing("expired"),
  },
  {
    name: "takes-a-seventeenth-call",
    rule: "CAP-08",
    title: "has no limit of calls for a whole device",
    policies: {
      admitCall: (question) => {
        const free = question.callsOnDevice >= question.device.maxCalls;
        return free ? { outcome: "admitted", ...OWN_IDEA } : admitCall(question);
      },
    },
  },
  {
    name: "stops-at-fifteen-calls",
    rule: "CAP-08",
    title: "refuses an Advanced phone its sixteenth call",
    policies: {
      admitCall: (question) =>
        question.device.maxCalls === 16 && question.callsOnDevice >= 15 ? refused(486) : admitCall(question),
    },
  },
  {
    name: "counts-calls-by-device-alone",
    rule: "CAP-08",
    title: "takes the busy trigger of a line for that of the whole phone",
    policies: {
      admitCall: (question) => admitCall({ ...question, callsOnLine: question.callsOnDevice }),
    },
  },
];
