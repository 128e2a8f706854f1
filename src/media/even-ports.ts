import { threadId } from "node:worker_threads";
import { TransportError } from "../core/errors.ts";
import type { MediaNetwork, MediaSocket } from "./media-network.ts";

/** Inclusive. Below the ports that kernels give away by themselves. */
const DEFAULT_PORTS = [16_384, 32_766] as const;

export interface EvenPortsOptions {
  readonly network: MediaNetwork;
  readonly host: string;
  /** Inclusive range. Default 16384 to 32766. */
  readonly ports?: readonly [number, number] | undefined;
}

/**
 * The next port, counted in even ones. All phones of a thread take theirs in turn, so that a port rests for long after its
 * use: whoever still sends to it must not be heard in another call. Processes and threads that run side by side begin apart.
 */
let turn = process.pid * 5_063 + threadId * 1_024;

/** Binds even ports (RFC 3550 §11), each after the other. */
export class EvenPorts {
  readonly #options: EvenPortsOptions;
  readonly #first: number;
  readonly #count: number;

  constructor(options: EvenPortsOptions) {
    this.#options = options;
    const [first, last] = options.ports ?? DEFAULT_PORTS;
    this.#first = first + (first % 2);
    this.#count = Math.max(1, Math.floor((last - this.#first) / 2) + 1);
  }

  /** @throws {TransportError} ERR_ADDRESS_IN_USE: no port of the range is free. */
  bind(received: (octets: Buffer) => void): MediaSocket {
    const { network, host } = this.#options;
    for (let tries = 0; tries < this.#count; tries += 1) {
      const socket = network.bind(host, this.#first + 2 * (turn % this.#count), received);
      turn += 1;
      if (socket) return socket;
    }
    const last = this.#first + 2 * (this.#count - 1);
    throw new TransportError(`no even port from ${this.#first} to ${last} is free on ${host} for media`, {
      code: "ERR_ADDRESS_IN_USE",
      details: { host, first: this.#first, last },
    });
  }
}
