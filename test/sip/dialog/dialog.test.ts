import { expect } from "chai";
import { Dialog, dialogIdOf, SipRequest, SipResponse, type HeaderField } from "../../../src/sip/index.ts";
import { PeerProtocolError } from "../../../src/core/errors.ts";

function invite(headers: HeaderField[] = [], requestUri = "sip:bob@example.com"): SipRequest {
  return SipRequest.create({
    method: "INVITE",
    requestUri,
    headers: [
      ["Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"],
      ["From", '"Alice" <sip:alice@example.com>;tag=a1'],
      ["To", "<sip:bob@example.com>"],
      ["Call-ID", "call-1"],
      ["CSeq", "41 INVITE"],
      ["Contact", "<sip:alice@192.0.2.1>"],
      ...headers,
    ],
  });
}

function response(request: SipRequest, status: number, headers: HeaderField[] = [], toTag = "b1"): SipResponse {
  return SipResponse.to(request, status, { toTag, headers });
}

const BOB: HeaderField = ["Contact", "<sip:bob@192.0.2.2:5070>"];

const routesOf = (request: SipRequest): string[] => request.getAll("Route");

describe("dialog", () => {
  describe("at the UAC", () => {
    it("takes its state from INVITE and response (RFC 3261 §12.1.2)", () => {
      const request = invite();
      const dialog = Dialog.fromResponse(request, response(request, 200, [BOB]));
      expect(dialog).to.include({
        callId: "call-1",
        localTag: "a1",
        remoteTag: "b1",
        localUri: '"Alice" <sip:alice@example.com>;tag=a1',
        remoteUri: "<sip:bob@example.com>;tag=b1",
        localCseq: 41,
        remoteCseq: undefined,
        remoteTarget: "sip:bob@192.0.2.2:5070",
        state: "confirmed",
        secure: false,
      });
      expect(dialog.routeSet).to.deep.equal([]);
    });

    it("reverses Record-Route into its route set", () => {
      const request = invite();
      const success = response(request, 200, [
        BOB,
        ["Record-Route", "<sip:p3;lr>, <sip:p2;lr>"],
        ["Record-Route", "<sip:p1;lr>"],
      ]);
      expect(Dialog.fromResponse(request, success).routeSet).to.deep.equal([
        "<sip:p1;lr>",
        "<sip:p2;lr>",
        "<sip:p3;lr>",
      ]);
    });

    it("is early from a 18x, with the Request-URI as target where that has no Contact", () => {
      const request = invite();
      const dialog = Dialog.fromResponse(request, response(request, 180));
      expect(dialog).to.include({ state: "early", remoteTarget: "sip:bob@example.com" });
    });

    it("computes route set and target anew from the 2xx that confirms it (RFC 3261 §13.2.2.4)", () => {
      const request = invite();
      const dialog = Dialog.fromResponse(request, response(request, 180, [BOB, ["Record-Route", "<sip:early;lr>"]]));
      dialog.confirm(
        response(request, 200, [
          ["Contact", "<sip:bob@192.0.2.9>"],
          ["Record-Route", "<sip:p2;lr>, <sip:p1;lr>"],
        ]),
      );
      expect(dialog).to.include({ state: "confirmed", remoteTarget: "sip:bob@192.0.2.9" });
      expect(dialog.routeSet).to.deep.equal(["<sip:p1;lr>", "<sip:p2;lr>"]);
    });

    it("keeps its route set once confirmed", () => {
      const request = invite();
      const dialog = Dialog.fromResponse(request, response(request, 200, [BOB, ["Record-Route", "<sip:p1;lr>"]]));
      dialog.confirm(response(request, 200, [BOB]));
      expect(dialog.routeSet).to.deep.equal(["<sip:p1;lr>"]);
    });

    it("has no dialog without To tag, nor from a 2xx without Contact", () => {
      const request = invite();
      const untagged = SipResponse.to(request, 200, { headers: [BOB] });
      expect(() => Dialog.fromResponse(request, untagged)).to.throw(PeerProtocolError, "To tag");
      expect(() => Dialog.fromResponse(request, response(request, 200))).to.throw(PeerProtocolError, "Contact");
    });

    it("is secure where the INVITE went to a sips URI", () => {
      const request = invite([], "sips:bob@example.com");
      expect(Dialog.fromResponse(request, response(request, 200, [BOB])).secure).to.equal(true);
    });
  });

  describe("at the UAS", () => {
    it("takes its state from INVITE and response (RFC 3261 §12.1.1)", () => {
      const request = invite([["Record-Route", "<sip:p1;lr>, <sip:p2;lr>"]]);
      const dialog = Dialog.fromRequest(request, response(request, 180));
      expect(dialog).to.include({
        localTag: "b1",
        remoteTag: "a1",
        localUri: "<sip:bob@example.com>;tag=b1",
        remoteUri: '"Alice" <sip:alice@example.com>;tag=a1',
        localCseq: undefined,
        remoteCseq: 41,
        remoteTarget: "sip:alice@192.0.2.1",
        state: "early",
      });
      expect(dialog.routeSet).to.deep.equal(["<sip:p1;lr>", "<sip:p2;lr>"]);
      dialog.confirm(response(request, 200));
      expect(dialog.state).to.equal("confirmed");
      expect(dialog.routeSet).to.deep.equal(["<sip:p1;lr>", "<sip:p2;lr>"]);
    });

    it("has no dialog where the request lacks Contact", () => {
      const request = invite().delete("Contact");
      expect(() => Dialog.fromRequest(request, response(request, 200))).to.throw(PeerProtocolError, "Contact");
    });

    it("bears a peer without From tag", () => {
      const request = invite().set("From", "<sip:alice@example.com>");
      const dialog = Dialog.fromRequest(request, response(request, 200));
      expect(dialog.remoteTag).to.equal("");
      expect(dialog.createRequest("BYE").get("To")).to.equal("<sip:alice@example.com>");
    });
  });

  describe("sending requests", () => {
    function dialogWith(recordRoute: string[]): Dialog {
      const request = invite();
      const headers = recordRoute.map((value): HeaderField => ["Record-Route", value]);
      return Dialog.fromResponse(request, response(request, 200, [BOB, ...headers.reverse()]));
    }

    it("counts its own CSeq up, from 1 at the UAS", () => {
      const dialog = dialogWith([]);
      expect(dialog.createRequest("INFO").cseq).to.include({ number: 42, method: "INFO" });
      expect(dialog.createRequest("BYE").cseq).to.include({ number: 43, method: "BYE" });
      const request = invite();
      expect(Dialog.fromRequest(request, response(request, 200)).createRequest("BYE").cseq.number).to.equal(1);
    });

    it("writes From, To, Call-ID, Contact, further headers and body", () => {
      const request = dialogWith([]).createRequest("INFO", {
        headers: [["Content-Type", "text/plain"]],
        body: "ü",
        contact: "<sip:alice@192.0.2.1>",
      });
      expect(request.headers.map(({ name, value }) => `${name}: ${value}`)).to.deep.equal([
        'From: "Alice" <sip:alice@example.com>;tag=a1',
        "To: <sip:bob@example.com>;tag=b1",
        "Call-ID: call-1",
        "CSeq: 42 INFO",
        "Contact: <sip:alice@192.0.2.1>",
        "Content-Type: text/plain",
      ]);
      expect(request.body.toString()).to.equal("ü");
    });

    it("goes to the remote target without route set", () => {
      const dialog = dialogWith([]);
      const request = dialog.createRequest("BYE");
      expect(request.requestUri).to.equal("sip:bob@192.0.2.2:5070");
      expect(routesOf(request)).to.deep.equal([]);
      expect(dialog.nextHop).to.equal("sip:bob@192.0.2.2:5070");
    });

    it("names the whole route set in order behind a loose router", () => {
      const dialog = dialogWith(["<sip:p1;lr>", "<sip:p2>"]);
      const request = dialog.createRequest("BYE");
      expect(request.requestUri).to.equal("sip:bob@192.0.2.2:5070");
      expect(routesOf(request)).to.deep.equal(["<sip:p1;lr>", "<sip:p2>"]);
      expect(dialog.nextHop).to.equal("sip:p1;lr");
    });

    it("addresses a strict router itself, and puts the remote target last", () => {
      const dialog = dialogWith(["<sip:p1;method=BYE;maddr=192.0.2.8?Subject=x>", "<sip:p2;lr>"]);
      const request = dialog.createRequest("BYE");
      expect(request.requestUri).to.equal("sip:p1;maddr=192.0.2.8");
      expect(routesOf(request)).to.deep.equal(["<sip:p2;lr>", "<sip:bob@192.0.2.2:5070>"]);
      expect(dialog.nextHop).to.equal("sip:p1;maddr=192.0.2.8");
    });

    it("makes an ACK with the number of the INVITE, without counting on", () => {
      const dialog = dialogWith(["<sip:p1;lr>"]);
      const ack = dialog.createAck(41, { headers: [["Content-Type", "application/sdp"]], body: "v=0\r\n" });
      expect(ack).to.include({ method: "ACK", requestUri: "sip:bob@192.0.2.2:5070" });
      expect(ack.cseq).to.include({ number: 41, method: "ACK" });
      expect(routesOf(ack)).to.deep.equal(["<sip:p1;lr>"]);
      expect(dialog.createRequest("BYE").cseq.number).to.equal(42);
    });
  });

  describe("receiving requests", () => {
    function dialogAndRequest(): {
      dialog: Dialog;
      request: (method: string, cseq: number, contact?: string) => SipRequest;
    } {
      const first = invite();
      const dialog = Dialog.fromRequest(first, response(first, 200));
      return {
        dialog,
        request: (method, cseq, contact = "<sip:alice@192.0.2.66>") =>
          SipRequest.create({
            method,
            requestUri: "sip:bob@192.0.2.2",
            headers: [
              ["From", "<sip:alice@example.com>;tag=a1"],
              ["To", "<sip:bob@example.com>;tag=b1"],
              ["Call-ID", "call-1"],
              ["CSeq", `${cseq} ${method}`],
              ["Contact", contact],
            ],
          }),
      };
    }

    it("admits growing CSeq numbers with gaps, refuses lower ones", () => {
      const { dialog, request } = dialogAndRequest();
      expect(dialog.admits(request("INFO", 42))).to.equal("ok");
      expect(dialog.admits(request("INFO", 100))).to.equal("ok");
      expect(dialog.admits(request("INFO", 99))).to.equal("stale-cseq");
      // RFC 3261 §12.2.2 refuses what is lower, nothing else.
      expect(dialog.admits(request("INFO", 100))).to.equal("ok");
      expect(dialog.admits(request("INFO", 101))).to.equal("ok");
      expect(dialog.remoteCseq).to.equal(101);
    });

    it("admits any number where the peer has sent none yet", () => {
      const first = invite();
      const dialog = Dialog.fromResponse(first, response(first, 200, [BOB]));
      expect(dialog.admits(dialogAndRequest().request("BYE", 1))).to.equal("ok");
      expect(dialog.remoteCseq).to.equal(1);
    });

    it("always admits ACK", () => {
      const { dialog, request } = dialogAndRequest();
      dialog.admits(request("INFO", 50));
      expect(dialog.admits(request("ACK", 41))).to.equal("ok");
      expect(dialog.remoteCseq).to.equal(50);
    });

    it("takes a new target from INVITE and UPDATE, and from their 2xx", () => {
      const { dialog, request } = dialogAndRequest();
      dialog.refreshTarget(request("UPDATE", 42));
      expect(dialog.remoteTarget).to.equal("sip:alice@192.0.2.66");
      dialog.refreshTarget(
        SipResponse.to(request("INVITE", 43), 200, { headers: [["Contact", "<sip:alice@192.0.2.67>"]] }),
      );
      expect(dialog.remoteTarget).to.equal("sip:alice@192.0.2.67");
    });

    it("takes none that can't be read, or that no request can be sent to", () => {
      const { dialog, request } = dialogAndRequest();
      for (const contact of ["<<<", "<sip:>", "*", "<tel:1002>"]) {
        dialog.refreshTarget(SipResponse.to(request("INVITE", 43), 200, { headers: [["Contact", contact]] }));
        expect(dialog.remoteTarget, contact).to.equal("sip:alice@192.0.2.1");
      }
    });

    it("takes none from BYE, INFO, or a refusal", () => {
      const { dialog, request } = dialogAndRequest();
      for (const method of ["BYE", "INFO", "ACK"]) dialog.refreshTarget(request(method, 42));
      dialog.refreshTarget(
        SipResponse.to(request("INVITE", 43), 302, { headers: [["Contact", "<sip:alice@192.0.2.67>"]] }),
      );
      expect(dialog.remoteTarget).to.equal("sip:alice@192.0.2.1");
    });

    it("ends by terminate", () => {
      const { dialog } = dialogAndRequest();
      dialog.terminate();
      expect(dialog.state).to.equal("terminated");
    });
  });

  it("is none where its requests would go nowhere", () => {
    const first = invite();
    for (const route of ["garbage", "<sip:a", "<tel:1>"]) {
      const success = response(first, 200, [BOB, ["Record-Route", route]]);
      expect(() => Dialog.fromResponse(first, success), route).to.throw();
      const early = Dialog.fromResponse(first, response(first, 180, [BOB]));
      expect(() => {
        early.confirm(success);
      }, route).to.throw();
      expect(early.state, route).to.equal("early");
    }
    for (const contact of ["<tel:1>", "*", "<<<"]) {
      expect(() => Dialog.fromResponse(first, response(first, 200, [["Contact", contact]])), contact).to.throw();
    }
  });

  describe("id", () => {
    const first = invite();
    const success = response(first, 200, [BOB]);
    const uac = Dialog.fromResponse(first, success);
    const uas = Dialog.fromRequest(first, success);

    it("is the same for a dialog and its messages, seen from each end", () => {
      const bye = uac.createRequest("BYE");
      expect(dialogIdOf(success, "received")).to.equal(uac.id);
      expect(dialogIdOf(success, "sent")).to.equal(uas.id);
      expect(dialogIdOf(bye, "sent")).to.equal(uac.id);
      expect(dialogIdOf(bye, "received")).to.equal(uas.id);
      expect(dialogIdOf(uas.createRequest("BYE"), "received")).to.equal(uac.id);
      expect(uac.id).to.not.equal(uas.id);
    });

    it("is undefined outside a dialog", () => {
      expect(dialogIdOf(first, "sent")).to.equal(undefined);
    });
  });
});
