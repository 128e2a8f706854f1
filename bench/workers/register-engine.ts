/** Registers phones by the engine's own API: REGISTER, 401, REGISTER with digest, 200. One object serves all phones. */
import { argv } from "node:process";
import {
  answerChallenge,
  formatCredentials,
  parseChallenge,
  SipRequest,
  type Address,
  type ClientHandler,
  type ClientTransaction,
  type HeaderField,
  type SipEngine,
  type SipResponse,
} from "../../src/sip/index.ts";
import { openEngine } from "../support/endpoint.ts";
import { Stopwatch } from "../support/usage.ts";

const [port, total, atOnce] = argv.slice(2).map(Number) as [number, number, number];
const registrar: Address = { protocol: "udp", host: "127.0.0.1", port };
const REGISTRAR_URI = "sip:cm.example.com";

class Phones implements ClientHandler {
  readonly done: Promise<void>;
  readonly #engine: SipEngine;
  #finish: () => void = () => undefined;
  #begun = 0;
  #registered = 0;

  constructor(engine: SipEngine) {
    this.#engine = engine;
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  begin(): void {
    if (this.#begun === total) return;
    this.#begun += 1;
    this.#register(this.#begun, 1);
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    if (response.status === 401) {
      this.#register(transaction.context as number, 2, response);
    } else if (response.status === 200) {
      this.#registered += 1;
      if (this.#registered === total) this.#finish();
      else this.begin();
    } else {
      throw new Error(`a phone was answered ${response.status}`);
    }
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    throw error;
  }

  #register(phone: number, cseq: number, challenged?: SipResponse): void {
    const headers: HeaderField[] = [
      ["From", `<sip:${phone}@cm.example.com>;tag=${phone}`],
      ["To", `<sip:${phone}@cm.example.com>`],
      ["Call-ID", `${phone}-registration`],
      ["CSeq", `${cseq} REGISTER`],
      ["Contact", `<sip:${phone}@127.0.0.1:${ownPort}>`],
      ["User-Agent", "bench"],
      ["Expires", "3600"],
    ];
    if (challenged) headers.push(["Authorization", credentialsFor(challenged)]);
    const request = SipRequest.create({ method: "REGISTER", requestUri: REGISTRAR_URI, headers });
    this.#engine.send(request, this, { to: registrar, context: phone });
  }
}

function credentialsFor(response: SipResponse): string {
  const challenge = parseChallenge(response.get("WWW-Authenticate") ?? "");
  if (!challenge) throw new Error("a 401 came without a challenge");
  const who = { username: "phone", password: "secret" };
  return formatCredentials(answerChallenge({ challenge, ...who, method: "REGISTER", uri: REGISTRAR_URI }));
}

const { engine, port: ownPort } = await openEngine({ request: () => undefined });
const phones = new Phones(engine);
const stopwatch = new Stopwatch();
for (let index = 0; index < atOnce; index += 1) phones.begin();
await phones.done;
process.send?.(stopwatch.read());
await engine.close();
process.disconnect();
