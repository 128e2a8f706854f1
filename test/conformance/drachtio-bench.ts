import type { Closable } from "../../src/core/disposal.ts";
import {
  type ConnectOptions,
  type Handler,
  openApplication,
  RawApplication,
  type SrfApplication,
} from "./drachtio-application.ts";
import { SipPeer, type SocketAddress } from "./drachtio-peer.ts";

/** A server of drachtio's protocol: ours, or the one it imitates. */
export interface DrachtioServer extends Closable {
  readonly connectOptions: ConnectOptions;
  /** Where it takes SIP over UDP. */
  readonly sip: SocketAddress;
}

/** Opens a server for the tests of one `describe`, and what each test needs; closes everything behind each test. */
export class Bench {
  readonly #open: () => Promise<DrachtioServer>;
  #server: DrachtioServer | undefined;
  #closers: (() => Promise<void> | void)[] = [];

  /** To be called inside a `describe`. */
  constructor(open: () => Promise<DrachtioServer>) {
    this.#open = open;
    before(async () => {
      this.#server = await this.#open();
    });
    afterEach(async () => {
      for (const close of this.#closers.reverse()) await close();
      this.#closers = [];
    });
    after(async () => {
      await this.#server?.close();
    });
  }

  get server(): DrachtioServer {
    if (!this.#server) throw new Error("the server is not open yet");
    return this.#server;
  }

  get sip(): SocketAddress {
    return this.server.sip;
  }

  async application(handlers: Record<string, Handler> = {}): Promise<SrfApplication> {
    const application = await openApplication(this.server.connectOptions, handlers);
    this.#closers.push(() => {
      this.leave(application);
    });
    return application;
  }

  /** Disconnects, once only: drachtio-srf throws when it has no socket any more. */
  leave(application: SrfApplication): void {
    if (this.#left.has(application)) return;
    this.#left.add(application);
    application.disconnect();
  }

  readonly #left = new Set<SrfApplication>();

  async raw(): Promise<RawApplication> {
    const raw = await RawApplication.open(this.server.connectOptions);
    this.#closers.push(() => {
      raw.close();
    });
    return raw;
  }

  /** A raw application that has shown the secret. */
  async rawAuthenticated(): Promise<RawApplication> {
    const raw = await this.raw();
    await raw.authenticate(this.server.connectOptions.secret);
    return raw;
  }

  async peer(): Promise<SipPeer> {
    const peer = await SipPeer.open();
    this.#closers.push(() => peer.close());
    return peer;
  }
}
