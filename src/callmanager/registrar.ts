import type { Device } from "../inventory/model.ts";
import { decodeText, SipRequest, userOf, type DigestCredentials, type HeaderField } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Gate } from "./gate.ts";
import type { Binding } from "./location-service.ts";
import { contactFor, dateHeader, lineUri, newCallId, newTag, PRODUCT, respond, streamOf } from "./messages.ts";
import type { Registration, RegistrarSettings } from "./policies/admit-registration.ts";
import { isRefusal } from "./policies/ruling.ts";
import type { Services } from "./services.ts";

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
    // Deviates from RFC 4320 §4.1, which forbids 100 to a non-INVITE over UDP: CUCM sends it (CAP1, CAP2).
    respond(this.#services, transaction, 100);
    const device = this.#identify(transaction);
    if (!device || !this.#gate.screens(transaction, device)) return;
    const registration = this.#admit(transaction, device);
    if (registration) this.#carryOut(transaction, device, registration);
  }

  /** The device that registers, proved; undefined: the request was answered. */
  #identify(transaction: ServerTransaction): Device | undefined {
    const { request } = transaction;
    const credentials = this.#gate.credentialsOf(request);
    const refreshed = this.#keepalive(transaction);
    const ruling = this.#services.policies.challengeRequest({
      method: request.method,
      credentialed: credentials !== undefined,
      device: undefined,
      keepalive: refreshed !== undefined,
    });
    const username = usernameOf(credentials) ?? refreshed?.device.digestUser;
    if (ruling.outcome === "challenge" || username === undefined) {
      this.#gate.challenge(transaction);
      return undefined;
    }
    const identity = this.#services.policies.identifyDevice({ directory: this.#services.directory, username });
    if (isRefusal(identity)) {
      this.#gate.refuse(transaction, identity);
      return undefined;
    }
    const proved =
      ruling.outcome === "pass" || !credentials || this.#gate.verifies(transaction, identity.device, credentials);
    return proved ? identity.device : undefined;
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
    const { request, flow } = transaction;
    const number = userOf(request.to.uri);
    const line = device.lines.find(({ directoryNumber }) => directoryNumber === number);
    const registration = this.#services.policies.admitRegistration({
      device,
      protocol: flow.protocol,
      requestUri: request.uri,
      to: request.to.uri,
      from: request.from.uri,
      contacts: request.contacts,
      expires: request.expires,
      callId: request.callId,
      cseq: request.cseq.number,
      bound: line && this.#services.location.find(device, line),
      settings: this.#settings,
    });
    if (!isRefusal(registration)) return registration;
    this.#gate.refuse(transaction, registration);
    return undefined;
  }

  #carryOut(transaction: ServerTransaction, device: Device, registration: Registration): void {
    const { location } = this.#services;
    const { line } = registration;
    const before = location.find(device, line);
    const newDevice = !location.isRegistered(device);
    if (registration.outcome === "unbind") {
      location.unbind(device, line);
      this.#accept(transaction, [["Expires", "0"]]);
      return;
    }
    if (registration.outcome === "query") {
      this.#accept(transaction, before ? [["Contact", `<${before.contact.uriText}>`]] : []);
      return;
    }
    const { contact, expiresSeconds } = registration;
    const binding = this.#bind(transaction, device, registration);
    const contactText = `<${contact.uriText}>${newDevice ? ";x-cisco-newreg" : ""}`;
    this.#accept(transaction, [
      ["Expires", String(expiresSeconds)],
      ["Contact", contactText],
      ["Supported", "X-cisco-sis-10.0.0"],
    ]);
    if (!before) this.#tellMessagesWaiting(binding);
  }

  #bind(
    { request, flow }: ServerTransaction,
    device: Device,
    { line, contact, expiresSeconds }: Extract<Registration, { readonly outcome: "bind" }>,
  ): Binding {
    const { clock, location, log } = this.#services;
    const { callId, cseq } = request;
    const expiresAt = clock.now() + expiresSeconds * 1000;
    const binding: Binding = { device, line, contact, flow, callId, cseq: cseq.number, expiresAt };
    location.bind(binding, () => {
      log.info({ device: device.name, line: line.directoryNumber, rules: ["REG-19"] }, "registration expired");
    });
    return binding;
  }

  #accept(transaction: ServerTransaction, headers: readonly HeaderField[]): void {
    respond(this.#services, transaction, 200, { headers: [["Server", PRODUCT], ...headers] });
  }

  /** Unsolicited NOTIFY about messages waiting, once a line is registered (REG-27). No mailbox here: always none. */
  #tellMessagesWaiting({ line, contact, flow }: Binding): void {
    const services = this.#services;
    const request = SipRequest.create({
      method: "NOTIFY",
      requestUri: contact.uriText,
      headers: [
        ["From", `${lineUri(services, line.directoryNumber)};tag=${newTag(services)}`],
        ["To", `<${contact.uriText}>`],
        ["Call-ID", newCallId(services)],
        ["CSeq", "101 NOTIFY"],
        dateHeader(services),
        ["User-Agent", PRODUCT],
        ["Event", "message-summary"],
        ["Subscription-State", "active"],
        ["Contact", contactFor(services, line.directoryNumber, flow.protocol)],
        ["Content-Type", "application/simple-message-summary"],
      ],
      body: "Messages-Waiting: no\r\n",
    });
    const heard = (): void => undefined; // whatever the phone says, there is nothing more to tell
    services.engine.send(request, { response: heard, failed: heard }, { to: streamOf(flow) });
  }
}

function usernameOf(credentials: DigestCredentials | undefined): string | undefined {
  return credentials && decodeText(credentials.username);
}
