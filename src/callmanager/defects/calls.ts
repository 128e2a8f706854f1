import { SipRequest } from "../../sip/message/index.ts";
import { admitCaller } from "../policies/admit-caller.ts";
import { admitTransfer } from "../policies/admit-transfer.ts";
import { answerOptions } from "../policies/answer-options.ts";
import { challengeRequest } from "../policies/challenge-request.ts";
import { conductTransfer } from "../policies/conduct-transfer.ts";
import { endBinding } from "../policies/end-binding.ts";
import { followRefusal } from "../policies/follow-refusal.ts";
import { placeOffer } from "../policies/place-offer.ts";
import { relayFailure } from "../policies/relay-failure.ts";
import { routeCall } from "../policies/route-call.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import { wordMessage } from "../policies/word-message.ts";
import { wordSession } from "../policies/word-session.ts";
import type { Policies } from "../policies/policies.ts";
import type { MediaDescription } from "../../sdp/index.ts";
import { OWN_IDEA, refused, verifyNamedUser, withDigest } from "./craft.ts";
import type { Defect } from "./defect.ts";

const DIRECTION = /^(sendrecv|sendonly|recvonly|inactive)$/;

function turned(line: MediaDescription, direction: string): MediaDescription {
  return { ...line, attributes: [...line.attributes.filter(({ name }) => !DIRECTION.test(name)), { name: direction }] };
}

/** Knows whoever names a number in From that is registered, or exists at all. */
const believingFrom: Policies["admitCaller"] = (question) => {
  const known = admitCaller(question);
  if ("binding" in known) return known;
  const [binding] = question.location.withNumber(question.fromUser ?? "");
  return binding ? { outcome: "known", ...OWN_IDEA, binding } : known;
};

/** Calls between phones (CAL-01…CAL-14, REG-24). */
export const callDefects: readonly Defect[] = [
  {
    name: "lets-callers-hear-nothing",
    rule: "CAL-01",
    title: "answers callers in one direction only",
    policies: {
      wordSession: (question) => {
        const wording = wordSession(question);
        if (question.carrier !== "200" || question.phase !== "first") return wording;
        const media = wording.session.media.map((line) => turned(line, "recvonly"));
        return { ...wording, session: { ...wording.session, media } };
      },
    },
  },
  {
    name: "tells-a-port-where-nobody-listens",
    rule: "CAL-01",
    title: "tells called phones to send their sound to a port of its own",
    policies: {
      wordSession: (question) => {
        const wording = wordSession(question);
        if (question.carrier !== "ACK" && question.carrier !== "INVITE") return wording;
        const media = wording.session.media.map((line) => (line.port === 0 ? line : { ...line, port: 9 }));
        return { ...wording, session: { ...wording.session, media } };
      },
    },
  },
  {
    name: "forgets-to-say-that-a-call-is-over",
    rule: "CAL-01",
    title: "tells the other phone nothing when one hangs up",
    policies: {
      wordMessage: (question) =>
        question.message instanceof SipRequest && question.message.method === "BYE"
          ? { ...wordMessage(question), outcome: "lost" }
          : wordMessage(question),
    },
  },
  {
    name: "challenges-no-invite",
    rule: "CAL-02",
    title: "asks for credentials in REGISTER alone",
    policies: {
      challengeRequest: (question) =>
        question.method === "REGISTER" ? challengeRequest(question) : { outcome: "pass", ...OWN_IDEA },
    },
  },
  {
    name: "challenges-nothing-in-a-call",
    rule: "CAL-02",
    title: "asks for no credentials in requests of a call that is up",
    policies: {
      challengeRequest: (question) =>
        question.request.toTag === undefined ? challengeRequest(question) : { outcome: "pass", ...OWN_IDEA },
    },
  },
  {
    name: "challenges-invites-though-the-box-is-off",
    rule: "CAL-02",
    title: "challenges the requests of phones whose security profile has digest authentication off",
    policies: {
      challengeRequest: (question) =>
        challengeRequest(question.device ? { ...question, device: withDigest(question.device, true) } : question),
    },
  },
  {
    name: "takes-credentials-of-any-user",
    rule: "CAL-03",
    title: "takes the good digest of any end user for that of the calling phone",
    policies: {
      verifyCredentials: (question) =>
        question.method === "REGISTER" ? verifyCredentials(question) : verifyNamedUser(question),
    },
  },
  {
    name: "serves-phones-that-are-not-registered",
    rule: "CAL-04",
    title: "takes calls from whoever names a known number in From",
    policies: {
      admitCaller: (question) => {
        const known = believingFrom(question);
        const { request, source, location } = question;
        if ("binding" in known) return known;
        const [model] = location.list();
        const [contact] = request.contacts === "*" ? [] : request.contacts;
        if (!model || !contact) return known;
        const line = { ...model.line, directoryNumber: question.fromUser ?? "" };
        const digestless = withDigest({ ...model.device, name: `at ${question.seenAt}`, lines: [line] }, false);
        return {
          outcome: "known",
          ...OWN_IDEA,
          binding: { ...model, device: digestless, line, contact, flow: source },
        };
      },
    },
  },
  {
    name: "goes-by-from-alone",
    rule: "CAL-05",
    title: "takes requests with any Contact from whoever names a registered number in From",
    policies: { admitCaller: believingFrom },
  },
  {
    name: "remembers-where-a-phone-was",
    rule: "CAL-05",
    title: "keeps the binding of before when a phone registers from elsewhere",
    policies: {
      endBinding: (question) => (question.cause === "moved" ? { outcome: "kept", ...OWN_IDEA } : endBinding(question)),
    },
  },
  {
    name: "says-busy-for-numbers-of-nobody",
    rule: "CAL-06",
    title: "answers calls to unknown numbers by 486",
    policies: {
      routeCall: (question) => {
        const route = routeCall(question);
        return "status" in route && route.status === 404 && question.local ? refused(486) : route;
      },
    },
  },
  {
    name: "answers-for-numbers-of-nobody",
    rule: "CAL-06",
    title: "answers calls to unknown numbers itself",
    policies: {
      routeCall: (question) => {
        const route = routeCall(question);
        return "status" in route && question.local && /^\d+$/.test(question.number ?? "")
          ? { outcome: "own", ...OWN_IDEA }
          : route;
      },
    },
  },
  {
    name: "offers-early-unasked",
    rule: "CAL-07",
    title: "makes an offer in the INVITE to phones whose SIP profile asks for none",
    policies: {
      placeOffer: (question) => (question.offered ? { outcome: "early", ...OWN_IDEA } : placeOffer(question)),
    },
  },
  {
    name: "offers-late-though-early-is-asked",
    rule: "CAL-07",
    title: "makes no offer in the INVITE to phones whose SIP profile asks for one",
    policies: { placeOffer: () => ({ outcome: "delayed", ...OWN_IDEA }) },
  },
  {
    name: "refuses-blind-transfers",
    rule: "CAL-09",
    title: "takes a REFER in a call for remote control and refuses it",
    policies: {
      admitTransfer: (question) => (question.replaces === "none" ? refused(403) : admitTransfer(question)),
    },
  },
  {
    name: "keeps-whoever-transferred",
    rule: "CAL-09",
    title: "sends no BYE to a phone that has transferred its call",
    policies: { conductTransfer: (question) => ({ ...conductTransfer(question), outcome: "keep" }) },
  },
  {
    name: "refuses-attended-transfers",
    rule: "CAL-10",
    title: "knows no Replaces in Refer-To",
    policies: {
      admitTransfer: (question) => (question.replaces === "own" ? refused(501) : admitTransfer(question)),
    },
  },
  {
    name: "ignores-hold",
    rule: "CAL-10",
    title: "answers a hold as if nothing had been said of a direction",
    policies: {
      wordSession: (question) => {
        const wording = wordSession(question);
        if (question.phase !== "re-INVITE") return wording;
        const media = wording.session.media.map((line) => (line.port === 0 ? line : turned(line, "sendrecv")));
        return { ...wording, session: { ...wording.session, media } };
      },
    },
  },
  {
    name: "answers-challenges-of-phones",
    rule: "CAL-12",
    title: "tries again with credentials where a phone challenges its INVITE",
    policies: {
      followRefusal: (question) => {
        const { response, tries, line } = question;
        if (tries > 1 || (response.status !== 401 && response.status !== 407)) return followRefusal(question);
        const header = response.status === 401 ? "Authorization" : "Proxy-Authorization";
        const fields = `username="${line.directoryNumber}", realm="phone", nonce="c0ffee", uri="sip:${line.directoryNumber}"`;
        const value = `Digest ${fields}, response="00000000000000000000000000000000"`;
        return { outcome: "tried again", ...OWN_IDEA, headers: [[header, value]] };
      },
    },
  },
  {
    name: "does-not-know-options",
    rule: "CAL-13",
    title: "answers OPTIONS by 405",
    policies: { answerOptions: () => ({ outcome: "answered", ...OWN_IDEA, status: 405, headers: [] }) },
  },
  {
    name: "says-nothing-of-what-it-can-do",
    rule: "CAL-13",
    title: "answers OPTIONS by 200 without Allow",
    policies: {
      answerOptions: (question) => {
        const answer = answerOptions(question);
        return { ...answer, headers: answer.headers.filter(([name]) => name !== "Allow") };
      },
    },
  },
  {
    name: "forwards-on-486",
    rule: "CAL-14",
    title: "starts the forward when busy where a phone refuses a call by 486",
    policies: {
      followRefusal: (question) => {
        const number = question.line.forwards.busy;
        return question.response.status === 486 && number !== undefined
          ? { outcome: "diverted", ...OWN_IDEA, number, local: true, why: "user-busy" }
          : followRefusal(question);
      },
    },
  },
  {
    name: "does-not-follow-302",
    rule: "CAL-14",
    title: "gives a call up where a phone moves it on by 302",
    policies: { followRefusal: () => ({ outcome: "given up", ...OWN_IDEA }) },
  },
  {
    name: "keeps-the-reason-of-a-refusal-to-itself",
    rule: "CAL-14",
    title: "tells callers 503 whatever the called phone said",
    policies: {
      relayFailure: (question) => ({ ...relayFailure(question), outcome: "mapped", status: 503 }),
    },
  },
  {
    name: "rings-one-phone-of-a-shared-line",
    rule: "REG-24",
    title: "lets a call ring at the first device only that has the line",
    policies: {
      routeCall: (question) => {
        const route = routeCall(question);
        return route.outcome === "route" ? { ...route, targets: route.targets.slice(0, 1) } : route;
      },
    },
  },
  {
    name: "calls-numbers-of-other-hosts",
    rule: "PRV-08",
    title: "takes the number in a Request-URI for its own, whatever host stands behind it",
    policies: { routeCall: (question) => routeCall({ ...question, local: true }) },
  },
];
