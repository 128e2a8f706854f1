/**
 * How much CPU a digest registration costs the engine: REGISTER, 401, REGISTER, 200 between two engines of this
 * process, over UDP on loopback. Counts both ends, and the octets they send. Run by hand:
 * `npx tsx bench/registration-engine.ts [registrations] [at once]`
 */
import { argv, cpuUsage, memoryUsage, stdout } from "node:process";
import { randomIds } from "../src/core/ids.ts";
import { systemClock } from "../src/core/system-clock.ts";
import {
  SipEngine,
  SipRequest,
  SipResponse,
  type Address,
  type ClientHandler,
  type ClientTransaction,
  type ServerTransaction,
  type TransactionUser,
} from "../src/sip/index.ts";

const total = Number(argv[2] ?? 50_000);
const atOnce = Number(argv[3] ?? 50);
const CHALLENGE = 'Digest realm="ccmsipline", nonce="mlQxZ1mhGBxYfdVLKyHdjCDIbfO5YgFr", algorithm=MD5';
const CREDENTIALS =
  'Digest username="swhite",realm="ccmsipline",uri="sip:10.255.55.81",response="dd3ba7be9c0fbbd84a26fe8ef0f1f6a8",nonce="mlQxZ1mhGBxYfdVLKyHdjCDIbfO5YgFr",algorithm=MD5';

/** Challenges what has no credentials, accepts what has; the check of the response is not the engine's. */
class Registrar implements TransactionUser {
  request(transaction: ServerTransaction): void {
    const { request, toTag } = transaction;
    const accepted = request.has("Authorization");
    const headers: [string, string][] = accepted
      ? [
          ["Contact", `${request.get("Contact") ?? ""};expires=3600`],
          ["Expires", "3600"],
        ]
      : [["WWW-Authenticate", CHALLENGE]];
    transaction.respond(SipResponse.to(request, accepted ? 200 : 401, { toTag, headers }));
  }
}

class Phones implements ClientHandler {
  done = 0;
  #begun = 0;
  readonly #engine: SipEngine;
  readonly #registrar: Address;
  readonly #finished: () => void;

  constructor(engine: SipEngine, registrar: Address, finished: () => void) {
    this.#engine = engine;
    this.#registrar = registrar;
    this.#finished = finished;
  }

  begin(): void {
    if (this.#begun === total) return;
    this.#begun += 1;
    this.#engine.send(this.#register(this.#begun, 1), this, { to: this.#registrar, context: this.#begun });
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    if (response.status === 401) {
      const again = this.#register(transaction.context as number, 2).add("Authorization", CREDENTIALS);
      this.#engine.send(again, this, { to: this.#registrar });
      return;
    }
    this.done += 1;
    if (this.done === total) this.#finished();
    else this.begin();
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    throw error;
  }

  #register(phone: number, cseq: number): SipRequest {
    return SipRequest.create({
      method: "REGISTER",
      requestUri: "sip:10.255.55.81",
      headers: [
        ["From", `<sip:${phone}@10.255.55.81>;tag=from${phone}`],
        ["To", `<sip:${phone}@10.255.55.81>`],
        ["Call-ID", `registration-${phone}`],
        ["CSeq", `${cseq} REGISTER`],
        ["Contact", `<sip:${phone}@127.0.0.1:5060>`],
        ["User-Agent", "offhook bench"],
        ["Expires", "3600"],
      ],
    });
  }
}

const listen = [{ protocol: "udp" as const, host: "127.0.0.1", port: 0 }];
const options = { listen, clock: systemClock, ids: randomIds() };
const registrar = await SipEngine.open(options, new Registrar());
const phone = await SipEngine.open(options, { request: () => undefined });
const [address] = registrar.addresses;
if (!address) throw new Error("the registrar listens nowhere");

const started = performance.now();
const cpu = cpuUsage();
await new Promise<void>((resolve) => {
  const phones = new Phones(phone, address, resolve);
  for (let index = 0; index < atOnce; index += 1) phones.begin();
});
const used = cpuUsage(cpu);
const seconds = (performance.now() - started) / 1000;
const microseconds = (used.user + used.system) / total;
stdout.write(
  `${total} registrations in ${seconds.toFixed(1)} s: ${Math.round(total / seconds)}/s, ` +
    `${microseconds.toFixed(1)} µs CPU each for both ends, ` +
    `${registrar.transactionCount + phone.transactionCount} transactions held, ` +
    `${Math.round(memoryUsage().heapUsed / 1_048_576)} MiB heap\n`,
);
await Promise.all([registrar.close(), phone.close()]);
