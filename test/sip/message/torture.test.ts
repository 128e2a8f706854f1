import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import {
  checkMessage,
  isSipUri,
  parseMessage,
  SipParseError,
  unescapeUri,
  userOf,
  type NameAddr,
  type Parameters,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type Uri,
  type Via,
} from "../../../src/sip/message/index.ts";
import { authScheme } from "../../../src/sip/message/digest-parameters.ts";
import { parseNameAddr } from "../../../src/sip/message/name-addr.ts";
import { testData } from "../../support/test-data.ts";

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly parser: "accept" | "reject" | "either";
  readonly element: { readonly respond?: readonly (number | string)[] };
  readonly checks: Readonly<Record<string, unknown>>;
}

/** Messages we read otherwise than the manifest says, each with the reason. */
const knownFailures: Readonly<Record<string, string>> = {};

/** Checks on what is not the parser's: the transport's counting, SDP. */
const NOT_OURS = /^(messages\.if\.udp|trailing\.octets\.ignored|sdp\.)/;

const manifest = testData("torture", "MANIFEST.json");

describe("torture messages of RFC 4475 and RFC 5118", () => {
  if (manifest === undefined) {
    it("are read as the manifest says (skipped: test data absent)", function () {
      this.skip();
    });
    return;
  }
  const { entries } = JSON.parse(readFileSync(manifest, "utf8")) as { entries: Entry[] };
  for (const entry of entries) {
    it(`${entry.name}: ${entry.parser}`, () => {
      const octets = readFileSync(path.join(path.dirname(manifest), entry.file));
      const judge = (): void => {
        judgeEntry(entry, octets);
      };
      if (entry.name in knownFailures) expect(judge, "no longer a known failure").to.throw();
      else judge();
    });
  }
});

function judgeEntry(entry: Entry, octets: Buffer): void {
  const outcome = read(octets);
  if (entry.parser === "reject") expect(outcome).to.be.instanceOf(SipParseError);
  if (entry.parser === "accept") expect(outcome, String(outcome)).to.not.be.instanceOf(SipParseError);
  if (outcome instanceof SipParseError) {
    expect(entry.element.respond ?? [400]).to.include(outcome.status);
    expect(outcome.partial, "what could be read").to.not.equal(undefined);
    return;
  }
  for (const [field, expected] of Object.entries(entry.checks)) {
    if (!NOT_OURS.test(field)) expect(valueOf(outcome, field, expected), field).to.deep.equal(expected);
  }
}

function read(octets: Buffer): SipRequest | SipResponse | SipParseError {
  try {
    const message = parseMessage(octets, "datagram");
    return checkMessage(message) ?? message;
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
}

/** What the message says at a field path of the manifest, in the shape that the manifest gives it. */
function valueOf(message: SipRequest | SipResponse, field: string, expected: unknown): unknown {
  const [root = "", ...rest] = field.split(".");
  const indexed = /^(.+)\[(.+)\]$/.exec(root);
  const name = indexed?.[1] ?? root;
  if (name === "header") return message.get(indexed?.[2] ?? "");
  if (name === "ruri") return uriField((message as SipRequest).uri, rest, expected);
  if (name === "via") return viaField(message, indexed?.[2], rest, expected);
  if (name === "to" || name === "from") return addressField(message[name], rest, expected);
  if (name === "contact" || name === "route" || name === "record-route") {
    return addressListField(message, name, indexed?.[2], rest, expected);
  }
  return plainField(message, field);
}

function plainField(message: SipRequest | SipResponse, field: string): unknown {
  const number = (header: string): number | null => {
    const value = message.get(header);
    return value === undefined ? null : Number(value);
  };
  const fields: Record<string, () => unknown> = {
    method: () => (message.kind === "request" ? message.method : undefined),
    status: () => (message.kind === "response" ? message.status : undefined),
    reason: () => (message.kind === "response" ? message.reason : undefined),
    "cseq.number": () => message.cseq.number,
    "cseq.method": () => message.cseq.method,
    "call-id": () => message.callId,
    subject: () => message.get("Subject"),
    "max-forwards": () => number("Max-Forwards"),
    "content-length": () => number("Content-Length"),
    "content-type": () => message.contentType?.type,
    "body.length": () => message.body.length,
    "authorization.scheme": () => authScheme(message.get("Authorization") ?? ""),
  };
  const get = fields[field];
  if (!get) throw new Error(`the manifest checks ${field}, which this test cannot read`);
  return get();
}

function viaField(message: SipMessage, index: string | undefined, rest: string[], expected: unknown): unknown {
  if (rest[0] === "count") return message.vias.length;
  if (rest[0] === "transports") return message.vias.map((via) => via.protocol);
  const via = message.vias[Number(index)]!;
  const fields: Record<string, (via: Via) => unknown> = {
    "sent-by": (v) => (v.port === undefined ? v.host : `${v.host}:${v.port}`),
    branch: (v) => v.branch ?? null,
    transport: (v) => v.protocol,
    host: (v) => v.host,
    port: (v) => v.port ?? null,
    "params.received.normalized": (v) => v.received,
  };
  const get = fields[rest.join(".")];
  if (!get) throw new Error(`the manifest checks via.${rest.join(".")} = ${String(expected)}`);
  return get(via);
}

function addressListField(
  message: SipMessage,
  header: string,
  index: string | undefined,
  rest: string[],
  expected: unknown,
): unknown {
  const items = message.list(header);
  if (rest[0] === "count") return items.length;
  const address = parseNameAddr(items[Number(index)]!);
  // A route is its URI: the manifest calls the URI's parameters the route's.
  return header === "route" ? uriField(address.uri, rest, expected) : addressField(address, rest, expected);
}

function addressField(address: NameAddr, [field, ...rest]: string[], expected: unknown): unknown {
  if (field === "tag") return address.parameters.get("tag") ?? null;
  if (field === "displayName") return address.displayName;
  if (field === "params") return parametersAs(address.parameters, expected);
  if (field === "uri") return rest.length === 0 ? address.uriText : uriField(address.uri, rest, expected);
  throw new Error(`the manifest checks ${field ?? ""} of an address`);
}

function uriField(uri: Uri, path: string[], expected: unknown): unknown {
  if (path[0] === "scheme") return uri.scheme;
  if (!isSipUri(uri)) throw new Error(`not a SIP URI: ${uri.scheme}`);
  if (path.join(".") === "user.decoded") return userOf(uri);
  if (path.join(".") === "params.decoded") {
    return Object.fromEntries([...uri.parameters].map(([name, value]) => [name, value ? unescapeUri(value) : null]));
  }
  if (path[0] === "params") return parametersAs(uri.parameters, expected);
  if (path[0] === "host") return uri.host;
  if (path[0] === "port") return uri.port ?? null;
  throw new Error(`the manifest checks ${path.join(".")} of a URI`);
}

/** As names where the manifest lists names, else with values, null where there is none. */
function parametersAs(parameters: Parameters, expected: unknown): unknown {
  if (Array.isArray(expected)) return [...parameters.keys()];
  return Object.fromEntries([...parameters].map(([name, value]) => [name, value ?? null]));
}
