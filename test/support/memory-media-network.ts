import type { MediaNetwork, MediaSocket } from "../../src/media/index.ts";

/** A packet that was sent over the network, wherever it went. */
export interface SeenPacket {
  readonly from: number;
  readonly to: string;
  readonly octets: Buffer;
}

/** UDP ports without a kernel: what is sent to a bound one arrives at once. */
export class MemoryMediaNetwork implements MediaNetwork {
  readonly seen: SeenPacket[] = [];
  /** `host:port` of every port that is bound. */
  readonly bound = new Map<string, (octets: Buffer) => void>();

  bind(host: string, port: number, received: (octets: Buffer) => void): MediaSocket | undefined {
    const name = `${host}:${port}`;
    if (this.bound.has(name)) return undefined;
    this.bound.set(name, received);
    return {
      port,
      send: (octets, remotePort, remoteHost) => {
        const to = `${remoteHost}:${remotePort}`;
        this.seen.push({ from: port, to, octets });
        this.bound.get(to)?.(octets);
      },
      close: () => {
        this.bound.delete(name);
      },
    };
  }
}
