import { userOf, type NameAddr } from "../../sip/message/index.ts";
import type { Appearance } from "../directory.ts";
import { admitRegistration, type Registration, type RegistrationQuestion } from "../policies/admit-registration.ts";
import { challengeRequest } from "../policies/challenge-request.ts";
import { identifyDevice } from "../policies/identify-device.ts";
import type { Policies } from "../policies/policies.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import { wordChallenge } from "../policies/word-challenge.ts";
import { wordRegistration } from "../policies/word-registration.ts";
import { identified, OWN_IDEA, refused, withDigest } from "./craft.ts";
import type { Defect } from "./defect.ts";

function firstContact({ contacts }: RegistrationQuestion): NameAddr | undefined {
  return contacts === "*" ? undefined : contacts[0];
}

type Registered = Pick<Registration, "line" | "device">;

/** Binds what `bound` names, by the first Contact; everything else as it should be. */
function binding(bound: (question: RegistrationQuestion) => Registered | undefined): Partial<Policies> {
  return {
    admitRegistration: (question) => {
      const registered = bound(question);
      const contact = firstContact(question);
      if (!registered || !contact) return admitRegistration(question);
      return { outcome: "bind", ...OWN_IDEA, ...registered, contact, expiresSeconds: question.settings.expiresSeconds };
    },
  };
}

/** Another phone that has the number in To. */
function otherOwner({ directory, to, device }: RegistrationQuestion): Appearance | undefined {
  const [owner] = directory.appearances(userOf(to) ?? "");
  return owner?.device === device ? undefined : owner;
}

/** What a REGISTER has to prove, and what number it may be for (REG-01…REG-17). */
export const registrationDefects: readonly Defect[] = [
  {
    name: "challenges-a-register-as-a-proxy",
    rule: "REG-01",
    title: "challenges REGISTER by 407",
    policies: {
      wordChallenge: (question) => {
        const wording = wordChallenge(question);
        if (question.request.method !== "REGISTER") return wording;
        const headers = wording.headers.map(([, value]) => ["Proxy-Authenticate", value] as const);
        return { ...wording, status: 407, headers };
      },
    },
  },
  {
    name: "answers-200-and-binds-nothing",
    rule: "REG-03",
    title: "answers a good REGISTER by 200 and forgets it",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        if (registration.outcome !== "bind") return registration;
        return { outcome: "query", ...OWN_IDEA, line: registration.line };
      },
      wordRegistration: (question) => {
        const [contact] = question.request.contacts === "*" ? [] : question.request.contacts;
        const headers = contact
          ? ([
              ["Expires", "120"],
              ["Contact", `<${contact.uriText}>`],
            ] as const)
          : [];
        return { outcome: "worded", ...OWN_IDEA, headers };
      },
    },
  },
  {
    name: "does-not-echo-the-contact",
    rule: "REG-03",
    title: "lists no Contact in the 200",
    policies: {
      wordRegistration: (question) => {
        const wording = wordRegistration(question);
        return { ...wording, headers: wording.headers.filter(([name]) => name !== "Contact") };
      },
    },
  },
  {
    name: "accepts-any-password",
    rule: "REG-06",
    title: "looks at the username alone, though the check box is on",
    policies: {
      verifyCredentials: (question) => verifyCredentials({ ...question, device: withDigest(question.device, false) }),
    },
  },
  {
    name: "takes-an-old-challenge-for-ever",
    rule: "REG-06",
    title: "makes one nonce, and challenges a wrong password with it again",
    policies: {
      wordChallenge: (question) => wordChallenge({ ...question, nonce: "QUxMIFRIRSBTQU1FIE5PTkNFISEhISEh" }),
      verifyCredentials: (question) => verifyCredentials({ ...question, nonce: "valid" }),
    },
  },
  {
    name: "registers-any-number",
    rule: "REG-12",
    title: "binds the phone's first line by whatever number To and From carry",
    policies: binding((question) => {
      const [line] = question.device.lines;
      const ruling = admitRegistration(question);
      const missed = "status" in ruling && ruling.status === 404;
      return missed && line ? { line } : undefined;
    }),
  },
  {
    name: "checks-the-length-of-the-number-only",
    rule: "REG-12",
    title: "takes every number that is as long as the phone's own",
    policies: binding((question) => {
      const number = userOf(question.to) ?? "";
      const line = question.device.lines.find(({ directoryNumber }) => directoryNumber.length === number.length);
      const unowned = "status" in admitRegistration(question) && question.directory.appearances(number).length === 0;
      const meant = /^\d+$/.test(number) && number === userOf(question.from);
      return unowned && meant && line ? { line } : undefined;
    }),
  },
  {
    name: "reads-numbers-as-integers",
    rule: "REG-12",
    title: "takes the phone's number with noughts before it",
    policies: binding(({ to, device }) => {
      const number = userOf(to) ?? "";
      const line = device.lines.find(({ directoryNumber }) => Number(directoryNumber) === Number(number));
      return /^0\d+$/.test(number) && line ? { line } : undefined;
    }),
  },
  {
    name: "lets-a-phone-take-the-number-of-another",
    rule: "REG-13",
    title: "gives whoever has a good digest the binding of any phone's number",
    policies: binding(otherOwner),
  },
  {
    name: "binds-the-number-of-another-beside-it",
    rule: "REG-13",
    title: "answers 200 to the number of another phone, whose own binding it leaves alone",
    policies: binding((question) => {
      const owner = otherOwner(question);
      return owner && { line: owner.line };
    }),
  },
  {
    name: "looks-at-to-alone",
    rule: "REG-14",
    title: "takes the number from To, whatever From says",
    policies: {
      admitRegistration: (question) => admitRegistration({ ...question, from: question.to }),
    },
  },
  {
    name: "takes-names-for-numbers",
    rule: "REG-14",
    title: "binds the phone's first line where To and From carry a name",
    policies: binding(({ to, device }) => {
      const [line] = device.lines;
      return line && /[a-z]/i.test(userOf(to) ?? "") ? { line } : undefined;
    }),
  },
  {
    name: "verifies-the-password-though-the-box-is-off",
    rule: "REG-15",
    title: "verifies the password of phones whose security profile has digest authentication off",
    policies: {
      verifyCredentials: (question) => verifyCredentials({ ...question, device: withDigest(question.device, true) }),
    },
  },
  {
    name: "challenges-only-where-the-box-is-on",
    rule: "REG-15",
    title: "registers phones by their number, unchallenged, whose security profile has digest authentication off",
    policies: {
      challengeRequest: (question) => {
        const { method, credentialed, directory, request } = question;
        const [owner] = directory.appearances(userOf(request.to.uri) ?? "");
        const trusted =
          method === "REGISTER" && !credentialed && owner?.device.securityProfile.digestAuthentication === false;
        return trusted ? { outcome: "pass", ...OWN_IDEA } : challengeRequest(question);
      },
      identifyDevice: (question) => {
        const [owner] = question.directory.appearances(userOf(question.request.to.uri) ?? "");
        return question.username === undefined && owner ? identified(owner.device) : identifyDevice(question);
      },
    },
  },
  {
    name: "takes-an-empty-response-for-right",
    rule: "REG-16",
    title: "accepts credentials with an empty response, though the check box is on",
    policies: {
      verifyCredentials: (question) =>
        question.credentials.response === "" ? { outcome: "verified", ...OWN_IDEA } : verifyCredentials(question),
    },
  },
  {
    name: "wants-a-response-though-the-box-is-off",
    rule: "REG-16",
    title: "refuses an empty response of phones whose security profile has digest authentication off",
    policies: {
      verifyCredentials: (question) =>
        question.credentials.response === "" ? refused(401) : verifyCredentials(question),
    },
  },
  {
    name: "takes-no-password-for-any-password",
    rule: "REG-17",
    title: "accepts every response for a user without digest credentials",
    policies: {
      verifyCredentials: (question) =>
        question.user && question.user.password === undefined
          ? { outcome: "not checked", ...OWN_IDEA }
          : verifyCredentials(question),
    },
  },
];
