import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parseMessage, type SipRequest, type SipResponse } from "../../../src/sip/message/index.ts";
import { testData } from "../../support/test-data.ts";

interface TracedMessage {
  readonly n: number;
  readonly transport: string;
  readonly raw_b64: string;
  /** What tshark read, as text; absent fields were not in the message. */
  readonly tshark: Readonly<Record<string, string | readonly string[]>>;
}

const FIELDS: Readonly<Record<string, (message: SipRequest | SipResponse) => unknown>> = {
  method: (message) => (message.kind === "request" ? message.method : undefined),
  ruri: (message) => (message.kind === "request" ? message.requestUri : undefined),
  status: (message) => (message.kind === "response" ? String(message.status) : undefined),
  cseq: (message) => String(message.cseq.number),
  cseqMethod: (message) => message.cseq.method,
  callId: (message) => message.callId,
  fromTag: (message) => message.from.parameters.get("tag"),
  toTag: (message) => message.to.parameters.get("tag"),
  viaBranches: (message) => message.vias.map((via) => via.branch).filter((branch) => branch !== undefined),
  contacts: (message) => (message.contacts === "*" ? ["*"] : message.contacts.map((contact) => contact.uriText)),
  contentLength: (message) => message.get("Content-Length"),
  userAgent: (message) => message.get("User-Agent"),
  server: (message) => message.get("Server"),
};

const folder = testData("traces", "messages");

describe("SIP messages of real captures", () => {
  if (folder === undefined) {
    it("are read as tshark reads them (skipped: test data absent)", function () {
      this.skip();
    });
    return;
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl"))) {
    it(`${file}: are read as tshark reads them`, () => {
      const lines = readFileSync(path.join(folder, file), "utf8").trim().split("\n");
      for (const line of lines) compare(JSON.parse(line) as TracedMessage);
    });
  }
});

function compare(traced: TracedMessage): void {
  const octets = Buffer.from(traced.raw_b64, "base64");
  const message = parseMessage(octets, traced.transport === "tcp" ? "stream" : "datagram");
  for (const [field, expected] of Object.entries(traced.tshark)) {
    const get = FIELDS[field];
    if (!get) throw new Error(`the trace has ${field}, which this test cannot read`);
    expect(get(message), `message ${traced.n}: ${field}`).to.deep.equal(expected);
  }
  expect(message.fromTag).to.equal(message.from.parameters.get("tag"));
  expect(message.toTag).to.equal(message.to.parameters.get("tag"));
  expect(message.toOctets().equals(octets.subarray(0, message.toOctets().length))).to.equal(true);
}
