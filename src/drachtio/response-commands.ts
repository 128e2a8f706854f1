import { asError } from "../core/errors.ts";
import { Dialog, type HeaderField, parseNameAddr, SipResponse } from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import { type ApplicationMessage, readStatusLine } from "./application-message.ts";
import type { SipCommand } from "./commands.ts";
import type { HeldDialog } from "./dialog-table.ts";
import { type EndpointContext, fieldOptions } from "./endpoint-context.ts";
import { fieldOf, missingContentType, ownFields } from "./header-fields.ts";
import type { IncomingRequest, IncomingRequests } from "./incoming-requests.ts";
import { tellsContact } from "./methods.ts";
import { BrokenCommand, Refusal } from "./refusal.ts";
import { placeOf, responseEcho, timeOfDay } from "./report-fields.ts";

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
    const incoming = this.#incoming.pending(command.transactionId);
    if (!incoming) throw unknownTransaction(message);
    this.#refuseReliable(incoming, line.status, message);
    const response = this.#compose(incoming, line, message);
    if (response.isSuccess) this.#keepDialog(incoming, application, response);
    incoming.transaction.respond(response);
    incoming.answered ||= line.status > 100;
    if (response.isFinal) this.#incoming.finished(incoming);
    this.#echo(application, id, incoming, response);
  }

  /** Reliable provisional responses (RFC 3262) are not served yet: sending one unreliably would be a lie. */
  #refuseReliable({ transaction: { request } }: IncomingRequest, status: number, message: ApplicationMessage): void {
    const requires = fieldOf(message.headers, "require")?.toLowerCase().includes("100rel") === true;
    if (!requires || status >= 200) return;
    const supported = [...request.list("Supported"), ...request.list("Require")].some(
      (tag) => tag.toLowerCase() === "100rel",
    );
    throw new Refusal(
      supported ? "Reliable provisional responses are not served" : "Remote endpoint does not support 100rel",
    );
  }

  #compose(
    incoming: IncomingRequest,
    { status, reason }: { status: number; reason: string },
    message: ApplicationMessage,
  ): SipResponse {
    const { transaction } = incoming;
    const { method } = transaction.request;
    const options = fieldOptions(this.#context, method, transaction.flow.protocol);
    const own = ownFields(message.headers, { ...options, withheld: ["from", "to", "call-id", "cseq"] });
    const tells = status >= 200 && status < 300 && tellsContact(method) && fieldOf(own, "contact") === undefined;
    const headers: HeaderField[] = [
      ...(tells ? [["Contact", `<${options.local.uriText}>`] as const] : []),
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
    if (incoming.dialogId === "") return;
    if (this.#context.dialogs.get(incoming.dialogId)) {
      // RFC 3261 §8.2.2.2: another branch of a forked request was answered already.
      this.#incoming.refuse(incoming, 482);
      throw new Refusal("dialog already exists, rejecting this request");
    }
    try {
      const dialog = Dialog.fromRequest(request, response);
      const held: HeldDialog = { id: incoming.dialogId, dialog, method: request.method, owner: application };
      incoming.held = held;
      this.#context.dialogs.add(held);
    } catch (error) {
      this.#context.log.debug({ err: asError(error), dialogId: incoming.dialogId }, "a 2xx makes no dialog");
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
    // The dialog of a BYE is gone already.
    const dialogId = transaction.request.method === "BYE" ? "" : incoming.dialogId;
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

/** The tag that the application wants in To. */
function chosenTag(message: ApplicationMessage): string | undefined {
  try {
    return parseNameAddr(fieldOf(message.headers, "to") ?? "").parameters.get("tag");
  } catch {
    return undefined;
  }
}
