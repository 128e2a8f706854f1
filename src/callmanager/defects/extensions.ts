import type { Device } from "../../inventory/model.ts";
import { SipRequest, userOf } from "../../sip/message/index.ts";
import { contentTypesOf } from "../mime.ts";
import { admitRegistration } from "../policies/admit-registration.ts";
import type { Policies } from "../policies/policies.ts";
import { routeCall } from "../policies/route-call.ts";
import { screenRequest, type ScreeningQuestion } from "../policies/screen-request.ts";
import { wordMessage, type MessageWordingQuestion } from "../policies/word-message.ts";
import { wordRegistration } from "../policies/word-registration.ts";
import { wordSession } from "../policies/word-session.ts";
import { OWN_IDEA, refused } from "./craft.ts";
import type { Defect } from "./defect.ts";

/** Screens as if the device were one of Cisco's, where `lenient` says so. */
function lenientTo(lenient: (question: ScreeningQuestion) => boolean): Partial<Policies> {
  return {
    screenRequest: (question) =>
      lenient(question) ? screenRequest({ ...question, device: asCisco(question.device) }) : screenRequest(question),
  };
}

function asCisco(device: Device): Device {
  return { ...device, type: "cisco-7961" };
}

function packageOf({ request }: ScreeningQuestion): string | undefined {
  return request.get("Event")?.split(";", 1)[0]?.trim().toLowerCase();
}

/** Puts Cisco's Call-Info into the INVITEs to the phones that `to` names. */
function sendingCallInfo(to: (question: MessageWordingQuestion) => boolean): Partial<Policies> {
  return {
    wordMessage: (question) => {
      const { message } = question;
      if (!(message instanceof SipRequest) || message.method !== "INVITE" || !to(question))
        return wordMessage(question);
      const info = "<urn:x-cisco-remotecc:callinfo>;orientation=to;security=NotAuthenticated";
      return { outcome: "changed", ...OWN_IDEA, message: message.add("Call-Info", info) };
    },
  };
}

/** Gives the media of an offer this direction where its Call-Info is `ordered`. */
function directing(ordered: RegExp, direction: "sendonly" | "sendrecv"): Partial<Policies> {
  return {
    wordSession: (question) => {
      const wording = wordSession(question);
      if (question.part !== "offer" || !ordered.test(question.message?.get("Call-Info") ?? "")) return wording;
      const media = wording.session.media.map((line) => ({
        ...line,
        attributes: [...line.attributes.filter(({ name }) => !/^(send|recv|inactive)/.test(name)), { name: direction }],
      }));
      return { ...wording, session: { ...wording.session, media } };
    },
  };
}

/** Cisco's other extensions for third-party phones (EXT-06…EXT-17). */
export const extensionDefects: readonly Defect[] = [
  {
    name: "grants-dialog-subscriptions",
    rule: "EXT-06",
    title: "grants third-party phones the dialog subscription, and tells them the state",
    policies: lenientTo((question) => packageOf(question) === "dialog"),
  },
  {
    name: "grants-dialog-subscriptions-with-a-parameter",
    rule: "EXT-06",
    title: "refuses Event: dialog, and grants it with a parameter behind",
    policies: lenientTo(({ request }) => /^\s*dialog\s*;/i.test(request.get("Event") ?? "")),
  },
  {
    name: "grants-subscriptions-to-the-own-line",
    rule: "EXT-06",
    title: "grants a phone the dialog subscription of its own line",
    policies: lenientTo(
      ({ request, device }) =>
        request.method === "SUBSCRIBE" &&
        device.lines.some(({ directoryNumber }) => directoryNumber === userOf(request.to.uri)),
    ),
  },
  {
    name: "obeys-remote-control",
    rule: "EXT-07",
    title: "accepts remote call control of third-party phones",
    policies: lenientTo(({ request }) => contentTypesOf(request).includes("application/x-cisco-remotecc-request+xml")),
  },
  {
    name: "looks-at-the-outermost-type-only",
    rule: "EXT-07",
    title: "refuses remote call control alone, and accepts it as a part of multipart",
    policies: lenientTo(({ request }) => contentTypesOf(request)[0]?.startsWith("multipart/") === true),
  },
  {
    name: "refuses-one-key-only",
    rule: "EXT-07",
    title: "refuses to park a call for third-party phones, and accepts every other key",
    policies: lenientTo(
      ({ request }) => request.method === "REFER" && /softkeyevent>(?!Park)/i.test(request.body.toString("latin1")),
    ),
  },
  {
    name: "refuses-remote-control-requests-only",
    rule: "EXT-08",
    title: "refuses bodies of type x-cisco-remotecc-request and accepts Cisco's other types",
    policies: lenientTo(
      ({ request }) =>
        request.method === "REFER" && !contentTypesOf(request).includes("application/x-cisco-remotecc-request+xml"),
    ),
  },
  {
    name: "compares-media-types-with-case",
    rule: "EXT-08",
    title: "refuses Cisco's types of body in lower case only",
    policies: lenientTo(({ request }) => /x-cisco-/i.test(upperCaseTypeOf(request))),
  },
  {
    name: "answers-cisco-bodies-in-register",
    rule: "EXT-09",
    title: "answers a Cisco body in REGISTER by an optionsind of its own",
    policies: {
      wordRegistration: (question) => {
        const wording = wordRegistration(question);
        const asked = contentTypesOf(question.request).some((type) => type.includes("x-cisco-"));
        const content = "<x-cisco-remotecc-response><response><code>200</code></response></x-cisco-remotecc-response>";
        const body = { type: "application/x-cisco-remotecc-response+xml", content };
        return asked ? { ...wording, body } : wording;
      },
    },
  },
  {
    name: "registers-in-bulk",
    rule: "EXT-09",
    title: "obeys a bulkregisterreq in REGISTER and registers all lines",
    policies: {
      admitRegistration: (question) => {
        const registration = admitRegistration(question);
        const bulk = question.request.body.toString("latin1").includes("bulkregisterreq");
        return bulk && registration.outcome === "bind"
          ? { ...registration, furtherLines: question.device.lines.filter((line) => line !== registration.line) }
          : registration;
      },
    },
  },
  {
    name: "sends-call-info-to-whom-lists-it",
    rule: "EXT-10",
    title: "sends Cisco's Call-Info to phones that registered with X-cisco-callinfo",
    policies: sendingCallInfo(({ bindings }) =>
      bindings.some(({ register }) => /x-cisco-callinfo/i.test(register.getAll("Supported").join())),
    ),
  },
  {
    name: "sends-call-info-to-everybody",
    rule: "EXT-10",
    title: "sends Cisco's Call-Info to every phone",
    policies: sendingCallInfo(() => true),
  },
  {
    name: "holds-by-call-info",
    rule: "EXT-11",
    title: "puts a call on hold where a re-INVITE says so by Call-Info",
    policies: directing(/remotecc:hold/i, "sendonly"),
  },
  {
    name: "lets-phones-barge-in",
    rule: "EXT-11",
    title: "answers an INVITE that would join another call by Call-Info and Join",
    policies: {
      routeCall: (question) =>
        /remotecc:c?barge/i.test(question.invite?.get("Call-Info") ?? "") || question.invite?.has("Join") === true
          ? { outcome: "own", ...OWN_IDEA }
          : routeCall(question),
    },
  },
  {
    name: "ignores-require",
    rule: "EXT-12",
    title: "takes a request whose Require it does not know",
    policies: {
      screenRequest: (question) => {
        const ruling = screenRequest(question);
        return "status" in ruling && ruling.status === 420 ? { outcome: "plain", ...OWN_IDEA } : ruling;
      },
    },
  },
  {
    name: "does-not-say-what-it-does-not-support",
    rule: "EXT-12",
    title: "refuses by 420 without Unsupported",
    policies: {
      screenRequest: (question) => {
        const ruling = screenRequest(question);
        return "status" in ruling && ruling.status === 420 ? { ...ruling, headers: [] } : ruling;
      },
    },
  },
  {
    name: "refuses-services-by-challenges",
    rule: "EXT-13",
    title: "challenges whoever calls a service URI, time and again",
    policies: {
      screenRequest: (question) => {
        const ruling = screenRequest(question);
        if (!("status" in ruling) || ruling.status !== 403) return ruling;
        return refused(401);
      },
    },
  },
  {
    name: "screens-basic-phones-only",
    rule: "EXT-14",
    title: "lets Advanced phones use all that Cisco's phones may",
    policies: lenientTo(({ device }) => device.type === "advanced"),
  },
  {
    name: "fails-on-message-summary-subscriptions",
    rule: "EXT-17",
    title: "answers a SUBSCRIBE for message-summary by 500",
    policies: {
      screenRequest: (question) => (packageOf(question) === "message-summary" ? refused(500) : screenRequest(question)),
    },
  },
  {
    name: "reads-no-compact-event",
    rule: "EXT-06",
    title: "grants a dialog subscription that writes Event in its compact form",
    policies: lenientTo(({ request }) => /\no\s*:/i.test(request.toOctets().toString("latin1"))),
  },
  {
    name: "knows-three-keys",
    rule: "EXT-07",
    title: "refuses Park, HLog and Conference, and obeys every other key",
    policies: lenientTo(({ request }) =>
      /<softkeyevent>(?!Park|HLog|Conference)/.test(request.body.toString("latin1")),
    ),
  },
  {
    name: "looks-into-the-outer-multipart-alone",
    rule: "EXT-07",
    title: "refuses remote call control in a multipart, and accepts it in one within another",
    policies: lenientTo(
      ({ request }) => contentTypesOf(request).filter((type) => type.startsWith("multipart/")).length > 1,
    ),
  },
  {
    name: "looks-into-mixed-parts-alone",
    rule: "EXT-08",
    title: "looks into multipart/mixed and into no other multipart",
    policies: lenientTo(({ request }) => contentTypesOf(request)[0] === "multipart/alternative"),
  },
  {
    name: "takes-up-by-call-info",
    rule: "EXT-11",
    title: "ends a hold where a re-INVITE says so by Call-Info",
    policies: directing(/remotecc:resume/i, "sendrecv"),
  },
  {
    name: "looks-at-the-first-option-tag-alone",
    rule: "EXT-12",
    title: "takes a request of whose Require it knows the first tag",
    policies: {
      screenRequest: (question) =>
        question.request.list("Require")[0] === "replaces"
          ? { outcome: "plain", ...OWN_IDEA }
          : screenRequest(question),
    },
  },
];

/** The whole Content-Type, with the parts of multipart, where it has capitals; else nothing. */
function upperCaseTypeOf(request: SipRequest): string {
  const types = [request.get("Content-Type") ?? "", ...request.body.toString("latin1").split("\n")];
  return (
    types.find((line) => /x-cisco-/i.test(line) && /content-type|application/i.test(line) && /CISCO/.test(line)) ?? ""
  );
}
