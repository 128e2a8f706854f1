import { expect } from "chai";
import { messageLabel, renderLadder } from "../../src/reporters/index.ts";
import { messageLine } from "../support/journal-lines.ts";

const INVITE = "INVITE sip:1003@cm SIP/2.0\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n";
const OK = "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n";

describe("messageLabel", () => {
  it("names a request by method and Request-URI, and tells whether it carries SDP", () => {
    expect(messageLabel({ octets: INVITE })).to.equal("INVITE sip:1003@cm (SDP)");
  });

  it("names a response by status and the method it answers", () => {
    expect(messageLabel({ octets: OK })).to.equal("200 OK to INVITE");
  });

  it("tells what is not SIP by its length", () => {
    expect(messageLabel({ octets: "\0\0\0\0" })).to.equal("4 octets, not SIP");
  });

  it("keeps a peer's terminal commands from the terminal", () => {
    expect(messageLabel({ octets: "SIP/2.0 200 \u001b[2J\r\n\r\n" })).to.equal("200 ·[2J");
  });
});

describe("renderLadder", () => {
  it("shows time since the first message, phone, direction and message", () => {
    const messages = [
      messageLine("x", INVITE, { at: 1_000 }),
      messageLine("x", OK, { at: 1_250, direction: "received" }),
    ];
    expect(renderLadder(messages)).to.deep.equal([
      "  0.000  alice ──▶ INVITE sip:1003@cm (SDP)",
      "  0.250  alice ◀── 200 OK to INVITE",
    ]);
  });

  it("leaves copies and keepalives out", () => {
    const messages = [messageLine("x", INVITE), messageLine("x", INVITE, { notes: ["retransmission"] })];
    expect(renderLadder(messages)).to.have.length(1);
  });

  it("shows the last messages and says how many came before", () => {
    const messages = Array.from({ length: 5 }, () => messageLine("x", INVITE));
    const rows = renderLadder(messages, { limit: 2 });
    expect(rows).to.have.length(3);
    expect(rows[0]).to.contain("3 earlier messages");
  });

  it("says so when nothing was exchanged", () => {
    expect(renderLadder([])).to.deep.equal(["no messages were exchanged"]);
  });
});
