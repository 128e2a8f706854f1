import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { SipEngine, type Address, type Protocol, type SipRequest } from "../../src/sip/index.ts";
import { OrdinaryUa } from "../support/ordinary-ua.ts";
import { isFence, probeDatagram, probeStream, type Reaction } from "../support/raw-probe.ts";
import { testData } from "../support/test-data.ts";

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly kind: "request" | "response";
  readonly element: {
    /** Status codes, or `normal`: processed as any request, whatever the application says. Absent for responses. */
    readonly respond?: readonly (number | "normal")[];
    readonly must_have_header?: string;
    readonly transport?: "udp";
    /** What else a stream asks for: that the connection is closed. */
    readonly stream?: string;
  };
  readonly contentLengthHeaders: readonly string[];
  readonly octetsAfterBlankLine: number;
}

/** Messages that are answered otherwise than the manifest says, as `name over udp` or `… tcp`, each with the reason. */
const knownFailures: Readonly<Record<string, string>> = {};

/** An address of loopback for this process alone, so that the default port is free there. */
const OWN_HOST = `127.${64 + (process.pid % 100)}.${process.pid % 251}.7`;

const manifest = testData("torture", "MANIFEST.json");

describe("torture messages at a running endpoint", () => {
  if (manifest === undefined) {
    it("are answered as the manifest says (skipped: test data absent)", function () {
      this.skip();
    });
    return;
  }
  let served: SipRequest[];
  let engine: SipEngine;
  const addressOf = (protocol: Protocol): Address => engine.addresses.find((one) => one.protocol === protocol)!;

  beforeEach(async () => {
    served = [];
    const ua = new OrdinaryUa((request) => served.push(request));
    const listen = (["udp", "tcp"] as const).map((protocol) => ({ protocol, host: "127.0.0.1", port: 0 }));
    engine = await SipEngine.open({ listen, clock: systemClock, ids: randomIds() }, ua);
    ua.engine = engine;
  });
  afterEach(async () => {
    await engine.close();
  });

  const { entries } = JSON.parse(readFileSync(manifest, "utf8")) as { entries: Entry[] };
  for (const entry of entries) {
    for (const protocol of protocolsOf(entry)) {
      const title = `${entry.name} over ${protocol}`;
      it(title, async () => {
        const octets = readFileSync(path.join(path.dirname(manifest), entry.file));
        const reaction =
          protocol === "udp"
            ? await probeDatagram(octets, addressOf("udp"), OWN_HOST)
            : await probeStream(octets, addressOf("tcp"));
        const judge = (): void => {
          judgeReaction(
            entry,
            protocol,
            reaction,
            served.filter((request) => !isFence(request)),
          );
        };
        if (title in knownFailures) expect(judge, "no longer a known failure").to.throw();
        else judge();
      });
    }
  }
});

/** Over a stream, a message whose Content-Length is not its length is two messages, or none yet. */
function protocolsOf(entry: Entry): ("udp" | "tcp")[] {
  const framed =
    entry.contentLengthHeaders.length === 1 && entry.contentLengthHeaders[0] === String(entry.octetsAfterBlankLine);
  const streams = entry.element.transport !== "udp" && (framed || entry.element.stream !== undefined);
  return streams ? ["udp", "tcp"] : ["udp"];
}

function judgeReaction(entry: Entry, protocol: string, reaction: Reaction, served: readonly SipRequest[]): void {
  const { respond, must_have_header: header, stream } = entry.element;
  const finals = reaction.responses.filter((response) => response.isFinal);
  if (entry.kind === "response" || respond === undefined) {
    expect(reaction.responses, "answers to a response").to.deep.equal([]);
    expect(served).to.deep.equal([]);
    return;
  }
  const [final] = finals;
  const allowed = respond.includes("normal") && served.length === 1 ? [...respond, final?.status] : respond;
  expect(allowed, "the final response").to.include(final?.status);
  expect(new Set(finals.map(({ status }) => status)).size, "one final response, and copies of it").to.equal(1);
  if (header !== undefined) expect(final?.has(header), header).to.equal(true);
  if (protocol === "tcp" && stream?.includes("close") === true) expect(reaction.closed, stream).to.equal(true);
}
