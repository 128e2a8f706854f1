import { expect } from "chai";
import { UsageError } from "../../../src/core/errors.ts";
import { SipRequest, SipResponse, type SipMessage } from "../../../src/sip/message/index.ts";
import { parseWireMatch } from "../../../src/sip/transport/index.ts";
import { optionsRequest } from "../../support/transport-endpoint.ts";

const options = optionsRequest("c");
const answer = (status: number): SipResponse => SipResponse.to(options, status);
const noCseq = SipRequest.create({ method: "ACK", requestUri: "sip:a@example.com" });

describe("parseWireMatch", () => {
  const cases: [match: string, message: SipMessage, expected: boolean][] = [
    ["OPTIONS", options, true],
    ["INVITE", options, false],
    ["OPTIONS", answer(200), false],
    ["ACK", noCseq, true],
    ["200", answer(200), true],
    ["200", answer(202), false],
    ["2xx", answer(202), true],
    ["2xx", answer(300), false],
    ["2xx", options, false],
    ["200 OPTIONS", answer(200), true],
    ["200 INVITE", answer(200), false],
    ["4xx OPTIONS", answer(486), true],
    ["*", options, true],
    ["*", answer(100), true],
    ["200 OPTIONS", answer(200).delete("CSeq"), false],
  ];
  for (const [match, message, expected] of cases) {
    const what = message instanceof SipResponse ? String(message.status) : "a request";
    it(`"${match}" ${expected ? "means" : "does not mean"} ${what}`, () => {
      expect(parseWireMatch(match)(message)).to.equal(expected);
    });
  }

  it("takes a function as it is", () => {
    const match = (): boolean => true;
    expect(parseWireMatch(match)).to.equal(match);
  });

  for (const wrong of ["", "ack", "2x", "700", "20", "200 invite", "ACK INVITE", "INVITE,BYE"]) {
    it(`refuses "${wrong}"`, () => {
      expect(() => parseWireMatch(wrong))
        .to.throw(UsageError, "matches no message")
        .with.property("code", "ERR_WIRE_MATCH");
    });
  }
});
