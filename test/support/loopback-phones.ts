import { Disposer } from "../../src/core/disposal.ts";
import { seededIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { openDrachtioFront, type DrachtioFront } from "../../src/drachtio/index.ts";
import type { Lab } from "../../src/inventory/index.ts";
import { createPhone, type PhoneOptions, type SimulatedPhone } from "../../src/simulator/index.ts";
import {
  SipEngine,
  SipResponse,
  type ServerTransaction,
  type Protocol,
  type TlsServerOptions,
} from "../../src/sip/index.ts";
import { deviceOf, testLab } from "./test-phone.ts";

/** Phones on real loopback sockets, and a registrar that answers as its script says. */
export class LoopbackPhones {
  readonly lab: Lab = testLab();
  readonly #disposer = new Disposer();
  readonly #ids = seededIds(`loopback ${systemClock.now()}`);
  #front: DrachtioFront | undefined;

  /** An engine that hands every request to `answer`. */
  async openRegistrar(
    answer: (transaction: ServerTransaction) => void,
    protocol: Protocol = "udp",
    tls?: TlsServerOptions,
  ): Promise<number> {
    const listen = [{ protocol, host: "127.0.0.1", port: 0, tls }];
    const options = { listen, clock: systemClock, ids: this.#ids };
    const engine = this.#disposer.use(await SipEngine.open(options, { request: answer }));
    return engine.addresses[0]?.port ?? 0;
  }

  /** A phone of the test lab whose target is port `port` of loopback. */
  async open(
    name: string,
    port: number,
    { protocol = "udp", ...more }: Partial<PhoneOptions> & { readonly protocol?: Protocol } = {},
  ): Promise<SimulatedPhone> {
    this.#front ??= this.#disposer.use(await openDrachtioFront({ clock: systemClock, ids: this.#ids }));
    const device = deviceOf(this.lab, name);
    const phone = await createPhone({
      name,
      device: { ...device, phoneProfile: { ...device.phoneProfile, transport: protocol } },
      target: { host: "127.0.0.1", ports: { [protocol]: port }, domain: "cm.example.com" },
      localHost: "127.0.0.1",
      front: this.#front,
      lab: this.lab,
      clock: systemClock,
      ids: this.#ids,
      ...more,
    });
    return this.#disposer.use(phone);
  }

  async closeFront(): Promise<void> {
    await this.#front?.close();
  }

  async close(): Promise<void> {
    await this.#disposer.close();
  }
}

/** Answers as a registrar with digest does, whatever the password: 401 first, then 200. */
export function answerWithDigest(transaction: ServerTransaction): void {
  const { request, toTag } = transaction;
  const known = request.has("Authorization");
  transaction.respond(
    SipResponse.to(request, known ? 200 : 401, {
      toTag,
      headers: known
        ? [
            ["Contact", request.get("Contact") ?? "<sip:nobody@h>"],
            ["Expires", request.get("Expires") === "0" ? "0" : "120"],
          ]
        : [["WWW-Authenticate", 'Digest realm="ccmsipline", nonce="n1", algorithm=MD5']],
    }),
  );
}
