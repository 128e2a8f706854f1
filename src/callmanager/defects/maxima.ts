import { accept, judgeLine } from "../../administration/index.ts";
import { isThirdParty, type Device, type Lab } from "../../inventory/index.ts";
import { OWN_IDEA } from "./craft.ts";
import { deviceOf, refusal, taking } from "./craft-administration.ts";
import type { Defect } from "./defect.ts";

function callsOf({ lines }: Pick<Device, "lines">): number {
  return lines.reduce((sum, { maxCalls }) => sum + maxCalls, 0);
}

/** The same lab, its devices with another value. */
function withDevices(lab: Lab, change: Partial<Device>): Lab {
  return { ...lab, devices: lab.devices.map((device) => ({ ...device, ...change })) };
}

/** The maxima of lines and the way out of a migration (CAP-09…13). */
export const maximaDefects: readonly Defect[] = [
  {
    name: "changes-lines-in-the-negative-zone",
    rule: "CAP-09",
    title: "accepts changes of lines while they have more calls than the device",
    policies: { admitLine: (question) => taking(["CAP-09", "CAP-13"], judgeLine(question)) },
  },
  {
    name: "lets-lines-be-lowered-in-the-negative-zone",
    rule: "CAP-09",
    title: "accepts changes in the negative zone that lower the calls",
    policies: {
      admitLine: (question) => {
        const ruling = judgeLine(question);
        const after = question.after.devices.find(({ name }) => name === question.change.phone);
        const before = deviceOf(question);
        const lowers = before && after && question.change.kind === "update-line" && callsOf(after) < callsOf(before);
        return lowers ? taking(["CAP-09"], ruling) : ruling;
      },
    },
  },
  {
    name: "keeps-lines-on-in-the-negative-zone",
    rule: "CAP-10",
    title: "refuses to disassociate lines in the negative zone, as any change",
    policies: {
      admitLine: (question) => {
        const before = deviceOf(question);
        const blocked = before && isThirdParty(before.type) && callsOf(before) > 16;
        return question.change.kind === "disassociate-line" && blocked ? refusal : judgeLine(question);
      },
    },
  },
  {
    name: "counts-lines-that-were-taken-off",
    rule: "CAP-10",
    title: "goes on counting the calls of lines that were disassociated",
    policies: {
      admitLine: (question) => {
        const off = question.lab.unassociatedLines.reduce((sum, { maxCalls }) => sum + maxCalls, 0);
        const before = deviceOf(question);
        const blocked = before && off > 0 && callsOf(before) + off > 16;
        return question.change.kind === "update-line" && blocked ? refusal : judgeLine(question);
      },
    },
  },
  {
    name: "blocks-at-sixteen-calls",
    rule: "CAP-11",
    title: "blocks changes once the lines have as many calls as the device, not more",
    policies: {
      admitLine: (question) => {
        const before = deviceOf(question);
        const full = before && before.migratedFrom !== undefined && callsOf(before) >= 16;
        return question.change.kind === "update-line" && full ? refusal : judgeLine(question);
      },
    },
  },
  {
    name: "blocks-from-six-lines-on",
    rule: "CAP-11",
    title: "takes five lines of four calls for few enough",
    policies: {
      admitLine: (question) => {
        const ruling = judgeLine(question);
        return (deviceOf(question)?.lines.length ?? 0) <= 5 ? taking(["CAP-09", "CAP-13"], ruling) : ruling;
      },
    },
  },
  {
    name: "blocks-migrated-basic-phones",
    rule: "CAP-12",
    title: "blocks the one line of a migrated Basic like the many of an Advanced",
    policies: {
      admitLine: (question) => {
        const before = deviceOf(question);
        const blocked = before?.type === "basic" && callsOf(before) > 2;
        return question.change.kind === "update-line" && blocked ? refusal : judgeLine(question);
      },
    },
  },
  {
    name: "lets-migrated-basic-phones-keep-more",
    rule: "CAP-12",
    title: "takes any number of calls for the line of a migrated Basic, up to the eight of before",
    policies: {
      admitLine: (question) => {
        const migrated = deviceOf(question)?.type === "basic" && deviceOf(question)?.migratedFrom !== undefined;
        return migrated ? taking(["CAP-12", "CAP-13"], judgeLine(question)) : judgeLine(question);
      },
    },
  },
  {
    name: "takes-any-number-of-calls",
    rule: "CAP-13",
    title: "takes more calls of the lines than the device may have",
    policies: {
      admitLine: (question) =>
        judgeLine({ ...question, after: withDevices(question.after, { type: "cisco-7961", maxCalls: 200 }) }),
    },
  },
  {
    name: "takes-any-busy-trigger",
    rule: "CAP-13",
    title: "takes a busy trigger above the calls of its line",
    policies: {
      admitLine: (question) => {
        const ruling = judgeLine(question);
        return ruling.reason.startsWith("busyTrigger") ? accept([], OWN_IDEA.reason) : ruling;
      },
    },
  },
];
