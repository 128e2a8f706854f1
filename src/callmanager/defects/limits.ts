import { admitCall } from "../policies/admit-call.ts";
import type { Defect } from "./defect.ts";

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
];
