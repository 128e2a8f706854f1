import { expect } from "chai";
import { screenRequest } from "../../../src/callmanager/policies/screen-request.ts";
import { SipRequest, type HeaderField } from "../../../src/sip/message/index.ts";
import { device } from "../support/lab.ts";

interface Given {
  readonly method?: string;
  readonly user?: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: string;
}

function screen(name: string, { method = "INVITE", user = "1003", headers = [], body = "" }: Given) {
  const request = SipRequest.create({ method, requestUri: `sip:${user}@192.0.2.10`, headers, body });
  return screenRequest({ request, device: device(name) });
}

const REMOTECC = "application/x-cisco-remotecc-request+xml";
const nested = [
  "preamble",
  "--outer",
  "Content-Type: multipart/alternative; boundary=inner",
  "",
  "--inner",
  "content-TYPE: application/x-cisco-Alarm+xml",
  "",
  "<x/>",
  "--inner--",
  "--outer--",
].join("\r\n");

describe("screenRequest", () => {
  const refused: { name: string; device?: string; given: Given; status: number; rule: string }[] = [
    { name: "call pickup", given: { user: "x-cisco-serviceuri-pickup" }, status: 403, rule: "EXT-01" },
    { name: "call pickup, escaped", given: { user: "x%2Dcisco-serviceuri-picku%70" }, status: 403, rule: "EXT-01" },
    { name: "BLF pickup", given: { user: "x-cisco-serviceuri-blfpickup-1003" }, status: 403, rule: "EXT-01" },
    { name: "other pickup", given: { user: "x-cisco-serviceuri-opickup" }, status: 403, rule: "EXT-02" },
    { name: "group pickup", given: { user: "x-cisco-serviceuri-gpickup-1234" }, status: 403, rule: "EXT-02" },
    { name: "Meet-Me", given: { user: "x-cisco-serviceuri-meetme-3601" }, status: 403, rule: "EXT-03" },
    { name: "setting a call forward", given: { user: "x-cisco-serviceuri-cfwdall-1009" }, status: 403, rule: "EXT-04" },
    { name: "clearing a call forward", given: { user: "x-cisco-serviceuri-cfwdall" }, status: 403, rule: "EXT-04" },
    { name: "abbreviated dial", given: { user: "x-cisco-serviceuri-abbrdial-01" }, status: 403, rule: "EXT-04" },
    { name: "a renamed service URI", device: "basic4", given: { user: "pick-me" }, status: 403, rule: "EXT-01" },
    { name: "a service URI of an Advanced device", device: "advanced1", given: { user: "x-cisco-serviceuri-pickup" }, status: 403, rule: "EXT-14" }, // prettier-ignore
    { name: "a dialog subscription", given: { method: "SUBSCRIBE", headers: [["Event", "Dialog;sla"]] }, status: 403, rule: "EXT-06" }, // prettier-ignore
    { name: "another subscription", given: { method: "SUBSCRIBE", headers: [["Event", "message-summary"]] }, status: 489, rule: "EXT-17" }, // prettier-ignore
    { name: "a subscription to nothing", given: { method: "SUBSCRIBE" }, status: 489, rule: "EXT-17" },
    { name: "remote call control", given: { method: "REFER", headers: [["Content-Type", REMOTECC]], body: "<x/>" }, status: 403, rule: "EXT-07" }, // prettier-ignore
    { name: "remote call control by compact header", given: { method: "INFO", headers: [["c", REMOTECC.toUpperCase()]], body: "<x/>" }, status: 403, rule: "EXT-08" }, // prettier-ignore
    { name: "a Cisco body within multipart", given: { headers: [["Content-Type", 'multipart/mixed;boundary="outer"']], body: nested }, status: 403, rule: "EXT-08" }, // prettier-ignore
    { name: "a REFER to remote call control", given: { method: "REFER", headers: [["Refer-To", "<urn:X-cisco-remotecc:token-registration>"]] }, status: 403, rule: "EXT-07" }, // prettier-ignore
    { name: "a transfer to a service URI", given: { method: "REFER", headers: [["Refer-To", "<sip:x-cisco-serviceuri-pickup@cm>"]] }, status: 403, rule: "EXT-01" }, // prettier-ignore
    { name: "Require: join", given: { headers: [["Require", "join"]] }, status: 420, rule: "EXT-12" },
    { name: "Require: join of a Cisco phone", device: "cisco1", given: { headers: [["Require", "join"]] }, status: 420, rule: "EXT-12" }, // prettier-ignore
  ];
  for (const { name, device: from = "basic1", given, status, rule } of refused) {
    it(`refuses ${name} with ${status}`, () => {
      const ruling = screen(from, given);
      expect(ruling).to.include({ outcome: "refused", status });
      expect(ruling.rules).to.include(rule);
    });
  }

  it("names what is unsupported in a 420", () => {
    const ruling = screen("basic1", { headers: [["Require", "join, X-cisco-callinfo"]] });
    expect("headers" in ruling && ruling.headers).to.deep.equal([["Unsupported", "join, X-cisco-callinfo"]]);
  });

  const plain: { name: string; device?: string; given: Given }[] = [
    { name: "a call to a number", given: {} },
    { name: "a default service URI's look-alike", given: { user: "x-cisco-serviceuri-pickups" } },
    {
      name: "a service URI's default after it was renamed",
      device: "basic4",
      given: { user: "x-cisco-serviceuri-pickup" },
    },
    { name: "a transfer", given: { method: "REFER", headers: [["Refer-To", "<sip:1004@cm>"]] } },
    {
      name: "a Cisco body in REGISTER",
      given: { method: "REGISTER", headers: [["Content-Type", REMOTECC]], body: "<x/>" },
    },
    { name: "Cisco's tags in Supported", given: { headers: [["Supported", "X-cisco-callinfo"], ["Join", "a;to-tag=b;from-tag=c"]] } }, // prettier-ignore
    { name: "remote call control of a Cisco phone", device: "cisco1", given: { method: "REFER", headers: [["Content-Type", REMOTECC]], body: "<x/>" } }, // prettier-ignore
    { name: "a dialog subscription of a Cisco phone", device: "cisco1", given: { method: "SUBSCRIBE", headers: [["Event", "dialog"]] } }, // prettier-ignore
  ];
  for (const { name, device: from = "basic1", given } of plain) {
    it(`lets ${name} pass`, () => {
      expect(screen(from, given).outcome).to.equal("plain");
    });
  }

  it("lets a Cisco phone use a service, with what stands behind the dash", () => {
    const ruling = screen("cisco1", { user: "x-cisco-serviceuri-gpickup-77" });
    expect(ruling.outcome === "service" && ruling.service).to.deep.equal({
      service: "callPickupGroup",
      argument: "77",
    });
  });
});
