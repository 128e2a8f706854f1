import { expect } from "chai";
import { attemptsOf, exchangesOf, finalOf } from "../../src/diagnosis/exchanges.ts";
import { messageLine } from "../support/journal-lines.ts";
import { calls, caseOf, registers, request, response, type Wire } from "./cases.ts";

const exchangesIn = (...wire: Wire[]): ReturnType<typeof exchangesOf> => exchangesOf(caseOf(wire).messages);

describe("exchanges of a scenario", () => {
  it("gather requests with their responses, by phone, Call-ID and CSeq", () => {
    const [register, again, invite] = exchangesIn(...registers(200), ...calls(486));
    expect([register, again, invite].map((one) => one && finalOf(one)?.status)).to.deep.equal([401, 200, 486]);
    expect(invite).to.include({ phone: "alice", direction: "sent", method: "INVITE", copies: 1 });
  });

  it("count copies of a request", () => {
    const [register] = exchangesIn(request("alice", ">", "REGISTER"), request("alice", ">", "REGISTER"));
    expect(register).to.include({ copies: 2 });
  });

  it("tell a request with credentials as the next attempt of the one that was challenged", () => {
    const [first, second] = exchangesIn(...registers(200));
    expect(second && attemptsOf(second)).to.deep.equal([first, second]);
    expect(first && attemptsOf(first)).to.deep.equal([first]);
  });

  it("keep apart what a phone sent and what it received", () => {
    const wire = [...calls(180), request("bob", "<", "INVITE", { callId: "invite" })];
    expect(
      exchangesIn(...wire, response("bob", ">", 180, "INVITE", { callId: "invite" })).map(({ direction }) => direction),
    ).to.deep.equal(["sent", "received"]);
  });

  it("leave out what never got through and what is no message", () => {
    const octets = "INVITE sip:1003@cm SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n";
    for (const line of [
      messageLine("t", octets, { notes: ["dropped"] }),
      messageLine("t", "\r\n\r\n", { notes: ["keepalive"] }),
      messageLine("t", "INVITE sip:1003@cm SIP/2.0\r\n\r\n"),
      messageLine("t", "\u0000\u00ff garbage"),
      messageLine("t", octets.replace("1 INVITE", "not a number")),
    ]) {
      expect(exchangesOf([line])).to.deep.equal([]);
    }
    expect(exchangesOf([messageLine("t", octets)])).to.have.length(1);
  });
});
