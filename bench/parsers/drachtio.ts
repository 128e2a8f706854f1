import type { ParserPeer } from "./parser-peer.ts";
import {
  needed,
  readAllBy,
  type ReadAddress,
  type ReadCseq,
  type ReadMessage,
  type ReadUri,
  type ReadVia,
} from "./regular-expressions.ts";

interface Parser {
  readonly parseSipMessage: (text: string, lazy: boolean) => ReadMessage | undefined;
  readonly parseUri: (text: string) => ReadUri | undefined;
}

/** drachtio-srf's message, whose headers are split eagerly and parsed one by one when asked for. */
interface Message {
  readonly method?: string;
  readonly status?: number;
  get: (name: string) => string | undefined;
  getParsedHeader: (name: string) => unknown;
}

/** The parser of drachtio-srf: all headers at once for all fields, its own lazy message for routing. */
export async function loadDrachtio(): Promise<ParserPeer> {
  const folder = "drachtio-srf/lib/sip-parser";
  const { default: parser } = (await import(`${folder}/parser.js`)) as unknown as { default: Parser };
  const { default: SipMessage } = (await import(`${folder}/message.js`)) as unknown as {
    default: new (text: string) => Message;
  };
  return {
    name: "drachtio-srf",
    readAll: readAllBy({ parse: (text) => parser.parseSipMessage(text, false), parseUri: parser.parseUri }),
    readForRouting(octets, sink) {
      const message = new SipMessage(octets.toString("latin1"));
      sink.take(message.method ?? message.status);
      const via = needed((message.getParsedHeader("via") as readonly ReadVia[])[0]);
      sink.take(via.params["branch"]);
      sink.take(via.host);
      sink.take(via.port);
      sink.take(message.get("call-id"));
      const cseq = message.getParsedHeader("cseq") as ReadCseq;
      sink.take(cseq.seq);
      sink.take(cseq.method);
      sink.take((message.getParsedHeader("from") as ReadAddress).params["tag"]);
      sink.take((message.getParsedHeader("to") as ReadAddress).params["tag"]);
      sink.take(message.get("content-length"));
    },
  };
}
