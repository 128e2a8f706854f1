import { isIP } from "node:net";
import {
  decodeText,
  defaultPort,
  formatNameAddr,
  type HeaderField,
  parseNameAddr,
  parseUri,
  type Protocol,
  type SipRequest,
  type SipUri,
} from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import { type ApplicationMessage, readRequestLine } from "./application-message.ts";
import type { SipCommand } from "./commands.ts";
import { hangUp } from "./dialog-end.ts";
import { dialogId, type HeldDialog } from "./dialog-table.ts";
import { type EndpointContext, fieldOptions, ownPlace, protocolOf } from "./endpoint-context.ts";
import { fieldOf, missingContentType, ownFields, without } from "./header-fields.ts";
import { chooseProtocol, isOwnAddress, sipUriOf } from "./local-address.ts";
import { beginsDialog, isKnownMethod, tellsContact } from "./methods.ts";
import { newRequest } from "./new-request.ts";
import { OutgoingRequest, type OutgoingRequests } from "./outgoing-requests.ts";
import { Refusal } from "./refusal.ts";
import { nowhere, type Place, requestEcho, timeOfDay } from "./report-fields.ts";

/** First sequence numbers leave plenty of room below 2^31 and differ between endpoints. */
const FIRST_CSEQ_LIMIT = 1_000_000;

/** Where a request goes: the URI that decides it, and our transport towards it. */
interface Direction {
  readonly target: SipUri;
  readonly protocol: Protocol;
  /** Absent: Route or Request-URI decide. */
  readonly nextHop?: string;
}

/** What applications want sent: new requests, requests in dialogs, ACK and CANCEL. Each is echoed as it left. */
export class RequestCommands {
  readonly #context: EndpointContext;
  readonly #outgoing: OutgoingRequests;
  readonly #advertised: string | undefined;
  #cseq: number;

  constructor(context: EndpointContext, outgoing: OutgoingRequests, advertised: string | undefined) {
    this.#context = context;
    this.#outgoing = outgoing;
    this.#advertised = advertised;
    this.#cseq = 1 + context.ids.integer(FIRST_CSEQ_LIMIT);
  }

  /** @throws {Refusal} it can't be sent. */
  send(application: ApplicationConnection, id: string, command: SipCommand, message: ApplicationMessage): void {
    const line = readRequestLine(message.startLine);
    const method = line && isKnownMethod(line.method) ? line.method : undefined;
    if (command.dialogId !== "") this.#sendInDialog(application, id, command.dialogId, method, message);
    else if (command.transactionId !== "" && method === "CANCEL") {
      this.#cancel(application, id, command.transactionId, message);
    } else if (line && method) this.#sendNew(application, id, line, command.routeUri, message);
    else throw new Refusal(`invalid request-uri: ${decodeText(message.startLine)}`);
  }

  #sendNew(
    application: ApplicationConnection,
    id: string,
    { method, requestUri }: { method: string; requestUri: string },
    routeUri: string,
    message: ApplicationMessage,
  ): void {
    const direction = this.#direction(requestUri, routeUri, message.startLine);
    const { ids } = this.#context;
    this.#cseq += 1;
    const options = fieldOptions(this.#context, method, direction.protocol);
    const request = newRequest({ ...options, method, requestUri, message, cseq: this.#cseq, ids });
    if (method === "ACK" || method === "CANCEL") {
      this.#context.engine.sendStateless(request, direction);
      this.#echo(application, id, ids.uuid(), request, this.#placeTowards(direction));
      return;
    }
    const begins = beginsDialog(method) ? dialogId(request.callId, request.fromTag) : "";
    this.#launch(application, id, request, direction, { id: begins });
  }

  #direction(requestUri: string, routeUri: string, startLine: string): Direction {
    const target = sipUriOf(routeUri === "" ? requestUri : routeUri);
    if (!isUri(requestUri) || (!target && routeUri === "")) {
      throw new Refusal(`invalid request-uri: ${decodeText(startLine)}`);
    }
    if (!target) throw new Refusal("Error creating sip transaction for uac request");
    const { addresses } = this.#context.engine;
    const protocol = chooseProtocol(target, addresses);
    if (isOwnAddress(target, protocol, addresses, this.#advertised)) {
      throw new Refusal("can not send request to myself");
    }
    return { target, protocol, ...(routeUri === "" ? {} : { nextHop: routeUri }) };
  }

  #sendInDialog(
    application: ApplicationConnection,
    id: string,
    dialogIdentifier: string,
    method: string | undefined,
    message: ApplicationMessage,
  ): void {
    const held =
      method === "PRACK"
        ? this.#forkToAcknowledge(dialogIdentifier, message)
        : this.#context.dialogs.get(dialogIdentifier);
    if (method === undefined) {
      const startLine = decodeText(message.startLine);
      throw new Refusal(`Server error: invalid or missing method supplied on start line: ${startLine}`);
    }
    if (method === "ACK") {
      this.#acknowledge(application, id, held, message);
      return;
    }
    if (!held) throw new Refusal("Server error: unable to find dialog for dialog id provided");
    const direction = this.#directionIn(held);
    const request = held.dialog.createRequest(method, this.#parts(method, message, direction));
    this.#launch(application, id, this.#withOwnFrom(held, request, message), direction, { id: held.id, held });
  }

  /**
   * Forks share an id, so the RAck tells which of them a PRACK is for; one that fits none goes to the latest, whose
   * business it is to refuse it.
   */
  #forkToAcknowledge(id: string, message: ApplicationMessage): HeldDialog | undefined {
    const forks = this.#context.dialogs.forks(id);
    if (forks.length === 0) return undefined;
    const rseq = Number.parseInt(fieldOf(message.headers, "rack") ?? "", 10);
    const fork =
      forks.find(({ received }) => received?.unacknowledged.has(rseq)) ?? forks.findLast(({ received }) => received);
    if (!fork) throw new Refusal("Server error: unable to find IIP when sending PRACK");
    fork.received?.unacknowledged.delete(rseq);
    return fork;
  }

  #directionIn({ dialog }: HeldDialog): Direction {
    const target = sipUriOf(dialog.nextHop);
    if (!target) throw new Refusal("Server error: Error creating sip transaction for request");
    return { target, protocol: chooseProtocol(target, this.#context.engine.addresses), nextHop: dialog.nextHop };
  }

  #parts(
    method: string,
    message: ApplicationMessage,
    { protocol }: Direction,
  ): { headers: HeaderField[]; body: Buffer } {
    const options = fieldOptions(this.#context, method, protocol);
    const own = ownFields(message.headers, { ...options, withheld: ["from", "to", "call-id", "cseq"] });
    const supplied = tellsContact(method) && fieldOf(own, "contact") === undefined;
    const headers: HeaderField[] = [
      ["Max-Forwards", fieldOf(own, "max-forwards") ?? "70"],
      ...(supplied ? [["Contact", `<${options.local.uriText}>`] as const] : []),
      ...without(own, "max-forwards"),
      ...missingContentType(own, message.body),
    ];
    return { headers, body: message.body };
  }

  /** The application may change the text of From (RFC 4916), never the dialog's tag. */
  #withOwnFrom({ dialog }: HeldDialog, request: SipRequest, message: ApplicationMessage): SipRequest {
    const from = fieldOf(message.headers, "from");
    if (from === undefined) return request;
    try {
      const parsed = parseNameAddr(from);
      const parameters = new Map(parsed.parameters).set("tag", dialog.localTag);
      return request.set("From", formatNameAddr({ ...parsed, uriText: parsed.uriText, parameters }));
    } catch (error) {
      throw new Refusal("Server error: Error creating sip transaction for request", error);
    }
  }

  #acknowledge(
    application: ApplicationConnection,
    id: string,
    held: HeldDialog | undefined,
    message: ApplicationMessage,
  ): void {
    const awaited = held?.awaitedAck;
    // drachtio-srf acknowledges every final response; those of rejected INVITEs the transaction has acknowledged.
    if (!held || !awaited) {
      throw new Refusal("Server error: ACK for non-success final response is automatically generated by server");
    }
    const direction = this.#directionIn(held);
    const invite = awaited.transaction.request;
    const { headers, body } = this.#parts("ACK", message, direction);
    const ack = held.dialog.createAck(invite.cseq.number, {
      headers: [...headers, ...credentialsOf(invite, headers)],
      body,
    });
    held.awaitedAck = undefined;
    awaited.transaction.acknowledge(ack, direction);
    this.#echo(application, id, this.#context.ids.uuid(), ack, this.#placeTowards(direction));
    if (awaited.cancelled) hangUp(this.#context, held, "ACK-BYE due to cancel race condition");
  }

  #cancel(application: ApplicationConnection, id: string, transactionId: string, message: ApplicationMessage): void {
    const pending = this.#outgoing.pendingInvite(transactionId);
    const withheld = ["from", "to", "contact", "p-asserted-identity", "call-id", "cseq", "max-forwards"];
    const options = fieldOptions(this.#context, "CANCEL", pending ? protocolOf(pending.transaction.request) : "udp");
    const cancel = pending?.transaction.cancel(ownFields(message.headers, { ...options, withheld }));
    if (!pending || !cancel) throw new Refusal(`unable to cancel unknown transaction id: ${transactionId}`);
    pending.outgoing.cancelled = true;
    this.#echo(application, id, this.#context.ids.uuid(), cancel, ownPlace(this.#context, protocolOf(cancel)));
  }

  #launch(
    application: ApplicationConnection,
    id: string,
    request: SipRequest,
    direction: Direction,
    dialog: { id: string; held?: HeldDialog },
  ): void {
    const outgoing = new OutgoingRequest(this.#context.ids.uuid(), application, dialog);
    const transaction = this.#context.engine.send(request, this.#outgoing, { ...direction, context: outgoing });
    this.#outgoing.track(outgoing, transaction);
    this.#echo(application, id, outgoing.transactionId, transaction.request, this.#placeTowards(direction));
  }

  #echo(
    application: ApplicationConnection,
    id: string,
    transactionId: string,
    request: SipRequest,
    place: Place,
  ): void {
    const octets = request.toOctets();
    const time = timeOfDay(this.#context.clock);
    application.answer(id, requestEcho({ octets: octets.length, place, time, transactionId }), octets);
  }

  /** drachtio tells our own address for UDP, the far end's for streams, nothing for a name not looked up yet. */
  #placeTowards({ target, protocol }: Direction): Place {
    if (isIP(target.host) === 0) return nowhere("unknown");
    if (protocol !== "udp") return { protocol, host: target.host, port: target.port ?? defaultPort(protocol) };
    return ownPlace(this.#context, protocol);
  }
}

/** RFC 3261 §13.2.2.4: the ACK carries the credentials of its INVITE. */
function credentialsOf(invite: SipRequest, given: readonly HeaderField[]): HeaderField[] {
  return ["Authorization", "Proxy-Authorization"]
    .filter((name) => fieldOf(given, name.toLowerCase()) === undefined)
    .flatMap((name) => invite.getAll(name).map((value) => [name, value] as const));
}

function isUri(text: string): boolean {
  try {
    parseUri(text);
    return true;
  } catch {
    return false;
  }
}
