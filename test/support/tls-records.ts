import { connect, createServer, type Server } from "node:net";
import type { Address } from "../../src/sip/transport/index.ts";

const HOST = "127.0.0.1";
const TYPES: Readonly<Record<number, string>> = { 20: "cipher", 21: "alert", 22: "handshake", 23: "application" };

export interface RecordingProxy {
  readonly port: number;
  /** Types of the TLS records that went from the server to the client, in order. */
  readonly records: () => string[];
}

/** Passes octets on to `target` on this machine and keeps what comes back. */
export async function recordingProxy(
  listen: (server: Server) => Promise<Address>,
  target: number,
): Promise<RecordingProxy> {
  const heard: Buffer[] = [];
  const { port } = await listen(
    createServer((near) => {
      const far = connect(target, HOST);
      far.on("data", (octets) => heard.push(octets));
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
      near.pipe(far).pipe(near);
    }),
  );
  return { port, records: () => typesIn(Buffer.concat(heard)) };
}

/** RFC 8446 §5.1: type, version, length. */
function typesIn(octets: Buffer): string[] {
  const types: string[] = [];
  for (let start = 0; start + 5 <= octets.length; start += 5 + octets.readUInt16BE(start + 3)) {
    types.push(TYPES[octets[start] ?? 0] ?? "unknown");
  }
  return types;
}
