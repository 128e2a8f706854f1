/**
 * Registers so many phones with digest by the engine's own API and keeps of each what a phone needs to refresh.
 * Tells its memory before, right after, and once no transaction is left. Run with `--expose-gc`.
 */
import { argv } from "node:process";
import { systemClock } from "../../src/core/system-clock.ts";
import { delay } from "../../src/core/clock.ts";
import { SipRequest, type Address, type ClientHandler, type SipEngine, type SipResponse } from "../../src/sip/index.ts";
import { openEngine } from "../support/endpoint.ts";
import { Load } from "../support/load.ts";
import { memoryNow } from "../support/memory.ts";

const [registrarPort, total, atOnce] = argv.slice(2).map(Number) as [number, number, number];
const registrar: Address = { protocol: "udp", host: "127.0.0.1", port: registrarPort };

/** What there is of a phone between two registrations. */
interface Phone {
  readonly aor: string;
  readonly tag: string;
  readonly callId: string;
  cseq: number;
  expiresAt: number;
}

class Phones implements ClientHandler {
  readonly load = new Load(atOnce, (number) => {
    this.#begin(number);
  });
  readonly #engine: SipEngine;
  readonly #phones: Phone[] = [];

  constructor(engine: SipEngine) {
    this.#engine = engine;
  }

  #begin(number: number): void {
    const aor = `sip:${number}@cm.example.com`;
    const phone = { aor, tag: `tag-${number}`, callId: `${number}-idle`, cseq: 1, expiresAt: 0 };
    this.#phones.push(phone);
    const request = SipRequest.create({
      method: "REGISTER",
      requestUri: "sip:cm.example.com",
      headers: [
        ["From", `<${phone.aor}>;tag=${phone.tag}`],
        ["To", `<${phone.aor}>`],
        ["Call-ID", phone.callId],
        ["CSeq", `${phone.cseq} REGISTER`],
        ["Contact", `<sip:${number}@127.0.0.1:${port}>`],
        ["Expires", "3600"],
      ],
    });
    this.#engine.send(request, this, { to: registrar, context: phone });
  }

  response(transaction: { readonly context: unknown }, response: SipResponse): void {
    if (response.status !== 200) throw new Error(`a phone was answered ${response.status}`);
    const [contact] = response.contacts === "*" ? [] : response.contacts;
    const phone = transaction.context as Phone;
    phone.expiresAt = systemClock.now() + 1000 * Number(contact?.parameters.get("expires") ?? 0);
    this.load.ended();
  }

  failed(_transaction: unknown, _reason: string, error: Error): void {
    throw error;
  }
}

const { engine, port } = await openEngine({ request: () => undefined });
const phones = new Phones(engine);
const before = memoryNow();
await phones.load.run(total);
const fresh = memoryNow();
while (engine.transactionCount > 0) await delay(systemClock, 100);
process.send?.({ fresh: fresh - before, idle: memoryNow() - before });
await engine.close();
process.disconnect();
