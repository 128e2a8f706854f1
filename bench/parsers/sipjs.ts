import { grammarPeer, type GrammarMessage } from "./grammars.ts";
import type { ParserPeer } from "./parser-peer.ts";

interface Message extends GrammarMessage {
  readonly statusCode?: number;
  readonly reasonPhrase?: string;
  readonly callId: string;
  readonly fromTag?: string;
  readonly toTag?: string;
}

interface SilentLogger {
  readonly warn: (line: string) => void;
  readonly error: (line: string) => void;
}

interface Module {
  readonly Parser: { readonly parseMessage: (text: string, logger: SilentLogger) => Message | undefined };
}

export async function loadSipjs(): Promise<ParserPeer> {
  const path = "sip.js/lib/core/messages/parser.js";
  const { Parser } = (await import(path)) as unknown as Module;
  const silent: SilentLogger = { warn: () => undefined, error: () => undefined };
  return grammarPeer({
    name: "SIP.js",
    parse: (text) => Parser.parseMessage(text, silent),
    status: (message) => message.statusCode,
    reason: (message) => message.reasonPhrase,
    callId: (message) => message.callId,
    fromTag: (message) => message.fromTag,
    toTag: (message) => message.toTag,
  });
}
