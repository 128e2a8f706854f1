import { grammarPeer, type GrammarMessage } from "./grammars.ts";
import type { ParserPeer } from "./parser-peer.ts";

interface Message extends GrammarMessage {
  readonly status_code?: number;
  readonly reason_phrase?: string;
  readonly call_id: string;
  readonly from_tag?: string;
  readonly to_tag?: string;
}

interface Parser {
  readonly parseMessage: (text: string, userAgent: object) => Message | undefined;
}

export async function loadJssip(): Promise<ParserPeer> {
  const path = "jssip/lib/Parser.js";
  const { default: parser } = (await import(path)) as unknown as { default: Parser };
  const userAgent = {};
  return grammarPeer({
    name: "JsSIP",
    parse: (text) => parser.parseMessage(text, userAgent),
    status: (message) => message.status_code,
    reason: (message) => message.reason_phrase,
    callId: (message) => message.call_id,
    fromTag: (message) => message.from_tag,
    toTag: (message) => message.to_tag,
  });
}
