import { quote } from "../../sip/message/index.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import { challengeRequest } from "../policies/challenge-request.ts";
import { identifyDevice } from "../policies/identify-device.ts";
import { tellMessagesWaiting } from "../policies/tell-messages-waiting.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import { wordChallenge } from "../policies/word-challenge.ts";
import { wordRegistration } from "../policies/word-registration.ts";
import type { Policies } from "../policies/policies.ts";
import type { Variant } from "./variant.ts";

const OTHER_REALM = "sip.example.com";

/** Each challenge with further parameters. */
function challengingWith(parameters: string): Pick<Policies, "wordChallenge"> {
  return {
    wordChallenge: (question) => {
      const wording = wordChallenge(question);
      return {
        ...wording,
        headers: wording.headers.map(([name, value]) => [name, `${value}, ${parameters}`] as const),
      };
    },
  };
}

/** Call managers that register phones in another way. */
export const registrationVariants: readonly Variant[] = [
  {
    name: "forbids-unknown-users",
    title: "answers 403 where others answer 404 to unknown users and numbers",
    legalBecause: "REG-07, REG-08, REG-10 and REG-12 accept 403 and 404",
    policies: {
      identifyDevice: (question) => {
        const identity = identifyDevice(question);
        return "status" in identity && identity.status === 404 ? { ...identity, status: 403 } : identity;
      },
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        return "status" in registration && registration.status === 404
          ? { ...registration, status: 403 }
          : registration;
      },
    },
  },
  {
    name: "conflicts-about-shared-users",
    title: "answers 409 to phones that share a digest user",
    legalBecause: "REG-10 accepts 409",
    policies: {
      identifyDevice: (question) => {
        const identity = identifyDevice(question);
        const shared = question.directory.devicesOfDigestUser(question.username ?? "").length > 1;
        return "status" in identity && shared ? { ...identity, status: 409 } : identity;
      },
    },
  },
  {
    name: "forbids-wrong-passwords",
    title: "answers a wrong password by 403",
    legalBecause: "REG-06 accepts 401 and 403",
    policies: {
      verifyCredentials: (question) => {
        const verification = verifyCredentials(question);
        const wrong = "status" in verification && verification.rules.includes("REG-06");
        return wrong ? { ...verification, status: 403 } : verification;
      },
    },
  },
  {
    name: "offers-qop-auth",
    title: "challenges with qop=auth",
    legalBecause: "RFC 3261 §22.4 allows qop; REG-02 is observed only",
    policies: challengingWith('qop="auth"'),
  },
  {
    name: "challenges-with-opaque-and-domain",
    title: "challenges with opaque and domain",
    legalBecause: "RFC 3261 §22.4: a phone copies opaque and ignores what it does not know",
    policies: challengingWith('opaque="5ccc069c, \\"403ebaf9\\"", domain="sip:example.com"'),
  },
  {
    name: "says-stale",
    title: "marks the challenge of a nonce that is too old as stale",
    legalBecause: "RFC 3261 §22.4",
    policies: {
      wordChallenge: (question) => {
        const wording = wordChallenge(question);
        if (question.broughtNonce !== "expired") return wording;
        return { ...wording, headers: wording.headers.map(([name, value]) => [name, `${value}, stale=true`] as const) };
      },
    },
  },
  {
    name: "has-another-realm",
    title: "challenges for a realm of its own",
    legalBecause: "any realm goes, the phone copies it (REG-02)",
    policies: {
      wordChallenge: (question) => wordChallenge({ ...question, realm: OTHER_REALM }),
      verifyCredentials: (question) => verifyCredentials({ ...question, realm: OTHER_REALM }),
    },
  },
  {
    name: "names-no-algorithm",
    title: "offers a scheme and an algorithm that nobody knows first, and names none for MD5",
    legalBecause: "RFC 2617 §3.2.1, RFC 8760 §2.4: the phone takes the first that it knows",
    policies: {
      wordChallenge: (question) => {
        const digest = `Digest realm=${quote(question.realm)}, nonce=${quote(question.nonce)}`;
        const values = [`Bearer realm=${quote(question.realm)}`, `${digest}, algorithm=SHA3-512`, digest];
        return { ...wordChallenge(question), headers: values.map((value) => ["WWW-Authenticate", value] as const) };
      },
    },
  },
  {
    name: "offers-sha-256-beside-md5",
    title: "offers SHA-256 before MD5, and takes the answer to either",
    legalBecause: "RFC 8760 §2.2",
    policies: {
      wordChallenge: (question) => {
        const wording = wordChallenge(question);
        const strong = `Digest realm=${quote(question.realm)}, nonce=${quote(question.nonce)}, algorithm=SHA-256`;
        return { ...wording, headers: [["WWW-Authenticate", strong], ...wording.headers] };
      },
      verifyCredentials: (question) =>
        verifyCredentials({ ...question, algorithms: ["SHA-256", ...question.algorithms] }),
    },
  },
  {
    name: "offers-md5-before-sha-256",
    title: "offers MD5 and SHA-256 with qop=auth, the weaker one first",
    legalBecause: "RFC 8760 §2.4: a phone that knows one of them only takes that",
    policies: {
      wordChallenge: (question) => {
        const wording = wordChallenge(question);
        const common = `Digest realm=${quote(question.realm)}, nonce=${quote(question.nonce)}, qop="auth", algorithm=`;
        const headers = ["MD5", "SHA-256"].map((algorithm) => ["WWW-Authenticate", `${common}${algorithm}`] as const);
        return { ...wording, headers };
      },
      verifyCredentials: (question) =>
        verifyCredentials({ ...question, algorithms: ["SHA-256", ...question.algorithms] }),
    },
  },
  {
    name: "challenges-invites-as-a-proxy",
    title: "challenges every request but REGISTER by 407",
    legalBecause: "RFC 3261 §22.3; REG-01 forbids 407 to REGISTER alone",
    policies: {
      wordChallenge: (question) => {
        const wording = wordChallenge(question);
        if (question.request.method === "REGISTER") return wording;
        return { ...wording, status: 407, headers: wording.headers.map(([, value]) => ["Proxy-Authenticate", value]) };
      },
    },
  },
  {
    name: "challenges-every-refresh",
    title: "challenges a refresh like a first REGISTER",
    legalBecause: "REG-20: 401 then 200 is accepted",
    policies: { challengeRequest: (question) => challengeRequest({ ...question, keepalive: false }) },
  },
  {
    name: "tells-the-lifetime-on-the-contact",
    title: "tells the lifetime by an expires parameter of the Contact and no header",
    legalBecause: "RFC 3261 §10.3; the strict form of REG-18 is for profile cucm",
    policies: {
      wordRegistration: (question) => {
        const { headers, ...wording } = wordRegistration(question);
        const [, seconds] = headers.find(([name]) => name === "Expires") ?? [];
        const told = headers.flatMap(([name, value]) => {
          if (name === "Expires") return [];
          return name === "Contact" && seconds !== undefined
            ? [[name, `${value};expires=${seconds}`] as const]
            : [[name, value] as const];
        });
        return { ...wording, headers: told };
      },
    },
  },
  {
    name: "grants-what-is-asked",
    title: "grants the lifetime that the phone asks for, up to an hour, unless a short one is set",
    legalBecause: "RFC 3261 §10.3 step 7; REG-18 asks for the manager's choice by should only",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        const expiresSeconds = Math.min(question.expires ?? 3600, 3600);
        const free = question.settings.expiresSeconds >= 60;
        return free && registration.outcome === "bind" ? { ...registration, expiresSeconds } : registration;
      },
    },
  },
  {
    name: "raises-short-lifetimes",
    title: "raises a lifetime below the minimum rather than refusing it",
    legalBecause: "REG-21 accepts 200 with raised Expires",
    policies: {
      admitRegistration: (question) =>
        admitRegistration({ ...question, settings: { ...question.settings, minExpiresSeconds: 1 } }),
    },
  },
  {
    name: "sends-no-100-to-register",
    title: "answers REGISTER without a 100 before",
    legalBecause: "RFC 4320 §4.1 forbids it; REG-01 has it in brackets",
    policies: { announceTrying: () => ({ outcome: "silent", rules: [], reason: "RFC 4320" }) },
  },
  {
    name: "waits-for-subscriptions-to-messages",
    title: "tells nothing of messages waiting unasked",
    legalBecause: "RFC 3842 wants a subscription; REG-27 is a should",
    policies: { tellMessagesWaiting: (question) => ({ ...tellMessagesWaiting(question), outcome: "untold" }) },
  },
];
