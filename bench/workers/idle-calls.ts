/**
 * Sets up so many calls by the engine's own API, both ends in this process, and leaves them standing: two dialogs each.
 * Tells its memory before, right after, and once no transaction is left. Run with `--expose-gc`.
 */
import { argv } from "node:process";
import { delay } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import {
  Dialog,
  SipRequest,
  SipResponse,
  type Address,
  type ClientHandler,
  type ClientTransaction,
  type ServerTransaction,
  type SipEngine,
  type TransactionUser,
} from "../../src/sip/index.ts";
import { openEngine, SDP } from "../support/endpoint.ts";
import { Load } from "../support/load.ts";
import { memoryNow } from "../support/memory.ts";

const [total, atOnce] = argv.slice(2).map(Number) as [number, number];

class Callee implements TransactionUser {
  readonly dialogs = new Map<string, Dialog>();

  request(transaction: ServerTransaction): void {
    const { request, toTag } = transaction;
    const contact = `<${callee.engine.contactUri("callee", "udp")}>`;
    const answer = SipResponse.to(request, 200, {
      toTag,
      headers: [
        ["Contact", contact],
        ["Content-Type", "application/sdp"],
      ],
      body: SDP,
    });
    const dialog = Dialog.fromRequest(request, answer);
    this.dialogs.set(dialog.id, dialog);
    transaction.respond(answer);
  }
}

class Caller implements ClientHandler {
  readonly load = new Load(atOnce, (number) => {
    this.#begin(number);
  });
  readonly dialogs = new Map<string, Dialog>();
  readonly #engine: SipEngine;
  readonly #callee: Address;

  constructor(engine: SipEngine, calleePort: number) {
    this.#engine = engine;
    this.#callee = { protocol: "udp", host: "127.0.0.1", port: calleePort };
  }

  #begin(number: number): void {
    const invite = SipRequest.create({
      method: "INVITE",
      requestUri: `sip:callee@127.0.0.1:${this.#callee.port}`,
      headers: [
        ["From", `<sip:caller@127.0.0.1>;tag=${number}`],
        ["To", "<sip:callee@127.0.0.1>"],
        ["Call-ID", `${number}-idle`],
        ["CSeq", "1 INVITE"],
        ["Contact", `<${this.#engine.contactUri("caller", "udp")}>`],
        ["Content-Type", "application/sdp"],
      ],
      body: SDP,
    });
    this.#engine.send(invite, this, { to: this.#callee });
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    const dialog = Dialog.fromResponse(transaction.request, response);
    this.dialogs.set(dialog.id, dialog);
    transaction.acknowledge(dialog.createAck(1), { to: this.#callee });
    this.load.ended();
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    throw error;
  }
}

/** A fifth of the usual, so that what waits for copies is over sooner; what stays is the same. */
const timers = { t1: 100 };
const user = new Callee();
const callee = await openEngine(user, timers);
const { engine } = await openEngine({ request: () => undefined }, timers);
const caller = new Caller(engine, callee.port);
const before = memoryNow();
await caller.load.run(total);
const fresh = memoryNow();
while (engine.transactionCount + callee.engine.transactionCount > 0) await delay(systemClock, 100);
process.send?.({
  fresh: fresh - before,
  idle: memoryNow() - before,
  standing: user.dialogs.size + caller.dialogs.size,
});
await Promise.all([engine.close(), callee.engine.close()]);
process.disconnect();
