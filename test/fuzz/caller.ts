import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import {
  Dialog,
  SipEngine,
  SipRequest,
  type Address,
  type ClientTransaction,
  type Protocol,
  type SipResponse,
} from "../../src/sip/index.ts";

/** A valid call has to be through after this long, on a machine however busy. */
const CALL_MS = 10_000;

/** Somebody who makes valid calls, to see whether the other end still works. */
export class Caller {
  readonly #engine: SipEngine;
  readonly #ids = randomIds();

  static async open(): Promise<Caller> {
    const listen = (["udp", "tcp"] as const).map((protocol) => ({ protocol, host: "127.0.0.1", port: 0 }));
    const request = { request: (): void => undefined };
    return new Caller(await SipEngine.open({ listen, clock: systemClock, ids: randomIds() }, request));
  }

  private constructor(engine: SipEngine) {
    this.#engine = engine;
  }

  get addresses(): readonly Address[] {
    return this.#engine.addresses;
  }

  /**
   * INVITE, ACK, BYE.
   * @throws what went wrong, when the call is not answered 200 or not hung up in time.
   */
  async call(to: Address): Promise<void> {
    const invite = this.#invite(to.protocol);
    const { response, transaction } = await this.#send(invite, to);
    if (response.status !== 200) throw new Error(`a valid INVITE over ${to.protocol} got ${response.status}`);
    const dialog = Dialog.fromResponse(invite, response);
    transaction.acknowledge(dialog.createAck(invite.cseq.number), { to });
    const ended = await this.#send(dialog.createRequest("BYE"), to);
    if (ended.response.status !== 200) throw new Error(`a valid BYE over ${to.protocol} got ${ended.response.status}`);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  #invite(protocol: Protocol): SipRequest {
    return SipRequest.create({
      method: "INVITE",
      requestUri: "sip:ua@127.0.0.1",
      headers: [
        ["From", `<sip:caller@127.0.0.1>;tag=${this.#ids.tag()}`],
        ["To", "<sip:ua@127.0.0.1>"],
        ["Call-ID", this.#ids.callId()],
        ["CSeq", "1 INVITE"],
        ["Contact", `<${this.#engine.contactUri("caller", protocol)}>`],
      ],
    });
  }

  async #send(request: SipRequest, to: Address): Promise<{ response: SipResponse; transaction: ClientTransaction }> {
    return await new Promise((resolve, reject) => {
      const timer = systemClock.setTimer(CALL_MS, () => {
        reject(new Error(`a valid ${request.method} over ${to.protocol} was not answered within ${CALL_MS} ms`));
      });
      this.#engine.send(
        request,
        {
          response: (transaction, response) => {
            if (!response.isFinal) return;
            timer.cancel();
            resolve({ response, transaction });
          },
          failed: (_transaction, _reason, error) => {
            timer.cancel();
            reject(error);
          },
        },
        { to },
      );
    });
  }
}
