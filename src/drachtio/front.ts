import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../core/clock.ts";
import type { Closable } from "../core/disposal.ts";
import { asError, TransportError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import { ApplicationConnection } from "./application-connection.ts";
import { Endpoint } from "./endpoint.ts";
import type { DrachtioEndpoint, EndpointOptions } from "./endpoint-options.ts";

/** 128 bits: whoever can guess it may as well be let in. */
const SECRET_OCTETS = 16;

export interface FrontOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log?: Logger;
  /** Address of the one listener for applications. Default 127.0.0.1. */
  readonly host?: string;
  /** Port of the listener. Default 0: one that is free. */
  readonly port?: number;
}

/** One loopback listener that serves drachtio's wire protocol for any number of SIP endpoints. */
export interface DrachtioFront extends Closable {
  /** Opens a SIP endpoint; an application reaches it with `srf.connect(endpoint.connectOptions)`. */
  openEndpoint(options: EndpointOptions): Promise<DrachtioEndpoint>;
  /** Closes every endpoint, every connection and the listener. */
  close(): Promise<void>;
}

/**
 * Opens the front.
 * @throws {TransportError} ERR_DRACHTIO_LISTEN: `host` is no address of this machine, or the port is taken.
 */
export async function openDrachtioFront(options: FrontOptions): Promise<DrachtioFront> {
  const front = new Front(options);
  await front.listen(options.host ?? "127.0.0.1", options.port ?? 0);
  return front;
}

class Front implements DrachtioFront {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Logger;
  readonly #server: Server;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #connections = new Set<ApplicationConnection>();

  constructor({ clock, ids, log = silentLogger }: FrontOptions) {
    this.#clock = clock;
    this.#ids = ids;
    this.#log = log.child({ component: "drachtio" });
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  async listen(host: string, port: number): Promise<void> {
    try {
      this.#server.listen({ host, port });
      await once(this.#server, "listening");
    } catch (error) {
      throw new TransportError(`The drachtio front can't listen on ${host}, port ${port}: ${asError(error).message}`, {
        code: "ERR_DRACHTIO_LISTEN",
        details: { host, port },
        cause: error,
      });
    }
  }

  async openEndpoint(options: EndpointOptions): Promise<DrachtioEndpoint> {
    const { address, port } = this.#server.address() as AddressInfo;
    const { secret = this.#ids.hex(SECRET_OCTETS), ...endpointOptions } = options;
    const endpoint = await Endpoint.open(endpointOptions, {
      clock: this.#clock,
      ids: this.#ids,
      log: this.#log,
      connectOptions: { host: address, port, secret },
      onClose: () => this.#endpoints.delete(secret),
    });
    this.#endpoints.set(secret, endpoint);
    return endpoint;
  }

  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close()));
    await Promise.all([...this.#connections].map((connection) => connection.close()));
    await stopped;
  }

  #accept(socket: Socket): void {
    const connection = new ApplicationConnection({
      socket,
      ids: this.#ids,
      log: this.#log,
      serverFor: (secret) => this.#endpoints.get(secret),
    });
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }
}
