import type { Device, Line } from "../inventory/model.ts";
import {
  decodeText,
  sameUri,
  userOf,
  type DigestCredentials,
  type NameAddr,
  type SipRequest,
} from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Flow } from "../sip/transport/index.ts";
import type { Gate } from "./gate.ts";
import type { Binding } from "./location-service.ts";
import { PRODUCT, respond } from "./messages.ts";
import type { Registration, RegistrarSettings } from "./policies/admit-registration.ts";
import type { BindingEndQuestion } from "./policies/end-binding.ts";
import { isRefusal } from "./policies/ruling.ts";
import type { Services } from "./services.ts";
import { notifyUnsolicited } from "./unsolicited-notify.ts";

/** Answers REGISTER (RFC 3261 §10.3) in the wire form of CUCM (call-manager-rules 1G). */
export class Registrar {
  readonly #services: Services;
  readonly #gate: Gate;
  readonly #settings: RegistrarSettings;

  constructor(services: Services, gate: Gate) {
    this.#services = services;
    this.#gate = gate;
    this.#settings = { hosts: services.hosts, ...services.directory.lab.target.registration };
  }

  register(transaction: ServerTransaction): void {
    const { request, flow: source } = transaction;
    const { outcome } = this.#services.policies.announceTrying({ request, source });
    if (outcome === "trying") respond(this.#services, transaction, 100);
    const device = this.#identify(transaction);
    if (!device || !this.#gate.screens(transaction, device)) return;
    const registration = this.#admit(transaction, device);
    if (registration) this.#carryOut(transaction, registration.device ?? device, registration);
  }

  /** The device that registers, proved; undefined: the request was answered. */
  #identify(transaction: ServerTransaction): Device | undefined {
    const { request, flow: source } = transaction;
    const { directory, location, policies } = this.#services;
    const credentials = this.#gate.credentialsOf(request);
    const refreshed = this.#keepalive(transaction);
    const ruling = policies.challengeRequest({
      method: request.method,
      request,
      source,
      credentialed: credentials !== undefined,
      device: undefined,
      keepalive: refreshed !== undefined,
      directory,
      location,
    });
    if (ruling.outcome === "challenge") {
      this.#gate.challenge(transaction, credentials);
      return undefined;
    }
    const username = usernameOf(credentials) ?? refreshed?.device.digestUser;
    const identity = policies.identifyDevice({ directory, location, username, request, source });
    if (isRefusal(identity)) {
      this.#gate.refuse(transaction, identity, credentials);
      return undefined;
    }
    const { device } = identity;
    if (ruling.outcome === "pass" || !credentials) return device;
    const line = lineOf(request, device);
    const binding = line && location.find(device, line);
    return this.#gate.verifies(transaction, { device, credentials, binding }) ? device : undefined;
  }

  /** The binding that the request refreshes from its own source (REG-20); giving one up is no refresh. */
  #keepalive({ request, flow }: ServerTransaction): Binding | undefined {
    const { contacts } = request;
    const [contact] = contacts === "*" ? [] : contacts;
    const leaves = request.expires === 0 || contact?.parameters.get("expires") === "0";
    if (leaves) return undefined;
    return this.#services.location.keepaliveOf(userOf(request.to.uri), request.callId, contact, flow);
  }

  #admit(transaction: ServerTransaction, device: Device): Registration | undefined {
    const { request, flow: source } = transaction;
    const { directory, location, policies } = this.#services;
    const line = lineOf(request, device);
    const registration = policies.admitRegistration({
      request,
      source,
      directory,
      location,
      device,
      protocol: source.protocol,
      requestUri: request.uri,
      to: request.to.uri,
      from: request.from.uri,
      contacts: request.contacts,
      expires: request.expires,
      callId: request.callId,
      cseq: request.cseq.number,
      bound: line && location.find(device, line),
      settings: this.#settings,
    });
    if (!isRefusal(registration)) return registration;
    this.#gate.refuse(transaction, registration);
    return undefined;
  }

  #carryOut(transaction: ServerTransaction, device: Device, registration: Registration): void {
    const { location } = this.#services;
    const { line } = registration;
    const newDevice = !location.isRegistered(device);
    const refresh = location.find(device, line) !== undefined;
    if (registration.outcome === "unbind") {
      for (const binding of location.of(device, line)) this.#end(binding, "unregistered");
    } else if (registration.outcome === "bind") {
      for (const bound of [line, ...(registration.furtherLines ?? [])]) {
        this.#bind(transaction, { ...registration, device, line: bound });
      }
    }
    const binding = location.find(device, line);
    const { request } = transaction;
    const others = location.withNumber(line.directoryNumber).filter((other) => other.device !== device);
    const question = { request, device, registration, binding, others, newDevice };
    const { headers, body } = this.#services.policies.wordRegistration(question);
    respond(this.#services, transaction, 200, { headers: [["Server", PRODUCT], ...headers], ...(body && { body }) });
    if (binding && registration.outcome === "bind") this.#tellMessagesWaiting(binding, refresh);
  }

  #bind(
    { request, flow }: ServerTransaction,
    { device, line, contact, expiresSeconds }: Extract<Registration, { readonly outcome: "bind" }> & { device: Device },
  ): void {
    const { clock, location, log } = this.#services;
    for (const earlier of location.of(device, line)) {
      if (isSamePlace(earlier, contact, flow)) location.remove(earlier);
      else this.#end(earlier, "moved");
    }
    const { callId, cseq } = request;
    const expiresAt = clock.now() + expiresSeconds * 1000;
    const binding: Binding = {
      device,
      line,
      contact,
      flow,
      callId,
      cseq: cseq.number,
      register: request,
      expiresAt,
    };
    location.bind(binding, (ended) => {
      log.info({ device: device.name, line: line.directoryNumber, rules: ["REG-19"] }, "registration expired");
      this.#end(ended, "expired");
    });
  }

  #end(binding: Binding, cause: BindingEndQuestion["cause"]): void {
    const { outcome } = this.#services.policies.endBinding({ binding, cause });
    if (outcome === "removed") this.#services.location.remove(binding);
  }

  #tellMessagesWaiting(binding: Binding, refresh: boolean): void {
    const services = this.#services;
    const { outcome, summary } = services.policies.tellMessagesWaiting({ binding, refresh });
    if (outcome === "untold") return;
    notifyUnsolicited(services, binding, {
      event: "message-summary",
      contentType: "application/simple-message-summary",
      body: summary,
    });
  }
}

function usernameOf(credentials: DigestCredentials | undefined): string | undefined {
  return credentials && decodeText(credentials.username);
}

/** The line of the device that the REGISTER is about. */
function lineOf({ to }: SipRequest, device: Device): Line | undefined {
  const number = userOf(to.uri);
  return device.lines.find(({ directoryNumber }) => directoryNumber === number);
}

/** A refresh: Contact and way are those of the binding. */
function isSamePlace(binding: Binding, contact: NameAddr, flow: Flow): boolean {
  return sameUri(binding.contact.uri, contact.uri) && binding.flow.protocol === flow.protocol;
}
