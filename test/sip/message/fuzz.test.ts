import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import {
  checkMessage,
  parseChallenge,
  parseCredentials,
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  SipParseError,
  type SipMessage,
  SipResponse,
  splitList,
  unquote,
} from "../../../src/sip/message/index.ts";
import { testData } from "../../support/test-data.ts";
import { INVITE } from "./sample-messages.ts";

/** Reads everything a UA would and answers what is refused: nothing but a SipParseError may come out. */
function handle(octets: Buffer): "sound" | "refused" {
  try {
    const message = parseMessage(octets);
    const problem = checkMessage(message);
    if (problem && message.kind === "request") answer(message, problem);
    if (!problem) message.clone().set("Subject", "x").toOctets();
    return problem ? "refused" : "sound";
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
    if (error.partial?.kind === "request") answer(error.partial, error);
    return "refused";
  }
}

/** A best-effort answer must itself be one response, whatever the request held. */
function answer(partial: SipMessage, problem: SipParseError): void {
  const octets = SipResponse.to(partial, problem.status, { toTag: "t" }).toOctets();
  const response = parseMessage(octets, "stream");
  expect(response.kind === "response" && response.status).to.equal(problem.status);
  expect(response.received?.length).to.equal(octets.length);
}

describe("hostile octets", () => {
  const protos = testData("fuzz", "protos-register.jsonl");
  const seeds = ["pjsip-sip", "pjsip-sip-dialog", "sipgo"].map((name) => testData("fuzz", name));

  it("PROTOS REGISTER cases are read or refused", function () {
    if (protos === undefined) return this.skip();
    const outcomes = { sound: 0, refused: 0 };
    for (const line of readFileSync(protos, "utf8").trim().split("\n")) {
      outcomes[handle(Buffer.from((JSON.parse(line) as { b64: string }).b64, "base64"))] += 1;
    }
    expect(outcomes.sound).to.be.greaterThan(0);
    expect(outcomes.refused).to.be.greaterThan(0);
  });

  it("fuzzers' seed files are read or refused", function () {
    const folders = seeds.filter((folder) => folder !== undefined);
    if (folders.length === 0) return this.skip();
    for (const folder of folders) {
      for (const file of readdirSync(folder)) handle(readFileSync(path.join(folder, file)));
    }
  });

  it("a sound message with octets changed, removed or repeated is read or refused", () => {
    const change = fc.record({
      at: fc.nat(INVITE.length - 1),
      remove: fc.nat(8),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.constantFrom(...'\r\n\0"<>;,:=@?% \\'.split("").map(octetsOf)),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        let octets = Buffer.from(INVITE, "latin1");
        for (const { at, remove, insert } of changes) {
          octets = Buffer.concat([octets.subarray(0, at), insert, octets.subarray(at + remove)]);
        }
        handle(octets);
      }),
      { numRuns: 2000 },
    );
  });

  it("any text given to a value parser is read or refused", () => {
    const parsers = [parseUri, parseNameAddr, parseVia, parseCredentials, parseChallenge, splitList, unquote];
    const text = fc.string({
      unit: fc.constantFrom(...'sip:@[]<>"\\;=,%41? \tDigest/2.0TLS'.split("")),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.constantFrom(...parsers), (value, parse) => {
        try {
          parse(value);
        } catch (error) {
          if (!(error instanceof SipParseError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("takes time in proportion to its length, whatever it holds", () => {
    const fillers = ["<", '"', ",", ";", "\\", "a;", " ", "\r\n ", "(", "%", "@", "=", ";a=", "a,"];
    for (const filler of fillers) {
      const value = filler.repeat(60_000 / filler.length);
      const start = performance.now();
      for (const header of ["Via", "Contact", "To", "Authorization", "X-Own", "Route"]) {
        handle(Buffer.from(INVITE.replace(/^Content-Type/m, `${header}: ${value}\r\nContent-Type`), "latin1"));
      }
      // Linear work is some milliseconds; a quadratic scan of 60,000 octets takes seconds.
      expect(performance.now() - start, filler).to.be.lessThan(1500);
    }
  });
});

function octetsOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
