import type { ClientHost, ClientTransaction } from "./client-transaction.ts";
import type { RetainedMessage } from "./retained-message.ts";
import type { ServerHost, ServerTransaction } from "./server-transaction.ts";
import { TimerEntry } from "./timer-queue.ts";

/**
 * What is left of a client transaction that waits for copies of its final response only (timer K), to be known and
 * dropped. It has none of the transaction's messages: under load there are a hundred such for each one at work.
 */
export class ClientRemnant extends TimerEntry {
  readonly key: string;
  readonly method: string;
  readonly #host: ClientHost;

  constructor(host: ClientHost, { key, method }: ClientTransaction) {
    super();
    this.#host = host;
    this.key = key;
    this.method = method;
  }

  /** A copy: nobody wants it. */
  receive(): void {
    return undefined;
  }

  /** The request arrived, or there would be no response. */
  transportFailed(): void {
    return undefined;
  }

  abandon(): void {
    this.#host.queue.cancel(this);
    this.#host.forgetClient(this);
  }

  fallDue(): void {
    this.#host.forgetClient(this);
  }
}

/** What a server transaction leaves for copies of its request. */
export interface ServerEstate {
  readonly state: "completed" | "accepted";
  /** The response that copies get again; undefined where they get none. */
  readonly response: RetainedMessage | undefined;
}

/** What is left of a server transaction that waits for copies of its request only (timers J and L). */
export class ServerRemnant extends TimerEntry {
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly toTag: string;
  readonly state: ServerEstate["state"];
  readonly #host: ServerHost;
  readonly #response: RetainedMessage | undefined;

  constructor(host: ServerHost, transaction: ServerTransaction, { state, response }: ServerEstate) {
    super();
    this.#host = host;
    this.key = transaction.key;
    this.mergeKey = transaction.mergeKey;
    this.toTag = transaction.toTag;
    this.state = state;
    this.#response = response;
  }

  receiveCopy(): void {
    this.#response?.sendAgain(this.#host);
  }

  /** Was acknowledged before, or needs no ACK. */
  receiveAck(): void {
    return undefined;
  }

  abandon(): void {
    this.#host.queue.cancel(this);
    this.#host.forgetServer(this);
  }

  fallDue(): void {
    this.#host.forgetServer(this);
  }
}
