import { parseMessage } from "../message/index.ts";
import type { Address, Flow } from "../transport/index.ts";
import type { TransactionHost } from "./transaction.ts";

/**
 * A message that was sent and may have to be sent again, unchanged. Only its octets are kept, and these as a string:
 * a Buffer would keep the whole slab alive that it was cut from.
 */
export class RetainedMessage {
  readonly #octetText: string;
  readonly #to: Address | Flow;

  constructor(octets: Buffer, to: Address | Flow) {
    this.#octetText = octets.toString("latin1");
    this.#to = to;
  }

  sendAgain(host: TransactionHost): void {
    const octets = Buffer.from(this.#octetText, "latin1");
    host.send(parseMessage(octets), octets, this.#to);
  }
}
