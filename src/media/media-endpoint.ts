import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";
import { CallMedia, type CallMediaListener } from "./call-media.ts";
import { EvenPorts } from "./even-ports.ts";
import { nodeMediaNetwork, type MediaNetwork } from "./media-network.ts";
import { Pacer } from "./pacer.ts";

export interface MediaEndpointOptions {
  /** Address to bind. */
  readonly host: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Inclusive range of ports, of which the even ones are used. Default 16384 to 32766. */
  readonly ports?: readonly [number, number] | undefined;
  /** Default: UDP of the kernel. */
  readonly network?: MediaNetwork | undefined;
}

/**
 * Where one phone's media starts and ends: gives its calls their ports and one beat. Binds nothing by itself. Deviates
 * from RFC 3550 §6: there is no RTCP; what its reports would say is counted here.
 */
export class MediaEndpoint {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #ports: EvenPorts;
  readonly #pacer: Pacer;
  readonly #calls = new Set<CallMedia>();

  constructor(options: MediaEndpointOptions) {
    const { host, clock, ids, ports, network = nodeMediaNetwork } = options;
    this.#clock = clock;
    this.#ids = ids;
    this.#ports = new EvenPorts({ network, host, ports });
    this.#pacer = new Pacer(clock);
  }

  /** @param title of the call, for its reports. */
  openCall(title: () => string, listener: CallMediaListener): CallMedia {
    const call: CallMedia = new CallMedia(
      { clock: this.#clock, ids: this.#ids, ports: this.#ports, pacer: this.#pacer, title },
      {
        ...listener,
        stopped: (report) => {
          this.#calls.delete(call);
          listener.stopped?.(report);
        },
      },
    );
    this.#calls.add(call);
    return call;
  }

  /** Stops the media of every call that is still up. */
  close(): void {
    for (const call of [...this.#calls]) call.stop();
  }
}
