/**
 * Makes calls by the engine's own API: INVITE, 180, 200, ACK, BYE, 200. One object serves all calls. Tells what the
 * first of them took, while V8 is still compiling, and, once it is told to go on, what as many as asked for took.
 */
import { once } from "node:events";
import { argv } from "node:process";
import {
  Dialog,
  SipRequest,
  type Address,
  type ClientHandler,
  type ClientTransaction,
  type SipEngine,
  type SipResponse,
} from "../../src/sip/index.ts";
import { openEngine, SDP } from "../support/endpoint.ts";
import { Stopwatch, type Usage } from "../support/usage.ts";

const [peerPort, total, atOnce, first] = argv.slice(2).map(Number) as [number, number, number, number];
const peer: Address = { protocol: "udp", host: "127.0.0.1", port: peerPort };

class Calls implements ClientHandler {
  readonly #engine: SipEngine;
  readonly #contact: string;
  #finish: () => void = () => undefined;
  #begun = 0;
  #ended = 0;
  #last = 0;

  constructor(engine: SipEngine) {
    this.#engine = engine;
    this.#contact = `<${engine.contactUri("caller", "udp")}>`;
  }

  /** Makes so many more calls. */
  async make(count: number): Promise<Usage> {
    const done = new Promise<void>((resolve) => (this.#finish = resolve));
    const stopwatch = new Stopwatch();
    this.#last += count;
    for (let index = 0; index < atOnce; index += 1) this.#begin();
    await done;
    return stopwatch.read();
  }

  #begin(): void {
    if (this.#begun === this.#last) return;
    this.#begun += 1;
    const invite = SipRequest.create({
      method: "INVITE",
      requestUri: `sip:service@127.0.0.1:${peerPort}`,
      headers: [
        ["From", `<sip:caller@127.0.0.1:${port}>;tag=${this.#begun}`],
        ["To", `<sip:service@127.0.0.1:${peerPort}>`],
        ["Call-ID", `${this.#begun}-call`],
        ["CSeq", "1 INVITE"],
        ["Contact", this.#contact],
        ["Subject", "Performance Test"],
        ["Content-Type", "application/sdp"],
      ],
      body: SDP,
    });
    this.#engine.send(invite, this, { to: peer });
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    if (response.isProvisional) return;
    if (!response.isSuccess) throw new Error(`${transaction.method} was answered ${response.status}`);
    if (transaction.method === "INVITE") {
      const dialog = Dialog.fromResponse(transaction.request, response);
      transaction.acknowledge(dialog.createAck(1), { to: peer });
      this.#engine.send(dialog.createRequest("BYE"), this, { to: peer });
    } else {
      this.#ended += 1;
      if (this.#ended === this.#last) this.#finish();
      else this.#begin();
    }
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    throw error;
  }
}

const { engine, port } = await openEngine({ request: () => undefined });
const calls = new Calls(engine);
process.send?.(await calls.make(first));
await once(process, "message");
process.send?.(await calls.make(total));
await engine.close();
process.disconnect();
