import type { RegistrationQuestion } from "../policies/admit-registration.ts";
import { userOf } from "../../sip/message/index.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import { challengeRequest } from "../policies/challenge-request.ts";
import { endBinding } from "../policies/end-binding.ts";
import { identifyDevice } from "../policies/identify-device.ts";
import type { Policies } from "../policies/policies.ts";
import { tellMessagesWaiting } from "../policies/tell-messages-waiting.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import { wordRegistration } from "../policies/word-registration.ts";
import { identified, OWN_IDEA, refused } from "./craft.ts";
import type { Defect } from "./defect.ts";

/** Whether the REGISTER would give its binding up. */
function leaves({ contacts, expires }: RegistrationQuestion): boolean {
  const [contact] = contacts === "*" ? [] : contacts;
  return (contact?.parameters.get("expires") ?? String(expires ?? "")) === "0";
}

/** Bindings last that part of the lifetime that phones are told. */
function lasting(part: number): Pick<Policies, "admitRegistration" | "wordRegistration"> {
  return {
    admitRegistration: (question) => {
      const registration = admitRegistration(question);
      return registration.outcome === "bind"
        ? { ...registration, expiresSeconds: registration.expiresSeconds * part }
        : registration;
    },
    wordRegistration: (question) => {
      const wording = wordRegistration(question);
      const headers = wording.headers.map(
        ([name, value]) => [name, name === "Expires" ? String(Number(value) / part) : value] as const,
      );
      return { ...wording, headers };
    },
  };
}

/** How long a binding lasts, what ends it, and what the phone is told of it (REG-18…REG-28). */
export const bindingDefects: readonly Defect[] = [
  {
    name: "grants-whatever-lifetime-is-asked",
    rule: "REG-18",
    title: "grants the lifetime that the phone asks for, an hour or more",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        return registration.outcome === "bind"
          ? { ...registration, expiresSeconds: question.expires ?? registration.expiresSeconds }
          : registration;
      },
    },
  },
  {
    name: "tells-no-lifetime",
    rule: "REG-18",
    title: "says nowhere how long the registration lasts",
    policies: {
      wordRegistration: (question) => {
        const wording = wordRegistration(question);
        return { ...wording, headers: wording.headers.filter(([name]) => name !== "Expires") };
      },
    },
  },
  {
    name: "lets-a-registration-outlive-its-time",
    rule: "REG-19",
    title: "reaches phones by bindings whose time is up",
    policies: {
      endBinding: (question) =>
        question.cause === "expired" ? { outcome: "kept", ...OWN_IDEA } : endBinding(question),
    },
  },
  {
    name: "forgets-a-registration-before-its-time",
    rule: "REG-19",
    title: "forgets bindings after a quarter of the lifetime that it told",
    policies: lasting(1 / 4),
  },
  {
    name: "keeps-a-registration-half-as-long-again",
    rule: "REG-19",
    title: "forgets bindings after one and a half of the lifetime that it told",
    policies: lasting(3 / 2),
  },
  {
    name: "takes-a-wrong-password-on-refresh",
    rule: "REG-20",
    title: "does not look at the password of a phone that is registered",
    policies: {
      verifyCredentials: (question) =>
        question.binding ? { outcome: "not checked", ...OWN_IDEA } : verifyCredentials(question),
    },
  },
  {
    name: "takes-a-copied-refresh-for-a-keepalive",
    rule: "REG-20",
    title: "asks for no credentials where Call-ID and Contact are those of a binding, from wherever they come",
    policies: {
      challengeRequest: (question) => {
        const { method, credentialed, location, request } = question;
        const known = location.withNumber(userOf(request.to.uri) ?? "").some(({ callId }) => callId === request.callId);
        return method === "REGISTER" && !credentialed && known
          ? { outcome: "pass", ...OWN_IDEA }
          : challengeRequest(question);
      },
      identifyDevice: (question) => {
        const [binding] = question.location.withNumber(userOf(question.request.to.uri) ?? "");
        return question.username === undefined && binding ? identified(binding.device) : identifyDevice(question);
      },
    },
  },
  {
    name: "grants-seconds",
    rule: "REG-21",
    title: "grants a lifetime below the minimum as it is asked",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration({
          ...question,
          settings: { ...question.settings, minExpiresSeconds: 0 },
        });
        const asked = question.expires ?? question.settings.expiresSeconds;
        return registration.outcome === "bind" && asked < question.settings.minExpiresSeconds
          ? { ...registration, expiresSeconds: asked }
          : registration;
      },
    },
  },
  {
    name: "keeps-the-minimum-to-itself",
    rule: "REG-21",
    title: "refuses short lifetimes by 423 and does not say what would do",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        return "status" in registration && registration.status === 423 ? refused(423) : registration;
      },
    },
  },
  {
    name: "keeps-the-binding-after-expires-0",
    rule: "REG-22",
    title: "answers Expires: 0 by 200 and reaches the phone all the same",
    policies: {
      endBinding: (question) =>
        question.cause === "unregistered" ? { outcome: "kept", ...OWN_IDEA } : endBinding(question),
    },
  },
  {
    name: "refuses-to-unregister",
    rule: "REG-22",
    title: "takes Expires: 0 for too short a lifetime",
    policies: {
      admitRegistration: (question) => {
        const { minExpiresSeconds } = question.settings;
        return leaves(question) && question.contacts !== "*"
          ? refused(423, [["Min-Expires", String(minExpiresSeconds)]])
          : admitRegistration(question);
      },
    },
  },
  {
    name: "unregisters-all-by-a-star",
    rule: "REG-23",
    title: "obeys Contact: * and removes the binding",
    policies: {
      admitRegistration: (question) => {
        const line = question.device.lines.find(({ directoryNumber }) => directoryNumber === userOf(question.to));
        return question.contacts === "*" && line
          ? { outcome: "unbind", ...OWN_IDEA, line }
          : admitRegistration(question);
      },
    },
  },
  {
    name: "says-yes-to-a-star",
    rule: "REG-23",
    title: "answers Contact: * by 200 and does nothing",
    policies: {
      admitRegistration: (question) =>
        question.contacts === "*" ? admitRegistration({ ...question, contacts: [] }) : admitRegistration(question),
    },
  },
  {
    name: "lists-the-contacts-of-a-shared-line",
    rule: "REG-24",
    title: "lists the Contacts of all devices that share the line",
    policies: {
      wordRegistration: (question) => {
        const wording = wordRegistration(question);
        const others = question.others.map(({ contact }) => ["Contact", `<${contact.uriText}>`] as const);
        return { ...wording, headers: [...wording.headers, ...others] };
      },
    },
  },
  {
    name: "binds-all-lines-at-once",
    rule: "REG-25",
    title: "registers every line of a phone by the REGISTER of one",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        if (registration.outcome !== "bind") return registration;
        return { ...registration, furtherLines: question.device.lines.filter((line) => line !== registration.line) };
      },
    },
  },
  {
    name: "registers-one-line-of-a-phone-only",
    rule: "REG-25",
    title: "refuses a second line at the Contact address of the first",
    policies: {
      admitRegistration: (question) => {
        const { device, location, to } = question;
        const another = device.lines.some(
          (line) => line.directoryNumber !== userOf(to) && location.of(device, line).length > 0,
        );
        return another && !leaves(question) ? refused(403) : admitRegistration(question);
      },
    },
  },
  {
    name: "keeps-messages-waiting-to-itself",
    rule: "REG-27",
    title: "sends no NOTIFY about messages after a registration",
    policies: {
      tellMessagesWaiting: (question) => ({ ...tellMessagesWaiting(question), outcome: "untold" }),
    },
  },
  {
    name: "says-nothing-of-messages",
    rule: "REG-27",
    title: "sends a NOTIFY about messages that does not say whether any wait",
    policies: {
      tellMessagesWaiting: (question) => ({ ...tellMessagesWaiting(question), summary: "Voice-Message: 0/0\r\n" }),
    },
  },
  {
    name: "registers-by-udp-only",
    rule: "REG-28",
    title: "refuses REGISTER over TCP",
    policies: {
      admitRegistration: (question) => (question.protocol === "tcp" ? refused(403) : admitRegistration(question)),
    },
  },
  {
    name: "registers-by-tcp-only",
    rule: "REG-28",
    title: "refuses REGISTER over UDP",
    policies: {
      admitRegistration: (question) => (question.protocol === "udp" ? refused(403) : admitRegistration(question)),
    },
  },
];
