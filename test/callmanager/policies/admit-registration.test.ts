import { expect } from "chai";
import { admitRegistration, type RegistrationQuestion } from "../../../src/callmanager/policies/admit-registration.ts";
import { parseNameAddr, parseUri } from "../../../src/sip/message/index.ts";
import type { Protocol } from "../../../src/sip/transport/index.ts";
import { device } from "../support/lab.ts";

const CONTACT = "<sip:1002@198.51.100.21:5062>";

interface Given {
  readonly device?: string;
  readonly protocol?: Protocol;
  readonly requestUri?: string;
  readonly to?: string;
  readonly from?: string;
  readonly contacts?: readonly string[] | "*";
  readonly expires?: number;
  readonly bound?: RegistrationQuestion["bound"];
}

function admit(given: Given) {
  const { contacts = [CONTACT], to = "sip:1002@192.0.2.10" } = given;
  return admitRegistration({
    device: device(given.device ?? "basic1"),
    protocol: given.protocol ?? "udp",
    requestUri: parseUri(given.requestUri ?? "sip:192.0.2.10"),
    to: parseUri(to),
    from: parseUri(given.from ?? to),
    contacts: contacts === "*" ? "*" : contacts.map(parseNameAddr),
    expires: given.expires,
    callId: "reg-1",
    cseq: 2,
    bound: given.bound,
    settings: { hosts: new Set(["192.0.2.10", "cm.example.com"]), expiresSeconds: 120, minExpiresSeconds: 60 },
  });
}

describe("admitRegistration", () => {
  const refused: { name: string; given: Given; status: number; rule?: string }[] = [
    { name: "a Basic device on TLS", given: { protocol: "tls" }, status: 403, rule: "TLS-03" },
    { name: "an Advanced device on TLS", given: { device: "advanced1", protocol: "tls" }, status: 403, rule: "TLS-01" },
    { name: "a Cisco device on TLS", given: { device: "cisco1", protocol: "tls" }, status: 403 },
    { name: "a number of no device", given: { to: "sip:1999@192.0.2.10" }, status: 404, rule: "REG-12" },
    { name: "a number of another device", given: { to: "sip:1003@192.0.2.10" }, status: 404, rule: "REG-13" },
    { name: "a From with another number", given: { from: "sip:1999@192.0.2.10" }, status: 404, rule: "REG-14" },
    { name: "a name for a number", given: { to: "sip:alice@192.0.2.10" }, status: 404, rule: "REG-14" },
    { name: "no number", given: { to: "sip:192.0.2.10" }, status: 404, rule: "REG-14" },
    { name: "a tel URI", given: { to: "tel:1002" }, status: 404, rule: "REG-14" },
    { name: "Contact: *", given: { contacts: "*", expires: 0 }, status: 400, rule: "REG-23" },
    {
      name: "two Contacts",
      given: { contacts: [CONTACT, "<sip:1002@198.51.100.21:5063>"] },
      status: 400,
      rule: "REG-24",
    },
    { name: "too short a lifetime", given: { expires: 5 }, status: 423, rule: "REG-21" },
    { name: "too short a lifetime on the Contact", given: { contacts: [`${CONTACT};expires=59`], expires: 3600 }, status: 423, rule: "REG-21" }, // prettier-ignore
    { name: "another registrar", given: { requestUri: "sip:elsewhere.example" }, status: 404, rule: "PRV-08" },
    {
      name: "a Contact for TLS",
      given: { contacts: ["<sip:1002@198.51.100.21;transport=TLS>"] },
      status: 400,
      rule: "TLS-04",
    },
    { name: "a Contact that is no SIP URI", given: { contacts: ["<mailto:a@b>"] }, status: 400, rule: "TLS-04" },
    { name: "a CSeq that does not go up", given: { bound: { callId: "reg-1", cseq: 2 } }, status: 500 },
  ];
  for (const { name, given, status, rule } of refused) {
    it(`refuses ${name} with ${status}`, () => {
      const ruling = admit(given);
      expect(ruling).to.include({ outcome: "refused", status });
      if (rule !== undefined) expect(ruling.rules).to.include(rule);
    });
  }

  it("tells the least lifetime with a 423", () => {
    const ruling = admit({ expires: 5 });
    expect("headers" in ruling && ruling.headers).to.deep.equal([["Min-Expires", "60"]]);
  });

  const bound: { name: string; given: Given }[] = [
    { name: "a longer lifetime", given: { expires: 3600 } },
    { name: "the least lifetime", given: { expires: 60 } },
    { name: "no lifetime", given: {} },
    { name: "a malformed lifetime", given: { contacts: [`${CONTACT};expires=soon`] } },
    { name: "a registrar by name", given: { requestUri: "sip:CM.Example.com" } },
    { name: "the same CSeq by another Call-ID", given: { bound: { callId: "reg-0", cseq: 9 } } },
    { name: "a higher CSeq", given: { bound: { callId: "reg-1", cseq: 1 } } },
  ];
  for (const { name, given } of bound) {
    it(`binds for 120 s when asked with ${name}`, () => {
      expect(admit(given)).to.include({ outcome: "bind", expiresSeconds: 120 });
    });
  }

  it("binds every line of an Advanced device", () => {
    const contacts = ["<sip:2002@198.51.100.21>"];
    const ruling = admit({ device: "advanced1", to: "sip:2002@192.0.2.10", contacts });
    expect("line" in ruling && ruling.line.directoryNumber).to.equal("2002");
  });

  it("binds the new of two Contacts where the other one is given up", () => {
    const ruling = admit({ contacts: [`${CONTACT};expires=0`, "<sip:1002@198.51.100.21:5063>"] });
    expect(ruling.outcome === "bind" && ruling.contact.uriText).to.equal("sip:1002@198.51.100.21:5063");
  });

  it("unbinds by Expires 0", () => {
    expect(admit({ expires: 0 }).outcome).to.equal("unbind");
  });

  it("takes a REGISTER without Contact as a question", () => {
    expect(admit({ contacts: [] }).outcome).to.equal("query");
  });
});
