import { computeResponse, decodeText, isSipUri, userOf } from "../../sip/message/index.ts";
import { admitCall } from "../policies/admit-call.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import { challengeRequest, type ChallengeQuestion } from "../policies/challenge-request.ts";
import { endBinding, type BindingEndQuestion } from "../policies/end-binding.ts";
import { followRefusal } from "../policies/follow-refusal.ts";
import { identifyDevice, type IdentityQuestion } from "../policies/identify-device.ts";
import type { MediaQuestion } from "../policies/permitted-media.ts";
import type { Policies } from "../policies/policies.ts";
import { screenRequest } from "../policies/screen-request.ts";
import { verifyCredentials, type CredentialsQuestion } from "../policies/verify-credentials.ts";
import { identified, OWN_IDEA } from "./craft.ts";
import { again, forgetting, isBfcp, isSlides, isVideo, leaving } from "./craft-media.ts";
import type { Defect } from "./defect.ts";

type Bound = Pick<ChallengeQuestion, "location" | "request">;

/** The binding of the number in To, on whatever phone. */
function bindingOf({ location, request }: Bound) {
  return location.withNumber(userOf(request.to.uri) ?? "")[0];
}

/** A REGISTER without credentials passes where `passes` says so, and is that of the phone bound to its number. */
function unchallenged(passes: (question: ChallengeQuestion) => boolean): Partial<Policies> {
  return {
    challengeRequest: (question) => {
      const unproved = question.method === "REGISTER" && !question.credentialed;
      return unproved && bindingOf(question) && passes(question)
        ? { outcome: "pass", ...OWN_IDEA }
        : challengeRequest(question);
    },
    identifyDevice: (question) => {
      const bound = question.username === undefined ? bindingOf(question) : undefined;
      return bound ? identified(bound.device) : identifyDevice(question);
    },
  };
}

/** Wrong credentials are believed where `believes` says so. */
function believing(believes: (question: CredentialsQuestion) => boolean): Pick<Policies, "verifyCredentials"> {
  return {
    verifyCredentials: (question) => {
      const ruling = verifyCredentials(question);
      return ruling.outcome === "refused" && believes(question) ? { outcome: "not checked", ...OWN_IDEA } : ruling;
    },
  };
}

function fits({ credentials, method, body }: CredentialsQuestion, password: string): boolean {
  const { username, realm, nonce, uri, qop, nc, cnonce } = credentials;
  const response = computeResponse({ username, realm, nonce, uri, qop, nc, cnonce, password, method, body });
  return response === credentials.response;
}

/** Bindings whose end `keeps` names stay. */
function keeping(keeps: (question: BindingEndQuestion) => boolean): Pick<Policies, "endBinding"> {
  return {
    endBinding: (question) => ({ ...endBinding(question), ...(keeps(question) && { outcome: "kept" as const }) }),
  };
}

/** The phone with the number in From, where nobody is known by the username. */
function byNumberWhere(counts: (question: IdentityQuestion) => boolean): Pick<Policies, "identifyDevice"> {
  return {
    identifyDevice: (question) => {
      const identity = identifyDevice(question);
      const [appearance] = question.directory.appearances(userOf(question.request.from.uri) ?? "");
      const unproved = appearance?.device.securityProfile.digestAuthentication === false;
      return identity.outcome === "refused" && unproved && counts(question) ? identified(appearance.device) : identity;
    },
  };
}

function isOverTcp({ message }: MediaQuestion): boolean {
  return message?.kind === "request" && message.topVia.protocol === "TCP";
}

/** Right in the plain case and wrong beside it: over one transport, for one type, on one line, in one form, at one time. */
export const partialDefects: readonly Defect[] = [
  {
    name: "lets-anybody-end-a-registration",
    rule: "REG-01",
    title: "challenges no REGISTER that gives its binding up",
    policies: unchallenged(({ request }) => request.expires === 0),
  },
  {
    name: "tells-anybody-where-a-phone-is",
    rule: "REG-01",
    title: "challenges no REGISTER that asks for its binding",
    policies: unchallenged(({ request }) => request.contacts.length === 0),
  },
  {
    name: "takes-a-move-for-a-keepalive",
    rule: "REG-20",
    title: "takes any REGISTER with the Call-ID of a binding for a keepalive, with another Contact too",
    policies: unchallenged((question) => bindingOf(question)?.callId === question.request.callId),
  },
  {
    name: "wants-an-expires-header",
    rule: "REG-03",
    title: "calls a REGISTER malformed that tells its lifetime in the Contact alone",
    policies: {
      admitRegistration: (question) =>
        question.expires === undefined && question.contacts.length > 0
          ? { outcome: "refused", status: 400, headers: [], ...OWN_IDEA }
          : admitRegistration(question),
    },
  },
  {
    name: "takes-no-password-beside-the-right-one",
    rule: "REG-06",
    title: "takes the empty password as well",
    policies: believing((question) => question.user?.password !== undefined && fits(question, "")),
  },
  {
    name: "takes-the-username-for-a-password",
    rule: "REG-06",
    title: "takes the username as a password as well",
    policies: believing((question) => fits(question, question.user?.id ?? "")),
  },
  {
    name: "compares-passwords-without-case",
    rule: "REG-06",
    title: "takes the password in capitals as well",
    policies: believing((question) => fits(question, question.user?.password?.toUpperCase() ?? "")),
  },
  {
    name: "verifies-no-response-with-a-quality-of-protection",
    rule: "REG-06",
    title: "believes credentials that carry a qop",
    policies: believing(({ credentials }) => credentials.qop !== undefined),
  },
  {
    name: "verifies-over-udp-alone",
    rule: "REG-06",
    title: "verifies no password over TCP",
    policies: believing(({ source }) => source.protocol === "tcp"),
  },
  {
    name: "verifies-the-first-line-alone",
    rule: "REG-06",
    title: "verifies no password for a line behind the first",
    policies: believing(
      ({ device, request }) =>
        device.lines.findIndex(({ directoryNumber }) => directoryNumber === userOf(request.to.uri)) > 0,
    ),
  },
  {
    name: "takes-unknown-users-where-the-box-is-off",
    rule: "REG-07",
    title: "takes an unknown username for the phone with the number, where its digest is off",
    policies: byNumberWhere(({ directory, username = "" }) => directory.user(username) === undefined),
  },
  {
    name: "takes-unknown-users-at-a-refresh",
    rule: "REG-07",
    title: "takes an unknown username for the phone that has a binding under this Call-ID",
    policies: {
      identifyDevice: (question) => {
        const { directory, location, request, username = "" } = question;
        const bound = location.list().find(({ callId }) => callId === request.callId);
        return bound && !directory.user(username) ? identified(bound.device) : identifyDevice(question);
      },
      ...believing(({ directory, credentials }) => directory.user(decodeText(credentials.username)) === undefined),
    },
  },
  {
    name: "checks-the-number-of-the-first-register-alone",
    rule: "REG-12",
    title: "takes whatever number a REGISTER carries that has the Call-ID of a binding",
    policies: {
      admitRegistration: (question) => {
        const { location, callId, device, to } = question;
        const bound = location.list().find((binding) => binding.callId === callId && binding.device === device);
        if (!bound || !isSipUri(to)) return admitRegistration(question);
        const own = { ...to, user: bound.line.directoryNumber };
        return admitRegistration({ ...question, to: own, from: own });
      },
    },
  },
  {
    name: "takes-spare-users-where-the-box-is-off",
    rule: "REG-08",
    title: "takes the user of no phone for the phone with the number, where its digest is off",
    policies: byNumberWhere(
      ({ directory, username = "" }) =>
        directory.user(username) !== undefined && directory.devicesOfDigestUser(username).length === 0,
    ),
  },
  {
    name: "keeps-ended-bindings-of-streams",
    rule: "REG-22",
    title: "keeps the binding that a phone over TCP gives up",
    policies: keeping(({ binding, cause }) => cause === "unregistered" && binding.flow.protocol === "tcp"),
  },
  {
    name: "never-expires-streams",
    rule: "REG-19",
    title: "keeps the binding of a phone over TCP whose time is up",
    policies: keeping(({ binding, cause }) => cause === "expired" && binding.flow.protocol === "tcp"),
  },
  {
    name: "challenges-invites-over-udp-alone",
    rule: "CAL-02",
    title: "challenges no INVITE over TCP",
    policies: {
      challengeRequest: (question) =>
        question.method === "INVITE" && question.source.protocol === "tcp"
          ? { outcome: "pass", ...OWN_IDEA }
          : challengeRequest(question),
    },
  },
  {
    name: "verifies-registers-alone",
    rule: "CAL-02",
    title: "challenges INVITEs and takes any password in them",
    policies: believing(
      ({ method, credentials, device }) =>
        method === "INVITE" && decodeText(credentials.username) === device.digestUser,
    ),
  },
  {
    name: "moves-calls-on-at-its-address-alone",
    rule: "CAL-14",
    title: "follows no 302 to a number at its name",
    policies: {
      followRefusal: (question) => {
        const course = followRefusal(question);
        const { contacts } = question.response;
        const uri = contacts === "*" ? undefined : contacts[0]?.uri;
        const named = uri !== undefined && isSipUri(uri) && /[a-z]/i.test(uri.host);
        return named && course.outcome === "diverted" ? { outcome: "given up", ...OWN_IDEA } : course;
      },
    },
  },
  {
    name: "knows-no-busy-trigger-of-further-lines",
    rule: "CAP-04",
    title: "finds no line busy behind the first",
    policies: {
      admitCall: (question) => {
        const { device, line, direction } = question;
        const further = device.lines[0]?.directoryNumber !== line.directoryNumber;
        return direction === "incoming" && further ? { outcome: "admitted", ...OWN_IDEA } : admitCall(question);
      },
    },
  },
  {
    name: "strips-two-way-video-alone",
    rule: "VID-01",
    title: "lets video pass that goes one way",
    policies: {
      permittedMedia: (question) =>
        again(
          question,
          (line, permitted) =>
            permitted || (isVideo(line) && line.attributes.some(({ name }) => /^(send|recv)only$/.test(name))),
        ),
    },
  },
  {
    name: "knows-one-video-profile",
    rule: "VID-01",
    title: "lets video of RTP/AVPF pass",
    policies: leaving((line) => isVideo(line) && line.protocol.toUpperCase() !== "RTP/AVP"),
  },
  {
    name: "knows-floor-control-over-udp-alone",
    rule: "VID-10",
    title: "lets BFCP over TCP and TLS pass",
    policies: leaving((line) => isBfcp(line) && !line.protocol.toUpperCase().startsWith("UDP")),
  },
  {
    name: "forgets-slides-that-come-later",
    rule: "VID-10",
    title: "lets slides pass that a re-INVITE adds",
    policies: {
      permittedMedia: (question) =>
        again(question, (line, permitted) => permitted || (question.phase === "re-INVITE" && isSlides(line))),
    },
  },
  {
    name: "forgets-the-reinvite-without-offer",
    rule: "VID-09",
    title: "strips no offer that a re-INVITE without one asked for",
    policies: forgetting(({ phase, part, carrier }) => phase === "re-INVITE" && part === "offer" && carrier === "200"),
  },
  {
    name: "forgets-the-reinvite-of-streams",
    rule: "VID-08",
    title: "strips no re-INVITE over TCP",
    policies: forgetting(
      (question) => question.phase === "re-INVITE" && question.part === "offer" && isOverTcp(question),
    ),
  },
  {
    name: "screens-services-at-its-address-alone",
    rule: "EXT-01",
    title: "takes service URIs for plain ones that name its domain",
    policies: {
      screenRequest: (question) => {
        const screening = screenRequest(question);
        const { uri } = question.request;
        if (screening.outcome !== "refused" || screening.service === undefined) return screening;
        const named = isSipUri(uri) && /[a-z]/i.test(uri.host);
        return named ? { outcome: "service", ...OWN_IDEA, service: screening.service } : screening;
      },
    },
  },
  {
    name: "screens-proved-phones-alone",
    rule: "EXT-07",
    title: "lets phones with digest off control calls remotely",
    policies: {
      screenRequest: (question) =>
        question.request.method === "REFER" && !question.device.securityProfile.digestAuthentication
          ? { outcome: "plain", ...OWN_IDEA }
          : screenRequest(question),
    },
  },
  {
    name: "lets-dialogs-be-fetched",
    rule: "EXT-06",
    title: "grants a dialog subscription that ends at once",
    policies: {
      screenRequest: (question) =>
        question.request.method === "SUBSCRIBE" && question.request.expires === 0
          ? { outcome: "plain", ...OWN_IDEA }
          : screenRequest(question),
    },
  },
];
