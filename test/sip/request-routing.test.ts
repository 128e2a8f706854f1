import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { seededIds } from "../../src/core/ids.ts";
import {
  formatAddress,
  SipRequest,
  SipResponse,
  type Address,
  type Flow,
  type RouteOptions,
} from "../../src/sip/index.ts";
import { RequestRouting, type RequestRoutingOptions } from "../../src/sip/request-routing.ts";

const UDP: Address = { protocol: "udp", host: "192.0.2.1", port: 5070 };
const TCP: Address = { protocol: "tcp", host: "192.0.2.1", port: 5071 };

function routing(options: Partial<RequestRoutingOptions> = {}): RequestRouting {
  return new RequestRouting({
    ids: seededIds("routing"),
    addresses: [UDP, TCP],
    toldHost: undefined,
    preferTcpAbove: undefined,
    ...options,
  });
}

function request(requestUri: string, routes: string[] = [], body = ""): SipRequest {
  const headers = routes.map((route): [string, string] => ["Route", route]);
  return SipRequest.create({ method: "OPTIONS", requestUri, headers, body });
}

function responseVia(...vias: string[]): SipResponse {
  return SipResponse.create({ status: 200, headers: vias.map((via) => ["Via", via]) });
}

function targetOf(message: SipRequest, options: RouteOptions = {}, using = routing()): string {
  const { to } = using.prepare(message, options);
  return formatAddress("remote" in to ? to.remote : to);
}

describe("the way of a request (RFC 3261 §8.1.2)", () => {
  const cases: [uri: string, routes: string[], target: string][] = [
    ["sip:bob@192.0.2.9", [], "udp:192.0.2.9:5060"],
    ["sip:bob@192.0.2.9:5080;transport=tcp", [], "tcp:192.0.2.9:5080"],
    ["sip:bob@192.0.2.9;transport=TCP", [], "tcp:192.0.2.9:5060"],
    ["sip:bob@192.0.2.9;transport=tls", [], "tls:192.0.2.9:5061"],
    ["sips:bob@192.0.2.9", [], "tls:192.0.2.9:5061"],
    ["sip:bob@example.com:5081;maddr=192.0.2.8", [], "udp:192.0.2.8:5081"],
    ["sip:bob@example.com", ["<sip:192.0.2.7:5090;lr>", "<sip:p2;lr>"], "udp:192.0.2.7:5090"],
    ["sip:bob@example.com", ["<sip:192.0.2.7;transport=tcp;lr>"], "tcp:192.0.2.7:5060"],
    ["sip:strict.example.com", ["<sip:192.0.2.7>"], "udp:strict.example.com:5060"],
    ["tel:+123", ["<sip:192.0.2.7;lr>"], "udp:192.0.2.7:5060"],
    ["sip:bob@[2001:db8::1]", [], "udp:[2001:db8::1]:5060"],
  ];
  for (const [uri, routes, target] of cases) {
    it(`leads to ${target} for ${uri}${routes.length > 0 ? ` by ${routes.join(", ")}` : ""}`, () => {
      expect(targetOf(request(uri, routes))).to.equal(target);
    });
  }

  it("is what `to`, `nextHop` and `protocol` say before all else", () => {
    const uri = "sip:bob@192.0.2.9";
    const to: Address = { protocol: "tcp", host: "192.0.2.77", port: 1 };
    expect(targetOf(request(uri), { to })).to.equal("tcp:192.0.2.77:1");
    expect(targetOf(request(uri, ["<sip:p1;lr>"]), { nextHop: "sip:192.0.2.78" })).to.equal("udp:192.0.2.78:5060");
    expect(targetOf(request(uri), { protocol: "tcp" })).to.equal("tcp:192.0.2.9:5060");
  });

  it("is TCP by default for an endpoint that speaks nothing else", () => {
    expect(targetOf(request("sip:bob@192.0.2.9"), {}, routing({ addresses: [TCP] }))).to.equal("tcp:192.0.2.9:5060");
  });

  it("is unknown for other URIs and transports", () => {
    for (const uri of ["tel:+123", "sip:bob@192.0.2.9;transport=sctp"]) {
      expect(() => targetOf(request(uri)))
        .to.throw(UsageError)
        .with.property("code", "ERR_NO_ROUTE");
    }
  });
});

describe("a request on its way out", () => {
  it("gets one Via of the transport, with a fresh branch and an empty rport, and Max-Forwards", () => {
    const using = routing();
    const first = request("sip:bob@192.0.2.9").add("Via", "SIP/2.0/UDP old;branch=z9hG4bKold");
    using.prepare(first, {});
    expect(first.headers.map(({ name }) => name)).to.deep.equal(["Via", "Max-Forwards"]);
    expect(first.get("Via")).to.match(/^SIP\/2\.0\/UDP 192\.0\.2\.1:5070;branch=z9hG4bK[0-9a-f]{16};rport$/);
    expect(first.get("Max-Forwards")).to.equal("70");
    const second = request("sip:bob@192.0.2.9;transport=tcp").add("Max-Forwards", "3");
    using.prepare(second, {});
    expect(second.get("Via")).to.match(/^SIP\/2\.0\/TCP 192\.0\.2\.1:5071;/);
    expect(second.get("Max-Forwards")).to.equal("3");
    expect(second.topVia.branch).to.not.equal(first.topVia.branch);
  });

  it("tells the advertised host, and knows it again", () => {
    const using = routing({ toldHost: "Phone.example.com" });
    const message = request("sip:bob@192.0.2.9");
    const { branch } = using.prepare(message, {});
    expect(message.topVia.sentBy).to.equal("phone.example.com:5070");
    expect(using.ownBranch(SipResponse.to(message, 200))).to.equal(branch);
    expect(using.ownBranch(responseVia(`SIP/2.0/UDP PHONE.example.com : 5070 ;branch=${branch}`))).to.equal(branch);
    expect(using.ownBranch(responseVia(`SIP/2.0/UDP phone.example.com:5060;branch=${branch}`))).to.equal(undefined);
    expect(using.ownBranch(responseVia(`SIP/2.0/UDP 192.0.2.1:5070;branch=${branch}`))).to.equal(undefined);
  });

  it("takes no response with a second Via for its own, on one line or two", () => {
    const using = routing();
    const message = request("sip:bob@192.0.2.9");
    const { branch } = using.prepare(message, {});
    const via = message.get("Via") ?? "";
    expect(using.ownBranch(responseVia(via))).to.equal(branch);
    expect(using.ownBranch(responseVia(`${via}, SIP/2.0/UDP 192.0.2.7`))).to.equal(undefined);
    expect(using.ownBranch(responseVia(via, "SIP/2.0/UDP 192.0.2.7"))).to.equal(undefined);
  });

  it("names the socket of the flow that it is to take", () => {
    const second: Address = { protocol: "udp", host: "192.0.2.1", port: 5099 };
    const flow: Flow = { protocol: "udp", local: second, remote: { protocol: "udp", host: "192.0.2.9", port: 5060 } };
    const message = request("sip:bob@192.0.2.9");
    routing({ addresses: [UDP, second] }).prepare(message, { to: flow });
    expect(message.topVia.sentBy).to.equal("192.0.2.1:5099");
  });

  describe("that is long", () => {
    const long = (): SipRequest => request("sip:bob@192.0.2.9", [], "x".repeat(1300));

    it("stays on UDP unless told otherwise", () => {
      expect(targetOf(long())).to.equal("udp:192.0.2.9:5060");
    });

    it("goes over TCP above `preferTcpAbove`, with a Via that says so (RFC 3261 §18.1.1)", () => {
      const using = routing({ preferTcpAbove: 1300 });
      const message = long();
      expect(targetOf(message, {}, using)).to.equal("tcp:192.0.2.9:5060");
      expect(message.getAll("Via")).to.have.length(1);
      expect(message.get("Via")).to.match(/^SIP\/2\.0\/TCP 192\.0\.2\.1:5071;/);
      expect(targetOf(request("sip:bob@192.0.2.9"), {}, using)).to.equal("udp:192.0.2.9:5060");
    });

    it("counts its octets with the Via", () => {
      const short = request("sip:bob@192.0.2.9");
      routing().prepare(short, {});
      const octets = short.toOctets().length;
      expect(targetOf(short.clone(), {}, routing({ preferTcpAbove: octets }))).to.equal("udp:192.0.2.9:5060");
      expect(targetOf(short.clone(), {}, routing({ preferTcpAbove: octets - 1 }))).to.equal("tcp:192.0.2.9:5060");
    });
  });
});
