import { expect } from "chai";
import { parseVia } from "../../src/sip/index.ts";
import { fallbackTarget, fillReceivedVia, responseTarget } from "../../src/sip/received-via.ts";
import type { Flow, Protocol } from "../../src/sip/index.ts";
import { incoming } from "../support/sip-bench.ts";

const HOP = "SIP/2.0/UDP";

function flow(protocol: Protocol = "udp", host = "192.0.2.2", port = 40_000): Flow {
  return {
    protocol,
    local: { protocol, host: "192.0.2.1", port: 5060 },
    remote: { protocol, host, port },
    ...(protocol === "udp" ? {} : { connection: 7 }),
  };
}

/** The top Via after `fillReceivedVia`. */
function filled(via: string, from = flow(), fillRport = true): string | undefined {
  const request = incoming("OPTIONS", { via });
  fillReceivedVia(request, from, fillRport);
  return request.get("Via");
}

describe("the top Via of a request that came", () => {
  it("stays untouched where sent-by is the source, whatever the port", () => {
    const request = incoming("OPTIONS", { via: `${HOP}  192.0.2.2 ; branch=z9hG4bKx` });
    const octets = request.toOctets();
    fillReceivedVia(request, flow(), true);
    expect(request.toOctets().equals(octets)).to.equal(true);
  });

  it("gets received where sent-by is a name or another address (RFC 3261 §18.2.1)", () => {
    expect(filled(`${HOP} pc.example.com;branch=z9hG4bKx`)).to.equal(
      `${HOP} pc.example.com;branch=z9hG4bKx;received=192.0.2.2`,
    );
    expect(filled(`${HOP} 10.0.0.1:5062;branch=z9hG4bKx`)).to.equal(
      `${HOP} 10.0.0.1:5062;branch=z9hG4bKx;received=192.0.2.2`,
    );
  });

  it("gets rport and received where rport is asked for, also if the address is the same (RFC 3581 §4)", () => {
    expect(filled(`${HOP} 192.0.2.2;rport;branch=z9hG4bKx`)).to.equal(
      `${HOP} 192.0.2.2;rport=40000;branch=z9hG4bKx;received=192.0.2.2`,
    );
  });

  it("gets them at their places on a line of several values, and beside quoted text", () => {
    expect(filled(`${HOP} 192.0.2.2;rport;x=1, ${HOP} 192.0.2.7;rport`)).to.equal(
      `${HOP} 192.0.2.2;rport=40000;x=1;received=192.0.2.2`,
    );
    expect(filled(`${HOP} 192.0.2.2;x="a;rport;b";rport`)).to.equal(
      `${HOP} 192.0.2.2;x="a;rport;b";rport=40000;received=192.0.2.2`,
    );
    expect(filled(`${HOP} 192.0.2.2;rports=1;rport`)).to.equal(
      `${HOP} 192.0.2.2;rports=1;rport=40000;received=192.0.2.2`,
    );
  });

  it("loses what the client wrote into rport and received itself", () => {
    expect(filled(`${HOP} 192.0.2.2;rport=1;received=203.0.113.1;branch=z9hG4bKx`)).to.equal(
      `${HOP} 192.0.2.2;rport=40000;received=192.0.2.2;branch=z9hG4bKx`,
    );
    expect(filled(`${HOP} 192.0.2.2;received=203.0.113.1;branch=z9hG4bKx`)).to.equal(
      `${HOP} 192.0.2.2;received=192.0.2.2;branch=z9hG4bKx`,
    );
  });

  it("keeps an empty rport where that is not filled (CUCM)", () => {
    expect(filled(`${HOP} 192.0.2.2;rport;branch=z9hG4bKx`, flow(), false)).to.equal(
      `${HOP} 192.0.2.2;rport;branch=z9hG4bKx`,
    );
  });

  it("is the first item of its line only", () => {
    expect(filled(`${HOP} pc.example.com;branch=z9hG4bKx, ${HOP} other;branch=z9hG4bKy`)).to.equal(
      `${HOP} pc.example.com;branch=z9hG4bKx;received=192.0.2.2`,
    );
    const request = incoming("OPTIONS", { via: `${HOP} pc.example.com;branch=z9hG4bKx, ${HOP} other;branch=z9hG4bKy` });
    fillReceivedVia(request, flow(), true);
    expect(request.list("Via")).to.have.length(2);
    expect(request.list("Via")[1]).to.equal(`${HOP} other;branch=z9hG4bKy`);
  });

  it("tells an IPv6 source without brackets", () => {
    expect(filled(`${HOP} [2001:db8::1];branch=z9hG4bKx`, flow("udp", "2001:db8::2"))).to.equal(
      `${HOP} [2001:db8::1];branch=z9hG4bKx;received=2001:db8::2`,
    );
  });
});

describe("the way of a response (RFC 3261 §18.2.2, RFC 3581 §4)", () => {
  const target = (via: string, from = flow(), fillRport = true): string => {
    const { host, port } = responseTarget(parseVia(via), from, fillRport).remote;
    return `${host}:${port}`;
  };

  it("is the source address at the port of sent-by", () => {
    expect(target(`${HOP} 192.0.2.2:5070;branch=z9hG4bKx`)).to.equal("192.0.2.2:5070");
    expect(target(`${HOP} 192.0.2.2;branch=z9hG4bKx`)).to.equal("192.0.2.2:5060");
    expect(target(`${HOP} 10.0.0.1:5070;branch=z9hG4bKx`)).to.equal("192.0.2.2:5070");
  });

  it("is the very source where rport is filled in", () => {
    expect(target(`${HOP} 10.0.0.1:5070;rport;branch=z9hG4bKx`)).to.equal("192.0.2.2:40000");
    expect(target(`${HOP} 10.0.0.1:5070;rport;branch=z9hG4bKx`, flow(), false)).to.equal("192.0.2.2:5070");
  });

  it("is maddr at the port of sent-by", () => {
    expect(target(`${HOP} 192.0.2.2:5070;maddr=192.0.2.99;rport;branch=z9hG4bKx`)).to.equal("192.0.2.99:5070");
  });

  it("leaves from the socket that the request came to", () => {
    expect(responseTarget(parseVia(`${HOP} 192.0.2.2;branch=z9hG4bKx`), flow(), true).local).to.deep.equal(
      flow().local,
    );
  });

  it("is the connection on a stream; that gone, the source address at the port of sent-by", () => {
    const via = parseVia("SIP/2.0/TCP 10.0.0.1:5070;branch=z9hG4bKx");
    const tcp = flow("tcp");
    expect(responseTarget(via, tcp, true)).to.equal(tcp);
    expect(fallbackTarget(via, tcp)).to.deep.equal({ protocol: "tcp", host: "192.0.2.2", port: 5070 });
    const tls = flow("tls");
    expect(fallbackTarget(parseVia("SIP/2.0/TLS 10.0.0.1;branch=z9hG4bKx"), tls).port).to.equal(5061);
  });
});
