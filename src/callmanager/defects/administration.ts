import { judgeLine, judgePhone, judgeProfile, type PhoneDefaults } from "../../administration/index.ts";
import type { Device } from "../../inventory/index.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import { defaultSettings } from "../policies/default-settings.ts";
import { followRefusal } from "../policies/follow-refusal.ts";
import { migrateDevice } from "../policies/migrate-device.ts";
import type { Policies } from "../policies/policies.ts";
import { OWN_IDEA, refused } from "./craft.ts";
import { deviceOf, refusal, taking } from "./craft-administration.ts";
import type { Defect } from "./defect.ts";

/** New lines of these types start with other values. */
function startingWith(type: Device["type"], change: (defaults: PhoneDefaults) => object): Policies["defaultSettings"] {
  return (question) => {
    const defaults = defaultSettings(question);
    return question.type === type ? { ...defaults, ...change(defaults) } : defaults;
  };
}

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

/** What an administrator does while the call manager runs, gone wrong (PRV-01…06, CAP-01…03, DTM-05, DEV-05, DEV-07). */
export const administrationDefects: readonly Defect[] = [...valueDefects, ...provisioningDefects, ...deviceDefects];
