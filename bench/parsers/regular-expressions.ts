import { TEXT_HEADERS, type FieldSink, type ParserPeer } from "./parser-peer.ts";

/** What the parsers of `sip` and of drachtio-srf, which grew out of it, make of a message. */
export interface ReadMessage {
  readonly method?: string;
  readonly uri?: string;
  readonly status?: number;
  readonly reason?: string;
  /** Lower-case names; parsed where the parser knows the header, else text. */
  readonly headers: ReadHeaders;
  readonly body?: string;
  readonly content?: string;
}

interface ReadHeaders {
  readonly via?: readonly ReadVia[];
  readonly from?: ReadAddress;
  readonly to?: ReadAddress;
  readonly "call-id"?: string;
  readonly cseq?: ReadCseq;
  readonly contact?: readonly ReadAddress[];
  readonly "record-route"?: readonly { readonly uri: ReadUri }[];
  readonly "content-length"?: number;
  readonly [other: string]: unknown;
}

export interface ReadVia {
  readonly protocol: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Readonly<Record<string, string | undefined>>;
}

export interface ReadCseq {
  readonly seq: number;
  readonly method: string;
}

export interface ReadAddress {
  readonly name?: string;
  readonly uri: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

export interface ReadUri {
  readonly user?: string;
  readonly host: string;
  readonly port: number;
}

export interface Functions {
  readonly parse: (text: string) => ReadMessage | undefined;
  readonly parseUri: (text: string) => ReadUri | undefined;
}

const TEXT_KEYS = TEXT_HEADERS.map((name) => name.toLowerCase());

/** All fields, from a parser of this family. */
export function readAllBy({ parse, parseUri }: Functions): ParserPeer["readAll"] {
  const takeUri = (text: string, sink: FieldSink): void => {
    const uri = parseUri(text);
    sink.take(uri?.user);
    sink.take(uri?.host);
    sink.take(uri?.port);
  };
  const takeParty = (party: ReadAddress, sink: FieldSink): void => {
    sink.take(party.name);
    takeUri(party.uri, sink);
    sink.take(party.params["tag"]);
  };
  return (octets, sink) => {
    const message = parse(octets.toString("latin1"));
    if (!message) throw new Error("refused");
    if (message.method !== undefined) {
      sink.take(message.method);
      takeUri(message.uri ?? "", sink);
    } else {
      sink.take(message.status);
      sink.take(message.reason);
    }
    const { headers } = message;
    for (const via of needed(headers.via)) {
      sink.take(via.protocol);
      sink.take(via.host);
      sink.take(via.port);
      sink.take(via.params["branch"]);
    }
    takeParty(needed(headers.from), sink);
    takeParty(needed(headers.to), sink);
    sink.take(headers["call-id"]);
    const cseq = needed(headers.cseq);
    sink.take(cseq.seq);
    sink.take(cseq.method);
    for (const contact of headers.contact ?? []) {
      takeUri(contact.uri, sink);
      sink.take(contact.params["expires"]);
    }
    for (const route of headers["record-route"] ?? []) {
      sink.take(route.uri.host);
      sink.take(route.uri.port);
    }
    sink.take(headers["max-forwards"]);
    sink.take(headers["content-length"]);
    for (const key of TEXT_KEYS) sink.take(headers[key]);
    takeDigest(headers, sink);
    sink.take((message.body ?? message.content ?? "").length);
  };
}

function takeDigest(headers: ReadHeaders, sink: FieldSink): void {
  const challenge = firstOf(headers["www-authenticate"] ?? headers["proxy-authenticate"]);
  if (challenge) {
    sink.take(challenge["realm"]);
    sink.take(challenge["nonce"]);
  }
  const credentials = firstOf(headers["authorization"] ?? headers["proxy-authorization"]);
  if (credentials) {
    sink.take(credentials["username"]);
    sink.take(credentials["realm"]);
    sink.take(credentials["nonce"]);
    sink.take(credentials["response"]);
  }
}

function firstOf(values: unknown): Readonly<Record<string, string>> | undefined {
  return Array.isArray(values) ? (values[0] as Readonly<Record<string, string>>) : undefined;
}

/** What a message cannot do without. */
export function needed<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("refused");
  return value;
}
