/** Makes calls by the engine's own API: INVITE, 180, 200, ACK, BYE, 200. One object serves all calls. */
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
import { Load, runWarm } from "../support/load.ts";

const [peerPort, total, atOnce, first] = argv.slice(2).map(Number) as [number, number, number, number];
const peer: Address = { protocol: "udp", host: "127.0.0.1", port: peerPort };

class Calls implements ClientHandler {
  readonly load = new Load(atOnce, (number) => {
    this.#begin(number);
  });
  readonly #engine: SipEngine;
  readonly #contact: string;

  constructor(engine: SipEngine) {
    this.#engine = engine;
    this.#contact = `<${engine.contactUri("caller", "udp")}>`;
  }

  #begin(number: number): void {
    const invite = SipRequest.create({
      method: "INVITE",
      requestUri: `sip:service@127.0.0.1:${peerPort}`,
      headers: [
        ["From", `<sip:caller@127.0.0.1:${port}>;tag=${number}`],
        ["To", `<sip:service@127.0.0.1:${peerPort}>`],
        ["Call-ID", `${number}-call`],
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
      this.load.ended();
    }
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    throw error;
  }
}

const { engine, port } = await openEngine({ request: () => undefined });
await runWarm(new Calls(engine).load, first, total);
await engine.close();
process.disconnect();
