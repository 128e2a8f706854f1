/**
 * Takes calls by the engine's own API: 180 and 200 to INVITE, 200 to BYE. First message: its port; then, whenever asked,
 * what it took since it was last.
 */
import { Dialog, dialogIdOf, SipResponse, type ServerTransaction, type TransactionUser } from "../../src/sip/index.ts";
import { openEngine, SDP } from "../support/endpoint.ts";
import { Stopwatch } from "../support/usage.ts";

class Answerer implements TransactionUser {
  readonly #dialogs = new Map<string, Dialog>();
  contact = "";

  request(transaction: ServerTransaction): void {
    if (transaction.request.method === "INVITE") this.#answer(transaction);
    else this.#hangUp(transaction);
  }

  #answer(transaction: ServerTransaction): void {
    const { request, toTag } = transaction;
    transaction.respond(SipResponse.to(request, 180, { toTag, headers: [["Contact", this.contact]] }));
    const answer = SipResponse.to(request, 200, {
      toTag,
      headers: [
        ["Contact", this.contact],
        ["Content-Type", "application/sdp"],
      ],
      body: SDP,
    });
    const dialog = Dialog.fromRequest(request, answer);
    this.#dialogs.set(dialog.id, dialog);
    transaction.respond(answer);
  }

  #hangUp(transaction: ServerTransaction): void {
    const { request } = transaction;
    const id = dialogIdOf(request, "received") ?? "";
    const inOrder = this.#dialogs.get(id)?.admits(request) === "ok";
    this.#dialogs.delete(id);
    transaction.respond(SipResponse.to(request, inOrder ? 200 : 481));
  }
}

const user = new Answerer();
const { engine, port } = await openEngine(user);
user.contact = `<${engine.contactUri(undefined, "udp")}>`;
process.send?.(port);
let stopwatch = new Stopwatch();
process.on("message", () => {
  process.send?.(stopwatch.read());
  stopwatch = new Stopwatch();
});
process.once("disconnect", () => process.exit());
