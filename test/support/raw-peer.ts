import { Inbox } from "../../src/core/inbox.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import type { Address, Network, StreamConnection } from "../../src/sip/transport/index.ts";
import { loadTlsClient } from "../../src/sip/transport/tls-settings.ts";

/** A peer that is no SIP endpoint: what it reads is kept as text. */
export class RawPeer {
  readonly connection: StreamConnection;
  readonly #news = new Inbox<"ended" | "closed" | "octets">(systemClock);
  text = "";

  constructor(connection: StreamConnection) {
    this.connection = connection;
    connection.start({
      received: (octets) => {
        this.text += octets.toString("latin1");
        this.#news.put("octets");
      },
      ended: () => {
        this.#news.put("ended");
      },
      closed: () => {
        this.#news.put("closed");
      },
    });
  }

  static async connect(network: Network, to: Address): Promise<RawPeer> {
    if (to.protocol === "tcp") return new RawPeer(await network.connectTcp(to));
    const settings = await loadTlsClient({ verifyServer: false });
    return new RawPeer(await network.connectTls(to, { settings }));
  }

  write(octets: string | Buffer): void {
    this.connection.write(Buffer.from(octets as string, "latin1"), () => undefined);
  }

  async reads(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) await this.#wait("octets", `octets like ${String(pattern)}`);
  }

  async sees(news: "ended" | "closed"): Promise<void> {
    await this.#wait(news, `the connection to be ${news}`);
  }

  async #wait(news: "ended" | "closed" | "octets", description: string): Promise<void> {
    await this.#news.take(
      { timeoutMs: 5000, description: `the peer waited for ${description}` },
      (item) => item === news,
    );
  }
}
