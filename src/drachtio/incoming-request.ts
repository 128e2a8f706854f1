import type { ServerTransaction, SipRequest } from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import { dialogId, type HeldDialog } from "./dialog-table.ts";
import { beginsDialog } from "./methods.ts";
import type { ReliableResponses } from "./reliable-responses.ts";

/** A request from the network that an application has; the context of its server transaction. */
export class IncomingRequest {
  readonly transactionId: string;
  readonly transaction: ServerTransaction;
  readonly application: ApplicationConnection;
  /** Told with every response; empty where the request makes no dialog and is in none. */
  readonly dialogId: string;
  /** The dialog it came in, or the one that a response to it made. */
  held: HeldDialog | undefined;
  /** Whether it came in a dialog. */
  readonly inDialog: boolean;
  /** Whether the application has answered anything yet. */
  answered = false;
  acknowledged = false;
  /** Present once the application wanted a provisional response to this INVITE sent reliably. */
  reliable: ReliableResponses | undefined;
  /** Whether the application's 2xx waits for a PRACK. */
  successWaits = false;

  constructor(
    transactionId: string,
    transaction: ServerTransaction,
    application: ApplicationConnection,
    held: HeldDialog | undefined,
  ) {
    this.transactionId = transactionId;
    this.transaction = transaction;
    this.application = application;
    this.held = held;
    this.inDialog = held !== undefined;
    this.dialogId = held?.id ?? dialogIdOfNew(transaction.request);
  }
}

function dialogIdOfNew({ method, callId, fromTag }: SipRequest): string {
  return beginsDialog(method) ? dialogId(callId, fromTag) : "";
}
