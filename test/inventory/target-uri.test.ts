import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { parseLab, withTarget } from "../../src/inventory/index.ts";

const embedded = parseLab("{}", "test.lab.yaml", { env: {} });
const foreign = parseLab(
  "target: { host: old, port: 5080, domain: old.example, profile: cucm, transports: [tcp] }",
  "f",
  {
    env: {},
  },
);

describe("lab with another target", () => {
  it("is foreign, and makes no claim on the form of its messages", () => {
    expect(withTarget(embedded, "sip:10.0.0.5:5070;transport=tcp").target).to.deep.include({
      embedded: false,
      host: "10.0.0.5",
      port: 5070,
      domain: "10.0.0.5",
      transports: ["tcp"],
      profile: "generic",
    });
  });

  it("takes port 5060 and the transports of the lab when the URI leaves them open", () => {
    expect(withTarget(foreign, "sip:cucm.example.com").target).to.deep.include({
      host: "cucm.example.com",
      port: 5060,
      domain: "cucm.example.com",
      transports: ["tcp"],
      profile: "cucm",
    });
  });

  it("takes port 5061 with TLS, and tries TLS there when it says nothing of it", () => {
    expect(withTarget(embedded, "sip:10.0.0.5;transport=tls").target).to.deep.include({
      port: 5061,
      transports: ["tls"],
      tls: { port: 5061, verify: true },
    });
    expect(withTarget(embedded, "sip:10.0.0.5:5071;transport=TLS").target.tls.port).to.equal(5071);
    expect(withTarget(embedded, "sip:10.0.0.5:5070").target.tls.port).to.equal(5061);
    const told = parseLab("target: { host: old, tls: { port: 5071 } }", "f", { env: {} });
    expect(withTarget(told, "sip:10.0.0.5").target.tls.port).to.equal(5071);
  });

  it("lets phones speak a transport that the target offers", () => {
    const lab = parseLab(
      [
        "target: { embedded: true, transports: [udp, tcp] }",
        "users: { u: { password: p } }",
        "devices: { one: { type: basic, digestUser: u, lines: [1001] } }",
      ].join("\n"),
      "f",
      { env: {} },
    );
    const transports = (uri: string): string[] => withTarget(lab, uri).devices.map((d) => d.phoneProfile.transport);
    expect(transports("sip:10.0.0.5;transport=tcp")).to.deep.equal(["tcp"]);
    expect(transports("sip:10.0.0.5")).to.deep.equal(["udp"]);
  });

  it("takes an IPv6 address in brackets", () => {
    expect(withTarget(embedded, "sip:[2001:db8::5]:5060").target).to.include({ host: "2001:db8::5", port: 5060 });
  });

  it("leaves the lab itself as it was", () => {
    withTarget(embedded, "sip:10.0.0.5");
    expect(embedded.target.host).to.equal("127.0.0.1");
  });

  for (const uri of [
    "10.0.0.5",
    "sip:",
    "sip:user@10.0.0.5",
    "sip:10.0.0.5:0",
    "sip:10.0.0.5:70000",
    "sip:10.0.0.5;transport=sctp",
    "sip:2001:db8::5",
    "sips:10.0.0.5",
    "sip:10.0.0.5:5060 ",
  ]) {
    it(`refuses ${uri}`, () => {
      expect(() => withTarget(embedded, uri))
        .to.throw(UsageError, "such as sip:10.0.0.5:5060")
        .with.property("code", "ERR_TARGET_URI");
    });
  }
});
