import { asError } from "../core/errors.ts";
import { Dialog, type HeaderField, parseNameAddr, SipResponse, splitList } from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import { type ApplicationMessage, readStatusLine } from "./application-message.ts";
import type { SipCommand } from "./commands.ts";
import type { HeldDialog } from "./dialog-table.ts";
import { type EndpointContext, fieldOptions } from "./endpoint-context.ts";
import { fieldOf, missingContentType, ownFields } from "./header-fields.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { IncomingRequests } from "./incoming-requests.ts";
import { tellsContact } from "./methods.ts";
import { BrokenCommand, Refusal } from "./refusal.ts";
import { ReliableResponses } from "./reliable-responses.ts";
import { placeOf, responseEcho, timeOfDay } from "./report-fields.ts";

/** RFC 3262 §3: the first RSeq is chosen from 1 to 2^31-1. */
const FIRST_RSEQ_LIMIT = 2 ** 31 - 1;

/** What applications answer to requests from the network. Each response is echoed as it left. */
export class ResponseCommands {
  readonly #context: EndpointContext;
  readonly #incoming: IncomingRequests;

  constructor(context: EndpointContext, incoming: IncomingRequests) {
    this.#context = context;
    this.#incoming = incoming;
  }

  /** @throws {Refusal} it can't be sent. @throws {BrokenCommand} it doesn't say what it answers. */
  send(application: ApplicationConnection, id: string, command: SipCommand, message: ApplicationMessage): void {
    if (command.transactionId === "") throw new BrokenCommand("transaction id missing");
    const line = readStatusLine(message.startLine);
    if (!line) throw new Refusal("Unknown server error sending response");
    const incoming = this.#incoming.pending(command.transactionId, answeredMethod(message));
    if (!incoming || incoming.successWaits) throw unknownTransaction(message);
    const reliable = this.#reliableFor(incoming, line.status, message);
    const response = this.#compose(incoming, line, message, reliable);
    if (response.isSuccess) this.#refuseOtherBranch(incoming);
    else if (line.status > 100 && line.status < 200) this.#beginDialog(incoming, application, response);
    if (reliable) reliable.send(response);
    else if (response.isSuccess && incoming.reliable?.holdsSuccess) {
      incoming.successWaits = true;
      incoming.reliable.send(response);
    } else this.#release(incoming, response);
    incoming.answered ||= line.status > 100;
    this.#echo(application, id, incoming, response);
  }

  /** What sends this response reliably; undefined where it is sent as it is. RFC 3262 §3. */
  #reliableFor(
    incoming: IncomingRequest,
    status: number,
    { headers }: ApplicationMessage,
  ): ReliableResponses | undefined {
    const { request } = incoming.transaction;
    if (request.method !== "INVITE" || status <= 100 || status >= 200) return undefined;
    const demanded = names100rel(request.list("Require"));
    const wanted = names100rel(splitList(fieldOf(headers, "require") ?? ""));
    if (!wanted && !demanded) return undefined;
    if (!demanded && !names100rel(request.list("Supported"))) {
      throw new Refusal("Remote endpoint does not support 100rel");
    }
    incoming.reliable ??= new ReliableResponses({
      clock: this.#context.clock,
      timers: this.#context.engine.timers,
      invite: request,
      firstRseq: 1 + this.#context.ids.integer(FIRST_RSEQ_LIMIT),
      send: (response) => {
        this.#release(incoming, response);
      },
      unacknowledged: () => {
        this.#incoming.unacknowledgedProvisional(incoming);
      },
    });
    return incoming.reliable;
  }

  /** Puts a response on the wire. */
  #release(incoming: IncomingRequest, response: SipResponse): void {
    if (response.isSuccess) {
      incoming.successWaits = false;
      this.#keepDialog(incoming, incoming.application, response);
    }
    incoming.transaction.respond(response);
    if (response.isFinal) this.#incoming.finished(incoming);
  }

  #compose(
    incoming: IncomingRequest,
    { status, reason }: { status: number; reason: string },
    message: ApplicationMessage,
    reliable: ReliableResponses | undefined,
  ): SipResponse {
    const { transaction } = incoming;
    const { method } = transaction.request;
    const options = fieldOptions(this.#context, method, transaction.flow.protocol);
    const own = ownFields(message.headers, { ...options, withheld: ["from", "to", "call-id", "cseq"] });
    const refreshes = status >= 200 && status < 300 && tellsContact(method);
    const tells = (refreshes || reliable !== undefined) && fieldOf(own, "contact") === undefined;
    const headers: HeaderField[] = [
      ...(tells ? [["Contact", `<${options.local.uriText}>`] as const] : []),
      ...(reliable ? reliableFields(reliable, own) : []),
      ...own,
      ...missingContentType(own, message.body),
      ["Content-Length", String(message.body.length)],
    ];
    const tag = chosenTag(message);
    if (tag !== undefined && !incoming.answered) transaction.toTag = tag;
    const { toTag } = transaction;
    return SipResponse.to(transaction.request, status, { reason, toTag, headers, body: message.body });
  }

  #keepDialog(incoming: IncomingRequest, application: ApplicationConnection, response: SipResponse): void {
    const { request } = incoming.transaction;
    if (incoming.inDialog) {
      incoming.held?.dialog.refreshTarget(request);
      return;
    }
    if (incoming.held) incoming.held.dialog.confirm(response);
    else this.#beginDialog(incoming, application, response);
  }

  /** RFC 3261 §8.2.2.2: of a forked request whose branches all reach us, one is answered. */
  #refuseOtherBranch(incoming: IncomingRequest): void {
    const answered = this.#context.dialogs.forks(incoming.dialogId).some(({ dialog }) => dialog.state === "confirmed");
    if (incoming.inDialog || !answered) return;
    this.#incoming.refuse(incoming, 482);
    throw new Refusal("dialog already exists, rejecting this request");
  }

  /** A provisional response to INVITE begins an early dialog, a 2xx one that stays. */
  #beginDialog(incoming: IncomingRequest, application: ApplicationConnection, response: SipResponse): void {
    const { request } = incoming.transaction;
    if (incoming.held || incoming.dialogId === "" || !(response.isSuccess || request.method === "INVITE")) return;
    try {
      const dialog = Dialog.fromRequest(request, response);
      const held: HeldDialog = { id: incoming.dialogId, dialog, method: request.method, owner: application };
      if (request.method === "INVITE") held.answering = incoming;
      incoming.held = held;
      this.#context.dialogs.add(held);
    } catch (error) {
      this.#context.log.debug({ err: asError(error), dialogId: incoming.dialogId }, "a response makes no dialog");
    }
  }

  #echo(application: ApplicationConnection, id: string, incoming: IncomingRequest, response: SipResponse): void {
    const { transaction, transactionId } = incoming;
    const octets = response.toOctets();
    const report = {
      octets: octets.length,
      place: placeOf(transaction.flow),
      time: timeOfDay(this.#context.clock),
      transactionId,
    };
    // The dialog of a BYE is gone already; for an early UPDATE drachtio tells none.
    const { method } = transaction.request;
    const early = method === "UPDATE" && incoming.held?.dialog.state === "early";
    const dialogId = method === "BYE" || early ? "" : incoming.dialogId;
    application.answer(id, responseEcho(report, dialogId), octets);
  }
}

function unknownTransaction({ headers }: ApplicationMessage): Refusal {
  const onlyCseq = headers.filter(([name]) => name.toLowerCase() !== "content-length");
  const answersCancel = onlyCseq.length === 1 && fieldOf(onlyCseq, "cseq")?.endsWith("CANCEL") === true;
  return new Refusal(
    answersCancel
      ? "200 OK to incoming CANCEL is automatically generated by the stack"
      : "Response not sent due to unknown transaction",
  );
}

/** The method that the application says it answers. */
function answeredMethod({ headers }: ApplicationMessage): string | undefined {
  return fieldOf(headers, "cseq")
    ?.trim()
    .split(/[\t ]+/)
    .at(1);
}

function names100rel(tags: readonly string[]): boolean {
  return tags.some((tag) => tag.toLowerCase() === "100rel");
}

/** What makes a provisional response reliable (RFC 3262 §3), apart from what the application gave. */
function reliableFields(reliable: ReliableResponses, own: readonly HeaderField[]): HeaderField[] {
  const required = names100rel(splitList(fieldOf(own, "require") ?? ""));
  return [["RSeq", String(reliable.nextRseq())], ...(required ? [] : [["Require", "100rel"] as const])];
}

/** The tag that the application wants in To. */
function chosenTag(message: ApplicationMessage): string | undefined {
  try {
    return parseNameAddr(fieldOf(message.headers, "to") ?? "").parameters.get("tag");
  } catch {
    return undefined;
  }
}
