import { TEXT_HEADERS, UNREAD, type FieldSink, type ParserPeer } from "./parser-peer.ts";

/** What JsSIP and SIP.js have in common: both parse by a generated grammar, eagerly, into objects of this shape. */
export interface GrammarMessage {
  readonly method?: string;
  readonly ruri?: GrammarUri;
  readonly from: GrammarAddress;
  readonly to: GrammarAddress;
  readonly via: GrammarVia;
  readonly cseq: number;
  readonly body: string;
  getHeader: (name: string) => string | undefined;
  getHeaders: (name: string) => readonly string[];
  parseHeader: (name: string, index?: number) => unknown;
}

interface GrammarUri {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

interface GrammarAddress {
  readonly uri: GrammarUri;
  readonly displayName?: string;
  readonly display_name?: string;
  getParam: (name: string) => string | undefined;
}

interface GrammarVia {
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly branch?: string;
}

/** The names in which the two differ. */
export interface GrammarParser<Message extends GrammarMessage> {
  readonly name: string;
  readonly parse: (text: string) => Message | undefined;
  readonly status: (message: Message) => number | undefined;
  readonly reason: (message: Message) => string | undefined;
  readonly callId: (message: Message) => string | undefined;
  readonly fromTag: (message: Message) => string | undefined;
  readonly toTag: (message: Message) => string | undefined;
}

export function grammarPeer<Message extends GrammarMessage>(parser: GrammarParser<Message>): ParserPeer {
  const parse = (octets: Buffer): Message => {
    const message = parser.parse(octets.toString("latin1"));
    if (!message) throw new Error("refused");
    return message;
  };
  return {
    name: parser.name,
    readAll(octets, sink) {
      const message = parse(octets);
      if (message.ruri) {
        sink.take(message.method);
        takeUri(message.ruri, sink);
      } else {
        sink.take(parser.status(message));
        sink.take(parser.reason(message));
      }
      takeVias(message, sink);
      takeParty(message.from, sink);
      takeParty(message.to, sink);
      sink.take(parser.callId(message));
      sink.take(message.cseq);
      sink.take((message.parseHeader("CSeq") as { method: string }).method);
      takeAddresses(message, sink);
      sink.take(message.parseHeader("Max-Forwards"));
      sink.take(message.parseHeader("Content-Length"));
      for (const name of TEXT_HEADERS) sink.take(message.getHeader(name));
      takeDigest(message, sink);
      sink.take(message.body.length);
    },
    readForRouting(octets, sink) {
      const message = parse(octets);
      sink.take(message.ruri ? message.method : parser.status(message));
      const { via } = message;
      sink.take(via.branch);
      sink.take(via.host);
      sink.take(via.port);
      sink.take(parser.callId(message));
      sink.take(message.cseq);
      sink.take((message.parseHeader("CSeq") as { method: string }).method);
      sink.take(parser.fromTag(message));
      sink.take(parser.toTag(message));
      sink.take(message.parseHeader("Content-Length"));
    },
  };
}

function takeVias(message: GrammarMessage, sink: FieldSink): void {
  const count = message.getHeaders("Via").length;
  for (let index = 0; index < count; index += 1) {
    const via = message.parseHeader("Via", index) as GrammarVia;
    sink.take(via.transport);
    sink.take(via.host);
    sink.take(via.port);
    sink.take(via.branch);
  }
}

function takeUri(uri: GrammarUri, sink: FieldSink): void {
  sink.take(uri.user);
  sink.take(uri.host);
  sink.take(uri.port);
}

function takeParty(party: GrammarAddress, sink: FieldSink): void {
  sink.take(party.displayName ?? party.display_name);
  takeUri(party.uri, sink);
  sink.take(party.getParam("tag"));
}

function takeAddresses(message: GrammarMessage, sink: FieldSink): void {
  const contacts = message.getHeaders("Contact").length;
  for (let index = 0; index < contacts; index += 1) {
    const contact = message.parseHeader("Contact", index) as GrammarAddress;
    takeUri(contact.uri, sink);
    sink.take(contact.getParam("expires"));
  }
  const routes = message.getHeaders("Record-Route").length;
  for (let index = 0; index < routes; index += 1) {
    const { uri } = message.parseHeader("Record-Route", index) as GrammarAddress;
    sink.take(uri.host);
    sink.take(uri.port);
  }
}

/** Both parse challenges; credentials stay text. */
function takeDigest(message: GrammarMessage, sink: FieldSink): void {
  const name = message.getHeader("WWW-Authenticate") === undefined ? "Proxy-Authenticate" : "WWW-Authenticate";
  const challenge = message.parseHeader(name) as { realm: string; nonce: string } | undefined;
  if (challenge) {
    sink.take(challenge.realm);
    sink.take(challenge.nonce);
  }
  const credentials = message.getHeader("Authorization") ?? message.getHeader("Proxy-Authorization");
  if (credentials !== undefined) for (let field = 0; field < 4; field += 1) sink.take(UNREAD);
}
