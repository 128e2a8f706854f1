import { SERVICE_URIS } from "../../inventory/defaults.ts";
import { userOf } from "../../sip/message/index.ts";
import type { Policies } from "../policies/policies.ts";
import { routeCall } from "../policies/route-call.ts";
import { screenRequest, type ScreeningQuestion, type ServiceRequest } from "../policies/screen-request.ts";
import { serveRequest, type ServiceEffect, type ServiceQuestion } from "../policies/serve-request.ts";
import { OWN_IDEA, refused } from "./craft.ts";
import type { Defect } from "./defect.ts";

type Service = ServiceRequest["service"];
type Answer = ReturnType<Policies["serveRequest"]>;

/** Grants the services that `grants` names, as to a Cisco phone. */
function granting(
  grants: (service: ServiceRequest, question: ScreeningQuestion) => boolean,
  serve?: (question: ServiceQuestion) => Answer,
): Partial<Policies> {
  return {
    screenRequest: (question) => {
      const ruling = screenRequest(question);
      const service = "service" in ruling ? ruling.service : undefined;
      return service && grants(service, question) ? { outcome: "service", ...OWN_IDEA, service } : ruling;
    },
    ...(serve && { serveRequest: (question) => (question.refusal ? serveRequest(question) : serve(question)) }),
  };
}

/** Refuses as it should, and does it all the same. */
function doingItAllTheSame(effects: (question: ServiceQuestion) => readonly ServiceEffect[]): Partial<Policies> {
  return {
    serveRequest: (question) => {
      const served = serveRequest(question);
      return "status" in served ? { ...served, effects: effects(question) } : served;
    },
  };
}

const acceptAndIgnore = (): Answer => ({ outcome: "accepted", ...OWN_IDEA });

const is =
  (...services: Service[]) =>
  ({ service }: ServiceRequest): boolean =>
    services.includes(service);

/** Cisco's service URIs for third-party phones (EXT-01…EXT-05, EXT-14). */
export const serviceUriDefects: readonly Defect[] = [
  {
    name: "lets-third-party-phones-pick-up",
    rule: "EXT-01",
    title: "serves the Call Pickup URI to third-party phones",
    policies: granting(is("callPickup")),
  },
  {
    name: "accepts-a-pickup-and-does-nothing",
    rule: "EXT-01",
    title: "answers the Call Pickup URI by 200 and ignores the request",
    policies: granting(is("callPickup"), acceptAndIgnore),
  },
  {
    name: "refuses-a-pickup-and-stops-the-ringing",
    rule: "EXT-01",
    title: "refuses the Call Pickup URI, and clears the call that it was about",
    policies: doingItAllTheSame(({ service, ringing, line }) => {
      const index = ringing.findIndex(({ calledLines }) =>
        calledLines.some(({ pickupGroup }) => pickupGroup !== undefined && pickupGroup === line.pickupGroup),
      );
      return is("callPickup")(service) && index >= 0 ? [{ kind: "clear", ringing: index }] : [];
    }),
  },
  {
    name: "lets-third-party-phones-pick-up-in-a-group",
    rule: "EXT-02",
    title: "refuses pickup and serves group pickup",
    policies: granting(is("callPickupGroup")),
  },
  {
    name: "accepts-pickup-of-other-groups",
    rule: "EXT-02",
    title: "answers the URI for pickup of other groups by 200 and ignores the request",
    policies: granting(is("callPickupGroupOther"), acceptAndIgnore),
  },
  {
    name: "refuses-group-pickup-without-a-number-only",
    rule: "EXT-02",
    title: "knows the group pickup URI to refuse it, but not with a group number behind it",
    policies: granting((service) => is("callPickupGroup")(service) && service.argument !== undefined, acceptAndIgnore),
  },
  {
    name: "opens-a-conference-for-third-party-phones",
    rule: "EXT-03",
    title: "serves the Meet-Me URI to third-party phones",
    policies: granting(is("meetMe"), ({ service }) => ({
      outcome: "accepted",
      ...OWN_IDEA,
      effects: [{ kind: "conference", number: service.argument ?? "" }],
    })),
  },
  {
    name: "refuses-meet-me-and-opens-the-conference",
    rule: "EXT-03",
    title: "refuses the Meet-Me URI, and answers whoever calls the conference then",
    policies: doingItAllTheSame(({ service }) =>
      is("meetMe")(service) ? [{ kind: "conference", number: service.argument ?? "" }] : [],
    ),
  },
  {
    name: "sets-forwards-for-third-party-phones",
    rule: "EXT-04",
    title: "serves the Call Forward URI to third-party phones",
    policies: granting(is("callForward")),
  },
  {
    name: "refuses-a-forward-and-sets-it",
    rule: "EXT-04",
    title: "refuses the Call Forward URI, and forwards the line all the same",
    policies: doingItAllTheSame(({ service }) =>
      is("callForward")(service) && service.argument !== undefined
        ? [{ kind: "forward", number: service.argument }]
        : [],
    ),
  },
  {
    name: "takes-a-forward-away-that-the-administrator-set",
    rule: "EXT-04",
    title: "refuses the Call Forward URI, and takes the forward of the line away",
    policies: doingItAllTheSame(({ service }) =>
      is("callForward")(service) ? [{ kind: "forward", number: undefined }] : [],
    ),
  },
  {
    name: "accepts-abbreviated-dialling",
    rule: "EXT-04",
    title: "answers the Abbreviated Dial URI by 200 and ignores the request",
    policies: granting(is("abbreviatedDial"), acceptAndIgnore),
  },
  {
    name: "forgets-renamed-service-uris",
    rule: "EXT-05",
    title: "refuses the default service URIs and serves those that the SIP profile renames",
    policies: granting(
      ({ service }, { device }) =>
        service !== "blfPickup" && device.sipProfile.serviceUris[service] !== SERVICE_URIS[service],
      acceptAndIgnore,
    ),
  },
  {
    name: "serves-the-default-name-of-a-renamed-service",
    rule: "EXT-05",
    title: "refuses a renamed service URI by its new name, and serves it by the default one",
    policies: {
      routeCall: (question) =>
        question.number === SERVICE_URIS.callPickup ? { outcome: "own", ...OWN_IDEA } : routeCall(question),
    },
  },
  {
    name: "takes-numbers-for-service-uris",
    rule: "EXT-05",
    title: "refuses every call of a phone whose SIP profile renames a service URI",
    policies: {
      screenRequest: (question) => {
        const { serviceUris } = question.device.sipProfile;
        const renamed = serviceUris.callPickup !== SERVICE_URIS.callPickup;
        return renamed && question.request.method === "INVITE" && question.request.toTag === undefined
          ? refused(403)
          : screenRequest(question);
      },
    },
  },
  {
    name: "compares-service-uris-as-they-are-spelt",
    rule: "EXT-04",
    title: "refuses service URIs in lower case only, and serves them in upper case",
    policies: {
      routeCall: (question) => {
        const number = question.number ?? "";
        const service = Object.values<string>({ ...SERVICE_URIS }).some((uri) => number.toLowerCase().startsWith(uri));
        return service && number !== number.toLowerCase() ? { outcome: "own", ...OWN_IDEA } : routeCall(question);
      },
    },
  },
  {
    name: "accepts-services-of-advanced-phones",
    rule: "EXT-14",
    title: "answers service URIs of Advanced phones by 200 and ignores them",
    policies: granting((_, { device }) => device.type === "advanced", acceptAndIgnore),
  },
  {
    name: "serves-meet-me-without-an-offer",
    rule: "EXT-03",
    title: "refuses the Meet-Me URI where the INVITE has an offer, and accepts it without",
    policies: granting((service, { request }) => is("meetMe")(service) && request.body.length === 0, acceptAndIgnore),
  },
  {
    name: "screens-the-first-line-alone",
    rule: "EXT-01",
    title: "serves service URIs to calls from a line behind the first",
    policies: granting((_, { request, device }) => userOf(request.from.uri) !== device.lines[0]?.directoryNumber),
  },
  {
    name: "compares-renamed-service-uris-as-they-are-spelt",
    rule: "EXT-05",
    title: "refuses a renamed service URI as it is spelt in the profile, and serves it in capitals",
    policies: {
      routeCall: (question) =>
        /^[A-Z-]+$/.test(question.number ?? "") ? { outcome: "own", ...OWN_IDEA } : routeCall(question),
    },
  },
];
