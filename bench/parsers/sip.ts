import type { ParserPeer } from "./parser-peer.ts";
import { needed, readAllBy, type Functions } from "./regular-expressions.ts";

/** `sip` from npm; it has one way to parse. */
export async function loadSip(): Promise<ParserPeer> {
  const name = "sip";
  const { default: functions } = (await import(name)) as unknown as { default: Functions };
  return {
    name,
    readAll: readAllBy(functions),
    readForRouting(octets, sink) {
      const message = needed(functions.parse(octets.toString("latin1")));
      const { headers } = message;
      sink.take(message.method ?? message.status);
      const via = needed(headers.via?.[0]);
      sink.take(via.params["branch"]);
      sink.take(via.host);
      sink.take(via.port);
      sink.take(headers["call-id"]);
      const cseq = needed(headers.cseq);
      sink.take(cseq.seq);
      sink.take(cseq.method);
      sink.take(headers.from?.params["tag"]);
      sink.take(headers.to?.params["tag"]);
      sink.take(headers["content-length"]);
    },
  };
}
