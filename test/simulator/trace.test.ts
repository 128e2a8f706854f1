import { expect } from "chai";
import { SipRequest, SipResponse } from "../../src/sip/message/index.ts";
import type { TapEntry } from "../../src/simulator/index.ts";
import { WireTrace } from "../../src/simulator/trace.ts";

function request(method: string, branch = "z9hG4bK1", to = "<sip:b@h>"): SipRequest {
  return SipRequest.create({
    method,
    requestUri: "sip:b@h",
    headers: [
      ["Via", `SIP/2.0/UDP h;branch=${branch}`],
      ["From", "<sip:a@h>;tag=1"],
      ["To", to],
      ["Call-ID", "c1"],
      ["CSeq", `1 ${method}`],
    ],
  });
}

function tapped(message: SipRequest | SipResponse, direction: TapEntry["direction"]): TapEntry {
  const octets = message.toOctets();
  return { at: 1, direction, protocol: "udp", local: "h:1", remote: "h:2", octets, message, notes: [] };
}

describe("WireTrace", () => {
  it("notes a copy of a message, on the same side only", () => {
    const trace = new WireTrace();
    const invite = request("INVITE");
    expect(trace.add(tapped(invite, "sent")).notes).to.deep.equal([]);
    expect(trace.add(tapped(invite, "received")).notes).to.deep.equal([]);
    expect(trace.add(tapped(request("INVITE"), "sent")).notes).to.deep.equal(["retransmission"]);
    expect(trace.add(tapped(request("INVITE", "z9hG4bK2"), "sent")).notes).to.deep.equal([]);
  });

  it("takes a message that was dropped for no earlier copy of the one that makes good for it", () => {
    const trace = new WireTrace();
    const invite = request("INVITE");
    trace.add({ ...tapped(invite, "sent"), notes: ["dropped"] });
    expect(trace.add(tapped(invite, "sent")).notes).to.deep.equal([]);
    expect(trace.add(tapped(invite, "sent")).notes).to.deep.equal(["retransmission"]);
  });

  it("tells responses of one transaction apart by status and content", () => {
    const trace = new WireTrace();
    const invite = request("INVITE");
    const notes = [
      SipResponse.to(invite, 180),
      SipResponse.to(invite, 183),
      SipResponse.to(invite, 183, { body: "v=0\r\n", headers: [["Content-Type", "application/sdp"]] }),
      SipResponse.to(invite, 180),
    ].map((response) => trace.add(tapped(response, "received")).notes);
    expect(notes[2]).to.deep.equal([]);
    expect(notes[3]).to.deep.equal(["retransmission"]);
  });

  it("notes unsolicited requests out of calls as background, and what answers them", () => {
    const trace = new WireTrace();
    const options = request("OPTIONS");
    expect(trace.add(tapped(options, "received")).notes).to.deep.equal(["background"]);
    expect(trace.add(tapped(SipResponse.to(options, 200), "sent")).notes).to.deep.equal(["background"]);
    expect(trace.add(tapped(request("OPTIONS", "z9hG4bK3", "<sip:b@h>;tag=2"), "received")).notes).to.deep.equal([]);
    expect(trace.add(tapped(request("OPTIONS", "z9hG4bK4"), "sent")).notes).to.deep.equal([]);
  });

  it("takes what is no message as it is", () => {
    const octets = Buffer.from("\r\n\r\n");
    const trace = new WireTrace();
    trace.add({ at: 1, direction: "received", protocol: "udp", local: "l", remote: "r", octets, notes: ["keepalive"] });
    expect(trace.entries).to.have.length(1);
    expect(trace.entries[0]).to.deep.include({ index: 0, notes: ["keepalive"] });
  });

  it("shows what came since a mark, as the trace grows", () => {
    const trace = new WireTrace();
    trace.add(tapped(request("INVITE"), "sent"));
    const since = trace.since(trace.mark());
    expect(since.entries).to.have.length(0);
    trace.add(tapped(request("BYE"), "sent"));
    expect(since.entries.map(({ index }) => index)).to.deep.equal([1]);
    expect(since.since({ index: 0 }).entries).to.have.length(1);
  });

  it("finds the last message received of a call", () => {
    const trace = new WireTrace();
    const invite = request("INVITE");
    trace.add(tapped(SipResponse.to(invite, 100), "received"));
    trace.add(tapped(invite, "sent"));
    expect(trace.lastReceived("c1")?.message).to.have.property("status", 100);
    expect(trace.lastReceived("c2")).to.equal(undefined);
  });
});
