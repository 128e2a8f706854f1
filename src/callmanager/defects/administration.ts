import {
  accept,
  judgeLine,
  judgePhone,
  judgeProfile,
  refuseChange,
  type LineChangeQuestion,
  type PhoneDefaults,
  type ProvisioningRuling,
} from "../../administration/index.ts";
import { isThirdParty, type Device, type Lab } from "../../inventory/index.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import { defaultSettings } from "../policies/default-settings.ts";
import { followRefusal } from "../policies/follow-refusal.ts";
import { migrateDevice } from "../policies/migrate-device.ts";
import type { Policies } from "../policies/policies.ts";
import { OWN_IDEA, refused } from "./craft.ts";
import type { Defect } from "./defect.ts";

/** New lines of these types start with other values. */
function startingWith(type: Device["type"], change: (defaults: PhoneDefaults) => object): Policies["defaultSettings"] {
  return (question) => {
    const defaults = defaultSettings(question);
    return question.type === type ? { ...defaults, ...change(defaults) } : defaults;
  };
}

/** The device that a change of lines is about, before it. */
function deviceOf({ lab, change }: LineChangeQuestion): Device | undefined {
  return lab.devices.find(({ name }) => name === change.phone);
}

function callsOf({ lines }: Pick<Device, "lines">): number {
  return lines.reduce((sum, { maxCalls }) => sum + maxCalls, 0);
}

/** Takes what is refused by one of these rules. */
function taking(rules: readonly string[], ruling: ProvisioningRuling): ProvisioningRuling {
  const first = ruling.rules[0];
  return ruling.outcome === "refused" && first !== undefined && rules.includes(first)
    ? accept([], OWN_IDEA.reason)
    : ruling;
}

/** The same lab, its devices with another value. */
function withDevices(lab: Lab, change: Partial<Device>): Lab {
  return { ...lab, devices: lab.devices.map((device) => ({ ...device, ...change })) };
}

const refusal = refuseChange([], OWN_IDEA.reason);

/** What a new phone has (CAP-01, CAP-02, DTM-05), and what an old one keeps (CAP-03). */
const valueDefects: readonly Defect[] = [
  {
    name: "gives-basic-lines-the-general-default",
    rule: "CAP-01",
    title: "starts the line of a Basic with four calls, as any other line",
    policies: { defaultSettings: startingWith("basic", ({ line }) => ({ line: { ...line, maxCalls: 4 } })) },
  },
  {
    name: "gives-basic-phones-eight-calls",
    rule: "CAP-01",
    title: "starts a Basic with the eight calls of release 5.0",
    policies: { defaultSettings: startingWith("basic", ({ device }) => ({ device: { ...device, maxCalls: 8 } })) },
  },
  {
    name: "gives-advanced-lines-a-busy-trigger-of-one",
    rule: "CAP-02",
    title: "starts the lines of an Advanced with a busy trigger of one",
    policies: { defaultSettings: startingWith("advanced", ({ line }) => ({ line: { ...line, busyTrigger: 1 } })) },
  },
  {
    name: "gives-advanced-phones-64-calls",
    rule: "CAP-02",
    title: "starts an Advanced with the 64 calls of release 5.0",
    policies: { defaultSettings: startingWith("advanced", ({ device }) => ({ device: { ...device, maxCalls: 64 } })) },
  },
  {
    name: "lowers-migrated-lines",
    rule: "CAP-03",
    title: "gives the lines of migrated phones the two calls of new ones",
    policies: {
      migrateDevice: ({ device }) => {
        const lines = device.lines.map((line) => ({ ...line, maxCalls: 2 }));
        return { outcome: "changed", ...OWN_IDEA, device: { ...device, lines } };
      },
    },
  },
  {
    name: "raises-migrated-busy-triggers",
    rule: "CAP-03",
    title: "gives the lines of migrated phones the busy trigger of their maximum",
    policies: {
      migrateDevice: (question) => {
        const { device } = migrateDevice(question);
        const lines = device.lines.map((line) => ({ ...line, busyTrigger: line.maxCalls }));
        return { outcome: "changed", ...OWN_IDEA, device: { ...device, lines } };
      },
    },
  },
  {
    name: "requires-dtmf-reception-of-new-phones",
    rule: "DTM-05",
    title: 'starts phones with "Require DTMF Reception" on',
    policies: {
      defaultSettings: (question) => {
        const defaults = defaultSettings(question);
        return { ...defaults, device: { ...defaults.device, requireDtmfReception: true } };
      },
    },
  },
];

/** The maxima of lines and the way out of a migration (CAP-09…13). */
const maximaDefects: readonly Defect[] = [
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

/** Lines, licences and profiles (PRV-01…06). */
const provisioningDefects: readonly Defect[] = [
  {
    name: "gives-a-basic-two-lines",
    rule: "PRV-01",
    title: "takes a second line on a Basic",
    policies: { admitLine: (question) => taking(["PRV-01"], judgeLine(question)) },
  },
  {
    name: "registers-any-number-of-a-basic",
    rule: "PRV-01",
    title: "registers a Basic under a number that it has not, on its one line",
    policies: {
      admitRegistration: (question) =>
        question.device.type === "basic" ? onTheOneLine(question) : admitRegistration(question),
    },
  },
  {
    name: "gives-an-advanced-nine-lines",
    rule: "PRV-02",
    title: "takes a ninth line on an Advanced",
    policies: { admitLine: (question) => taking(["PRV-02"], judgeLine(question)) },
  },
  {
    name: "gives-an-advanced-six-lines",
    rule: "PRV-02",
    title: "takes no more than six lines on an Advanced",
    policies: {
      admitLine: (question) =>
        question.change.kind === "associate-line" && (deviceOf(question)?.lines.length ?? 0) >= 6
          ? refusal
          : judgeLine(question),
    },
  },
  {
    name: "adds-phones-without-licences",
    rule: "PRV-03",
    title: "adds phones whatever licence units are left",
    policies: { admitPhone: (question) => taking(["PRV-03"], judgePhone(question)) },
  },
  {
    name: "counts-every-phone-alike",
    rule: "PRV-03",
    title: "takes three licence units for an Advanced too, when it decides",
    policies: {
      admitPhone: (question) => {
        const { change, lab } = question;
        if (change.kind !== "add-phone" || change.phone.type !== "advanced" || lab.licenceUnits === undefined) {
          return judgePhone(question);
        }
        const after = { ...question.after, licenceUnits: lab.licenceUnits + 3 };
        return judgePhone({ ...question, after });
      },
    },
  },
  {
    name: "enables-digest-in-standard-profiles",
    rule: "PRV-04",
    title: "enables digest in standard security profiles",
    policies: { admitProfile: (question) => taking(["PRV-04"], judgeProfile(question)) },
  },
  {
    name: "enables-digest-in-no-profile",
    rule: "PRV-04",
    title: "takes no new security profile with digest on",
    policies: {
      admitProfile: (question) =>
        question.change.kind === "add-security-profile" && question.change.digestAuthentication
          ? refusal
          : judgeProfile(question),
    },
  },
  {
    name: "grants-the-lifetime-of-the-profile",
    rule: "PRV-05",
    title: "grants registrations the lifetime that the SIP profile tells phones to ask for",
    policies: {
      admitRegistration: (question) => {
        const { registerExpiresSeconds } = question.device.sipProfile.phoneParameters;
        const device = { ...question.device, registrationSeconds: registerExpiresSeconds };
        return admitRegistration({ ...question, device });
      },
    },
  },
  {
    name: "counts-redirections-by-the-profile",
    rule: "PRV-05",
    title: "follows no redirection of a phone whose SIP profile has that parameter at 0",
    policies: {
      followRefusal: (question) => {
        const course = followRefusal(question);
        const barred = question.device.sipProfile.phoneParameters.maxRedirects === 0;
        return barred && course.outcome === "diverted" ? { outcome: "given up", ...OWN_IDEA } : course;
      },
    },
  },
  {
    name: "ignores-sip-profiles",
    rule: "PRV-05",
    title: "offers late whatever the SIP profile says",
    policies: { placeOffer: () => ({ outcome: "delayed", ...OWN_IDEA }) },
  },
  {
    name: "registers-numbers-that-were-changed",
    rule: "PRV-06",
    title: "registers a phone with one line under whatever number it tells",
    policies: { admitRegistration: onTheOneLine },
  },
  {
    name: "renumbers-no-line",
    rule: "PRV-06",
    title: "refuses another number for a line",
    policies: {
      admitLine: (question) =>
        question.change.kind === "update-line" && question.change.settings.directoryNumber !== undefined
          ? refusal
          : judgeLine(question),
    },
  },
];

/** What belongs to Cisco's own phones (Table 1). */
const deviceDefects: readonly Defect[] = [
  {
    name: "resets-third-party-phones",
    rule: "DEV-05",
    title: "tells third-party phones to reset as it does Cisco's",
    policies: { resetDevice: resetBy("service-control") },
  },
  {
    name: "resets-third-party-phones-by-check-sync",
    rule: "DEV-05",
    title: "tells third-party phones to reset by check-sync",
    policies: { resetDevice: resetBy("check-sync") },
  },
  {
    name: "registers-only-phones-that-tell-a-mac-address",
    rule: "DEV-07",
    title: "registers no phone without +sip.instance, as if it had loaded its settings here",
    policies: {
      admitRegistration: (question) => {
        const [contact] = question.contacts === "*" ? [] : question.contacts;
        const silent = contact !== undefined && !contact.parameters.has("+sip.instance");
        return silent ? refused(403) : admitRegistration(question);
      },
    },
  },
];

/** Takes whatever number a phone with one line registers for that line's. */
function onTheOneLine(
  question: Parameters<Policies["admitRegistration"]>[0],
): ReturnType<Policies["admitRegistration"]> {
  const registration = admitRegistration(question);
  const [line, other] = question.device.lines;
  const [contact] = question.contacts === "*" ? [] : question.contacts;
  if (registration.outcome !== "refused" || registration.status !== 404 || !line || other || !contact)
    return registration;
  return { outcome: "bind", ...OWN_IDEA, line, contact, expiresSeconds: question.settings.expiresSeconds };
}

function resetBy(event: string): Policies["resetDevice"] {
  return () => ({ outcome: "notify", ...OWN_IDEA, event, contentType: "text/plain", body: "action=reset\r\n" });
}

/** What an administrator does while the call manager runs, gone wrong. */
export const administrationDefects: readonly Defect[] = [
  ...valueDefects,
  ...maximaDefects,
  ...provisioningDefects,
  ...deviceDefects,
];
