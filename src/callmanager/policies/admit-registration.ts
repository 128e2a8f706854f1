import type { RuleId } from "../../rules/index.ts";
import { isThirdParty, type Device, type Line } from "../../inventory/model.ts";
import { comparableHost, isSipUri, userOf, type NameAddr, type Uri } from "../../sip/message/index.ts";
import type { Protocol } from "../../sip/transport/index.ts";
import type { Directory } from "../directory.ts";
import type { LiveBindings } from "../location-service.ts";
import { refuse, type ReceivedRequest, type Refusal, type Ruling } from "./ruling.ts";

export interface RegistrationQuestion extends ReceivedRequest {
  readonly directory: Directory;
  readonly location: LiveBindings;
  readonly device: Device;
  /** What the request came over. */
  readonly protocol: Protocol;
  readonly requestUri: Uri;
  readonly to: Uri;
  readonly from: Uri;
  readonly contacts: readonly NameAddr[] | "*";
  /** Expires header, seconds; undefined where absent or malformed. */
  readonly expires: number | undefined;
  readonly callId: string;
  readonly cseq: number;
  /** What the binding of this line was last changed by. */
  readonly bound: { readonly callId: string; readonly cseq: number } | undefined;
  readonly settings: RegistrarSettings;
}

export interface RegistrarSettings {
  /** Host parts under which the registrar is known, as `comparableHost` writes them (PRV-08). */
  readonly hosts: ReadonlySet<string>;
  readonly expiresSeconds: number;
  readonly minExpiresSeconds: number;
}

export type Registration = Ruling & {
  readonly line: Line;
  /** Whose line it is. Default: the device that was identified. */
  readonly device?: Device;
} & (
    | {
        readonly outcome: "bind";
        readonly contact: NameAddr;
        readonly expiresSeconds: number;
        /** Lines of the device that are bound to the same Contact by the way. Default: none. */
        readonly furtherLines?: readonly Line[];
      }
    | { readonly outcome: "unbind" }
    | { readonly outcome: "query" }
  );

type RegistrationFacts = Omit<RegistrationQuestion, keyof ReceivedRequest | "directory" | "location">;

const NUMERIC = /^[0-9*#+]+$/;

/**
 * What an identified device may bind. The number in To and From has to be one of its own lines (REG-12…14), the
 * lifetime is the call manager's choice (REG-18), too short a wish is refused (REG-21), 0 unbinds (REG-22),
 * and the phone addresses the call manager by a name of its own (PRV-08).
 * Deviates from RFC 3261 §10.3, as CUCM does: a line is bound to one Contact only (REG-24), `Contact: *` is refused
 * (REG-23).
 * No good digest and no good certificate helps on TLS: the security profiles of third-party phones are non-secure ones
 * (TLS-01, TLS-03), and a lab has no others for Cisco's own.
 */
export function admitRegistration(question: RegistrationFacts): Registration | Refusal {
  const { device } = question;
  if (question.protocol === "tls") {
    const rules: RuleId[] = isThirdParty(device.type) ? ["TLS-01", "TLS-03"] : [];
    return refuse(403, rules, `the security profile of ${device.name} allows no TLS`, { warning: "security mismatch" });
  }
  const line = lineOf(question);
  if ("status" in line) return line;
  if (question.contacts === "*") {
    return refuse(400, ["REG-23"], "Contact: * is not supported", { warning: "Contact * not supported" });
  }
  const { bound } = question;
  if (bound?.callId === question.callId && question.cseq <= bound.cseq) {
    return refuse(500, [], `CSeq ${question.cseq} is not above ${bound.cseq} of the binding (RFC 3261 §10.3)`);
  }
  return lifetime(question, line, question.contacts);
}

function lineOf({ device, requestUri, to, from, settings }: RegistrationFacts): Line | Refusal {
  const mismatch = (rules: RuleId[], reason: string): Refusal =>
    refuse(404, rules, reason, { warning: "directory number mismatch" });
  if (!isSipUri(requestUri) || !settings.hosts.has(comparableHost(requestUri.host))) {
    return refuse(404, ["PRV-08"], "the Request-URI names another registrar", { warning: "unknown domain" });
  }
  const number = userOf(to);
  if (number === undefined || number !== userOf(from)) {
    return mismatch(["REG-14"], "To and From do not carry the same directory number");
  }
  if (!NUMERIC.test(number)) return mismatch(["REG-14"], "To and From carry no directory number");
  const line = device.lines.find(({ directoryNumber }) => directoryNumber === number);
  return line ?? mismatch(["REG-12", "REG-13"], `${number.slice(0, 64)} is no line of ${device.name}`);
}

function lifetime(question: RegistrationFacts, line: Line, contacts: readonly NameAddr[]): Registration | Refusal {
  const { device, settings } = question;
  if (contacts.length === 0) {
    return { outcome: "query", rules: ["REG-24"], reason: `${device.name} asks for its binding`, line };
  }
  const wanted = contacts.filter((contact) => askedSeconds(contact, question.expires) !== 0);
  const [contact, another] = wanted;
  if (!contact) {
    return { outcome: "unbind", rules: ["REG-22"], reason: `${device.name} leaves ${line.directoryNumber}`, line };
  }
  if (another)
    return refuse(400, ["REG-24"], "a line is bound to one Contact only", { warning: "more than one Contact" });
  if (!reachable(contact.uri)) {
    return refuse(400, ["TLS-04"], "the Contact is no sip URI that UDP or TCP reaches", {
      warning: "unusable Contact",
    });
  }
  const asked = askedSeconds(contact, question.expires);
  if (asked !== undefined && asked < settings.minExpiresSeconds) {
    const headers = [["Min-Expires", String(settings.minExpiresSeconds)]] as const;
    return refuse(423, ["REG-21"], `${asked} s are less than ${settings.minExpiresSeconds} s`, { headers });
  }
  const expiresSeconds = device.registrationSeconds ?? settings.expiresSeconds;
  const reason = `${device.name} binds ${line.directoryNumber} for ${expiresSeconds} s`;
  return { outcome: "bind", rules: ["REG-03", "REG-18"], reason, line, contact, expiresSeconds };
}

/** The Contact's own `expires`, else the Expires header; malformed counts as absent (RFC 3261 §10.2.1.1). */
function askedSeconds(contact: NameAddr, header: number | undefined): number | undefined {
  const own = contact.parameters.get("expires");
  return own !== undefined && /^[0-9]{1,10}$/.test(own) ? Number(own) : header;
}

function reachable(uri: Uri): boolean {
  if (!isSipUri(uri) || uri.scheme === "sips") return false;
  return ["udp", "tcp"].includes(uri.parameters.get("transport")?.toLowerCase() ?? "udp");
}
