import { reasonPhrase } from "../sip/message/index.ts";
import type { ClientHandler } from "../sip/transaction/index.ts";
import type { Leg } from "./leg.ts";

/** How long a transferor may expect to be told, at most: no phone rings longer. */
const EXPIRES_SECONDS = 180;

const nobody: ClientHandler = {
  response: () => undefined, // a phone that refuses a NOTIFY does not want to know; the transfer goes on
  failed: () => undefined,
};

/**
 * The subscription that a REFER begins (RFC 3515 §2.4.4): tells the transferor by NOTIFY, in the dialog of its call, what
 * becomes of the call that it asked for.
 */
export class ReferSubscription {
  readonly #transferor: Leg;
  readonly #event: string;
  #open: boolean;

  /** @param wanted false: nothing is told. */
  constructor(transferor: Leg, event: string, wanted: boolean) {
    this.#transferor = transferor;
    this.#event = event;
    this.#open = wanted;
  }

  /** Tells a provisional status; 100 as the first, at once. */
  progress(status: number): void {
    if (this.#open) this.#notify(status, `active;expires=${EXPIRES_SECONDS}`);
  }

  /** Tells the last status that the transferor will hear of. */
  end(status: number): void {
    if (!this.#open) return;
    this.#open = false;
    this.#notify(status, "terminated;reason=noresource");
  }

  /** The transferor has gone: nobody is to be told. */
  drop(): void {
    this.#open = false;
  }

  #notify(status: number, state: string): void {
    const body = { type: "message/sipfrag;version=2.0", content: `SIP/2.0 ${status} ${reasonPhrase(status)}\r\n` };
    const headers = [
      ["Event", this.#event],
      ["Subscription-State", state],
    ] as const;
    this.#transferor.send("NOTIFY", { headers, body }, nobody);
  }
}
