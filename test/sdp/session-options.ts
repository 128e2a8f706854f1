import type { SessionOptions } from "../../src/sdp/index.ts";

/** Options of a phone at 10.0.0.1 whose ports count up from 20000. */
export function phoneOptions(options: Partial<SessionOptions> = {}): SessionOptions {
  let port = 19_998;
  return {
    media: ["audio"],
    address: "10.0.0.1",
    ports: () => (port += 2),
    origin: { sessionId: "4711" },
    ...options,
  };
}
