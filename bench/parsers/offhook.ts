import {
  isSipUri,
  parseChallenge,
  parseCredentials,
  parseMessage,
  parseNameAddr,
  type NameAddr,
  type SipMessage,
  type Uri,
} from "../../src/sip/message/index.ts";
import { TEXT_HEADERS, type FieldSink, type ParserPeer } from "./parser-peer.ts";

export const offhook: ParserPeer = {
  name: "offhook",

  readAll(octets, sink) {
    const message = parseMessage(octets);
    if (message.kind === "request") {
      sink.take(message.method);
      takeUri(message.uri, sink);
    } else {
      sink.take(message.status);
      sink.take(message.reason);
    }
    for (const via of message.vias) {
      sink.take(via.protocol);
      sink.take(via.host);
      sink.take(via.port);
      sink.take(via.branch);
    }
    takeParty(message.from, sink);
    takeParty(message.to, sink);
    sink.take(message.callId);
    sink.take(message.cseq.number);
    sink.take(message.cseq.method);
    takeContacts(message, sink);
    for (const item of message.list("Record-Route")) takeHost(parseNameAddr(item).uri, sink);
    sink.take(message.get("Max-Forwards"));
    sink.take(message.get("Content-Length"));
    for (const name of TEXT_HEADERS) sink.take(message.get(name));
    takeDigest(message, sink);
    sink.take(message.body.length);
  },

  readForRouting(octets, sink) {
    const message = parseMessage(octets);
    sink.take(message.kind === "request" ? message.method : message.status);
    const via = message.topVia;
    sink.take(via.branch);
    sink.take(via.host);
    sink.take(via.port);
    sink.take(message.callId);
    sink.take(message.cseq.number);
    sink.take(message.cseq.method);
    sink.take(message.fromTag);
    sink.take(message.toTag);
    sink.take(message.get("Content-Length"));
  },
};

function takeUri(uri: Uri, sink: FieldSink): void {
  sink.take(isSipUri(uri) ? uri.user : undefined);
  takeHost(uri, sink);
}

function takeHost(uri: Uri, sink: FieldSink): void {
  sink.take(isSipUri(uri) ? uri.host : undefined);
  sink.take(isSipUri(uri) ? uri.port : undefined);
}

function takeParty(party: NameAddr, sink: FieldSink): void {
  sink.take(party.displayName);
  takeUri(party.uri, sink);
  sink.take(party.parameters.get("tag"));
}

function takeContacts(message: SipMessage, sink: FieldSink): void {
  const { contacts } = message;
  if (contacts === "*") return;
  for (const contact of contacts) {
    takeUri(contact.uri, sink);
    sink.take(contact.parameters.get("expires"));
  }
}

function takeDigest(message: SipMessage, sink: FieldSink): void {
  const challengeText = message.get("WWW-Authenticate") ?? message.get("Proxy-Authenticate");
  if (challengeText !== undefined) {
    const challenge = parseChallenge(challengeText);
    sink.take(challenge?.realm);
    sink.take(challenge?.nonce);
  }
  const credentialsText = message.get("Authorization") ?? message.get("Proxy-Authorization");
  if (credentialsText !== undefined) {
    const credentials = parseCredentials(credentialsText);
    sink.take(credentials.username);
    sink.take(credentials.realm);
    sink.take(credentials.nonce);
    sink.take(credentials.response);
  }
}
