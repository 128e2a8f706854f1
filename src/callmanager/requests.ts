import type { Device } from "../inventory/model.ts";
import { isSipUri, SipRequest } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Gate } from "./gate.ts";
import type { Binding } from "./location-service.ts";
import {
  ALLOW,
  METHODS,
  contactFor,
  dateHeader,
  forwardsLeft,
  lineUri,
  newTag,
  PRODUCT,
  respond,
  streamOf,
} from "./messages.ts";
import { isRefusal } from "./policies/ruling.ts";
import { Replacements } from "./replacements.ts";
import { screenRequired } from "./policies/screen-request.ts";
import type { Registrar } from "./registrar.ts";
import type { Services } from "./services.ts";
import type { Switchboard } from "./switchboard.ts";
import { Transfers } from "./transfers.ts";

/** Methods that only make sense in a dialog. */
const IN_DIALOG_ONLY = new Set(["BYE", "UPDATE", "INFO", "PRACK", "NOTIFY"]);
/** Methods that we know, and do not serve. */
const NOT_SERVED = ["MESSAGE", "PUBLISH", "PRACK"];
const MEDIA_CONTROL = "application/media_control+xml";

/** Takes every request but ACK and CANCEL to whom it concerns, past the gate. */
export class RequestDesk {
  readonly #services: Services;
  readonly #gate: Gate;
  readonly #registrar: Registrar;
  readonly #switchboard: Switchboard;
  readonly #transfers: Transfers;
  readonly #replacements: Replacements;

  constructor(services: Services, parts: { gate: Gate; registrar: Registrar; switchboard: Switchboard }) {
    this.#services = services;
    this.#gate = parts.gate;
    this.#registrar = parts.registrar;
    this.#switchboard = parts.switchboard;
    this.#transfers = new Transfers(services, parts.gate, parts.switchboard);
    this.#replacements = new Replacements(services, parts.gate, parts.switchboard);
  }

  handle(transaction: ServerTransaction): void {
    const { request } = transaction;
    // RFC 3261 §8.2.2.1
    if (!isSipUri(request.uri)) respond(this.#services, transaction, 416);
    else if (request.method === "REGISTER") this.#registrar.register(transaction);
    else if (request.toTag !== undefined) this.#inDialog(transaction);
    else if (request.method === "OPTIONS") this.#options(transaction);
    else this.#outOfDialog(transaction);
  }

  #outOfDialog(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (IN_DIALOG_ONLY.has(method)) {
      respond(this.#services, transaction, 481);
      return;
    }
    if (method !== "INVITE" && method !== "SUBSCRIBE" && method !== "REFER") {
      this.#notServed(transaction);
      return;
    }
    if (forwardsLeft(transaction.request) === undefined) {
      respond(this.#services, transaction, 483);
      return;
    }
    const binding = this.#gate.sender(transaction);
    if (!binding || !this.#gate.proves(transaction, binding.device)) return;
    const screening = this.#gate.screening(transaction, binding.device);
    const refusal = isRefusal(screening) ? screening : undefined;
    const service = "service" in screening ? screening.service : undefined;
    if (refusal && !service) this.#gate.refuse(transaction, refusal);
    else if (method === "INVITE" && !service && transaction.request.has("Replaces"))
      this.#replacements.invite(transaction, binding);
    else if (method === "INVITE") this.#switchboard.invite(transaction, binding, service && { service, refusal });
    else if (method === "SUBSCRIBE") this.#subscribe(transaction, binding);
    else this.#refer(transaction);
  }

  /** An OPTIONS is answered whoever asks (CAL-13); a device that has to prove itself does so here too. */
  #options(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const { contacts } = request;
    const [binding] = this.#services.location.sentBy(contacts === "*" ? undefined : contacts[0], flow);
    if (!this.#gate.proves(transaction, binding?.device)) return;
    const refusal = binding ? undefined : screenRequired(request);
    if (refusal) this.#gate.refuse(transaction, refusal);
    if (refusal || (binding && !this.#gate.screens(transaction, binding.device))) return;
    this.#tellCapabilities(transaction, binding?.device);
  }

  #inDialog(transaction: ServerTransaction): void {
    const { request } = transaction;
    const found = this.#switchboard.find(transaction);
    if (!found || (found.leg.over && request.method !== "BYE")) {
      respond(this.#services, transaction, 481);
      return;
    }
    const { leg, call } = found;
    if (leg.dialog?.admits(request) === "stale-cseq") {
      respond(this.#services, transaction, 500);
      return;
    }
    const device = this.#services.directory.device(leg.device.name) ?? leg.device;
    if (!this.#gate.proves(transaction, device) || !this.#gate.screens(transaction, device)) return;
    switch (request.method) {
      case "BYE":
      case "INVITE":
      case "UPDATE":
        call.request(leg, transaction);
        return;
      case "REFER":
        this.#transfers.refer(transaction, found);
        return;
      case "OPTIONS":
        this.#tellCapabilities(transaction, leg.device);
        return;
      case "INFO":
        this.#info(transaction);
        return;
      case "NOTIFY":
      case "PRACK":
        respond(this.#services, transaction, 481);
        return;
      default:
        this.#notServed(transaction);
    }
  }

  /** INFO is for video refresh only (call-manager-rules 1G); it is taken note of, not sent on. */
  #info(transaction: ServerTransaction): void {
    const { request } = transaction;
    const known = request.body.length === 0 || request.contentType?.type === MEDIA_CONTROL;
    respond(this.#services, transaction, known ? 200 : 415, known ? {} : { headers: [["Accept", MEDIA_CONTROL]] });
  }

  #tellCapabilities(transaction: ServerTransaction, device: Device | undefined): void {
    const { request, flow: source } = transaction;
    const { status, headers } = this.#services.policies.answerOptions({ request, source, device });
    respond(this.#services, transaction, status, { headers });
  }

  /** A transfer stands in a call; outside of one, Cisco's remote call control uses REFER, and screening let it pass. */
  #refer(transaction: ServerTransaction): void {
    const { request } = transaction;
    respond(this.#services, transaction, request.body.length > 0 ? 202 : 403);
  }

  /**
   * The dialog subscription of a Cisco phone (EXT-15), served as a fetch: its duration is cut to nothing, and one NOTIFY
   * tells the state of now (RFC 6665 §4.4.3).
   */
  #subscribe(transaction: ServerTransaction, binding: Binding): void {
    const services = this.#services;
    const { request } = transaction;
    const contact = contactFor(services, binding.line.directoryNumber, binding.flow.protocol);
    const tag = (transaction.toTag = newTag(services));
    respond(services, transaction, 200, {
      headers: [
        ["Expires", "0"],
        ["Contact", contact],
      ],
    });
    const entity = (request.get("To") ?? "").replace(/[<>&"]/g, "");
    const notify = SipRequest.create({
      method: "NOTIFY",
      requestUri: binding.contact.uriText,
      headers: [
        ["From", `${request.get("To") ?? ""};tag=${tag}`],
        ["To", request.get("From") ?? lineUri(services, binding.line.directoryNumber)],
        ["Call-ID", request.callId],
        ["CSeq", "101 NOTIFY"],
        dateHeader(services),
        ["User-Agent", PRODUCT],
        ["Event", "dialog"],
        ["Subscription-State", "terminated;reason=timeout"],
        ["Contact", contact],
        ["Content-Type", "application/dialog-info+xml"],
      ],
      body: `<?xml version="1.0"?>\r\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="${entity}"/>\r\n`,
    });
    const heard = (): void => undefined; // nothing depends on what the phone says to it
    services.engine.send(notify, { response: heard, failed: heard }, { to: streamOf(binding.flow) });
  }

  #notServed(transaction: ServerTransaction): void {
    const known = [...METHODS, ...NOT_SERVED].includes(transaction.request.method);
    respond(this.#services, transaction, known ? 405 : 501, { headers: [["Allow", ALLOW]] });
  }
}
