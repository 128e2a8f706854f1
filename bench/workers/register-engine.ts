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
import { Load, runWarm } from "../support/load.ts";

const [port, total, atOnce, first] = argv.slice(2).map(Number) as [number, number, number, number];
const registrar: Address = { protocol: "udp", host: "127.0.0.1", port };
const REGISTRAR_URI = "sip:cm.example.com";

class Phones implements ClientHandler {
  readonly load = new Load(atOnce, (number) => {
    this.#begin(number);
  });
  readonly #engine: SipEngine;

  constructor(engine: SipEngine) {
    this.#engine = engine;
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    if (response.status === 401) {
      this.#answer(transaction, response);
    } else if (response.status === 200) {
      this.load.ended();
    } else {
      throw new Error(`a phone was answered ${response.status}`);
    }
  }

  failed(_transaction: ClientTransaction, _reason: string, error: Error): void {
    throw error;
  }

  #begin(phone: number): void {
    const headers: HeaderField[] = [
      ["From", `<sip:${phone}@cm.example.com>;tag=${phone}`],
      ["To", `<sip:${phone}@cm.example.com>`],
      ["Call-ID", `${phone}-registration`],
      ["CSeq", "1 REGISTER"],
      ["Contact", `<sip:${phone}@127.0.0.1:${ownPort}>`],
      ["User-Agent", "bench"],
      ["Expires", "3600"],
    ];
    const request = SipRequest.create({ method: "REGISTER", requestUri: REGISTRAR_URI, headers });
    this.#engine.send(request, this, { to: registrar, context: phone });
  }

  /** The same request once more, with credentials (RFC 3261 §22.2). */
  #answer({ request, context }: ClientTransaction, response: SipResponse): void {
    const retry = request.clone().set("CSeq", "2 REGISTER").add("Authorization", credentialsFor(response));
    this.#engine.send(retry, this, { to: registrar, context });
  }
}

function credentialsFor(response: SipResponse): string {
  const challenge = parseChallenge(response.get("WWW-Authenticate") ?? "");
  if (!challenge) throw new Error("a 401 came without a challenge");
  const who = { username: "phone", password: "secret" };
  return formatCredentials(answerChallenge({ challenge, ...who, method: "REGISTER", uri: REGISTRAR_URI }));
}

const { engine, port: ownPort } = await openEngine({ request: () => undefined });
await runWarm(new Phones(engine).load, first, total);
await engine.close();
process.disconnect();
