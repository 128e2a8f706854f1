import type { RuleId } from "../../rules/index.ts";
import { isThirdParty, type Device, type ServiceUris } from "../../inventory/model.ts";
import { isSipUri, parseNameAddr, userOf, type SipRequest } from "../../sip/message/index.ts";
import { SUPPORTED } from "../messages.ts";
import { contentTypesOf } from "../mime.ts";
import { q850, refuse, type Refusal, type Ruling } from "./ruling.ts";

export interface ScreeningQuestion {
  readonly request: SipRequest;
  readonly device: Device;
}

/** A service that a Cisco phone reaches by a URI, with what stands behind the dash. */
export interface ServiceRequest {
  readonly service: keyof ServiceUris | "blfPickup";
  readonly argument: string | undefined;
}

export type Screening = Ruling &
  ({ readonly outcome: "plain" } | { readonly outcome: "service"; readonly service: ServiceRequest });

/** A refusal; of a service URI, the service with it. */
export type ScreeningRefusal = Refusal & { readonly service?: ServiceRequest };

/** Not in the SIP profile, but on the wire of Cisco phones. */
const BLF_PICKUP_URI = "x-cisco-serviceuri-blfpickup";
const EVENT_PACKAGES_OF_CISCO_PHONES = new Set(["dialog"]);
const OPTION_TAGS: ReadonlySet<string> = new Set(SUPPORTED);

/**
 * What of Cisco's extensions a device may use: third-party phones none (EXT-01…08, EXT-14), whatever they prove by
 * digest (EXT-13); Cisco's own phones may (EXT-15). A Cisco body in REGISTER is ignored, not refused (EXT-09); headers
 * of that kind have no effect anywhere (EXT-10, EXT-11). A required option tag that we do not know is 420 (EXT-12).
 */
export function screenRequest(question: ScreeningQuestion): Screening | ScreeningRefusal {
  const { request, device } = question;
  const service = request.method === "INVITE" ? serviceOf(userOf(request.uri), device) : undefined;
  if (isThirdParty(device.type)) {
    const refusal = screenThirdParty(question, service);
    if (refusal) return refusal;
  }
  const unsupported = screenRequired(request);
  if (unsupported) return unsupported;
  if (service) return { outcome: "service", rules: ["EXT-15"], reason: `${device.name} may use services`, service };
  return screenEvent(request) ?? { outcome: "plain", rules: [], reason: "no extension in use" };
}

/** The refusal of a request that requires an extension of SIP which we do not know, whoever sends it (RFC 3261 §8.2.2.3). */
export function screenRequired(request: SipRequest): Refusal | undefined {
  const unsupported = request.list("Require").filter((tag) => !OPTION_TAGS.has(tag.toLowerCase()));
  if (unsupported.length === 0) return undefined;
  const headers = [["Unsupported", unsupported.join(", ")]] as const;
  return refuse(420, ["EXT-12"], `requires ${unsupported.join(", ").slice(0, 128)}`, { headers });
}

function screenThirdParty(
  { request, device }: ScreeningQuestion,
  service?: ServiceRequest,
): ScreeningRefusal | undefined {
  const forbid = (rules: RuleId[], what: string): Refusal =>
    refuse(403, [...rules, "EXT-14"], `${what} is not for ${device.type} device ${device.name}`);
  if (service) return { ...forbid([ruleOf(service)], `service URI ${service.service}`), headers: [q850(21)], service };
  if (request.method === "SUBSCRIBE" && EVENT_PACKAGES_OF_CISCO_PHONES.has(packageOf(request) ?? "")) {
    const refusal = forbid(["EXT-06"], "dialog subscription");
    return { ...refusal, headers: [["Allow-Events", "presence"]] };
  }
  if (request.method !== "REGISTER") {
    const type = contentTypesOf(request).find(isCiscoType);
    if (type !== undefined) return forbid(["EXT-07", "EXT-08"], `a body of ${type.slice(0, 64)}`);
  }
  return request.method === "REFER" ? screenRefer(request, device, forbid) : undefined;
}

/** A transfer must not be a way round: neither to a service URI nor to Cisco's remote call control. */
function screenRefer(
  request: SipRequest,
  device: Device,
  forbid: (rules: RuleId[], what: string) => Refusal,
): Refusal | undefined {
  const referTo = request.get("Refer-To");
  if (referTo === undefined) return undefined;
  const { uri } = parseNameAddr(referTo);
  if (!isSipUri(uri)) {
    const cisco = uri.scheme === "urn" && uri.opaque.toLowerCase().startsWith("x-cisco-");
    return cisco ? forbid(["EXT-07"], "remote call control") : undefined;
  }
  const service = serviceOf(userOf(uri), device);
  return service && forbid([ruleOf(service)], `a transfer to service URI ${service.service}`);
}

/** Subscriptions are Cisco's matter too: no package is offered to others (EXT-17, RFC 6665 §4.2.1.4). */
function screenEvent(request: SipRequest): Refusal | undefined {
  if (request.method !== "SUBSCRIBE") return undefined;
  const event = packageOf(request);
  if (event !== undefined && EVENT_PACKAGES_OF_CISCO_PHONES.has(event)) return undefined;
  const reason = event === undefined ? "no Event header" : `event package ${event.slice(0, 64)} is not served`;
  return refuse(489, ["EXT-17"], reason, { headers: [["Allow-Events", "presence"]] });
}

function packageOf(request: SipRequest): string | undefined {
  return request.get("Event")?.split(";", 1)[0]?.trim().toLowerCase();
}

function isCiscoType(type: string): boolean {
  return type.slice(type.indexOf("/") + 1).startsWith("x-cisco-");
}

/** The service that a user part names by the values configured in the device's SIP profile (EXT-05). */
function serviceOf(user: string | undefined, device: Device): ServiceRequest | undefined {
  if (user === undefined) return undefined;
  const named = Object.entries(device.sipProfile.serviceUris) as [keyof ServiceUris, string][];
  for (const [service, value] of [...named, ["blfPickup", BLF_PICKUP_URI] as const]) {
    if (value === "" || !user.startsWith(value)) continue;
    const rest = user.slice(value.length);
    if (rest === "") return { service, argument: undefined };
    if (rest.startsWith("-")) return { service, argument: rest.slice(1) };
  }
  return undefined;
}

const RULE_OF_SERVICE = {
  callPickup: "EXT-01",
  callPickupGroupOther: "EXT-02",
  callPickupGroup: "EXT-02",
  meetMe: "EXT-03",
  callForward: "EXT-04",
  abbreviatedDial: "EXT-04",
  blfPickup: "EXT-01",
} as const satisfies Record<ServiceRequest["service"], RuleId>;

function ruleOf({ service }: ServiceRequest): RuleId {
  return RULE_OF_SERVICE[service];
}
