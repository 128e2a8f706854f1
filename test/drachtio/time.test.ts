import { expect } from "chai";
import { Exchange, type SrfMessage, keeping } from "../conformance/drachtio-application.ts";
import { Bench } from "../conformance/drachtio-bench.ts";
import { openEmbedded } from "../conformance/drachtio-embedded.ts";
import type { TapEntry } from "../../src/sip/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";

describe("the front, as time goes by", () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const tap = ({ direction, message }: TapEntry): void => {
    if (direction === "sent" && message) sent.push(message.cseq.method);
  };
  const bench = new Bench(() => openEmbedded({ tap }, clock));
  const copies = (method: string): number => sent.filter((other) => other === method).length;

  it("repeats a request after T1 (500 ms) and makes up a 408 without a source after 64*T1", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    for (const method of ["OPTIONS", "INVITE"]) {
      const exchange = await Exchange.send(application, peer.uri(), { method });
      await peer.request(method);
      clock.advance(499);
      expect(copies(method)).to.equal(1);
      clock.advance(1);
      expect(copies(method)).to.equal(2);
      clock.advance(31_500);
      const { response } = await exchange.next();
      expect([response.status, response.source, response.source_address]).to.deep.equal([408, "network", ""]);
      expect(response.get("To")).to.match(/;tag=/);
    }
  });

  it("makes up a 408 inside a dialog too, with its id, and a BYE that nobody answers ends the dialog", async () => {
    const [application, peer] = [await bench.application(), await bench.peer()];
    const call = application.createUAC(peer.uri(), { localSdp: SDP });
    const invite = await peer.request("INVITE");
    peer.accept(invite, "b", [], SDP);
    const dialog = await call;
    const send = { stackDialogId: dialog.id };
    const info = await Exchange.send(application, "sip:placeholder", { method: "INFO", ...send });
    await peer.request("INFO");
    clock.advance(32_000);
    const { response } = await info.next();
    expect([response.status, response.stackDialogId]).to.deep.equal([408, dialog.id]);
    const bye = await Exchange.send(application, "sip:placeholder", { method: "BYE", ...send });
    await peer.request("BYE");
    clock.advance(32_000);
    expect((await bye.next()).response.status).to.equal(408);
    const gone = await Exchange.send(application, "sip:placeholder", { method: "INFO", ...send }).catch(
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(gone).to.equal("ENODIALOG");
  });

  it("ends a call whose 200 is never acknowledged with a BYE, and tells the application why", async () => {
    const invites = keeping();
    const application = await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    const invite = peer.newRequest("INVITE", bench.sip, [["Content-Type", "application/sdp"]], SDP);
    peer.send(invite, bench.sip);
    const { request, response } = await invites.next();
    const dialog = await application.createUAS(request, response, { localSdp: SDP });
    const destroyed = new Promise<[SrfMessage, string]>((resolve) =>
      dialog.on("destroy", (bye, reason) => {
        resolve([bye, reason]);
      }),
    );
    await peer.response(200, "INVITE");
    clock.advance(32_000);
    const bye = await peer.request("BYE");
    expect(bye.get("Reason")).to.equal('SIP;cause=200;text="ACK timeout"');
    const [shown, reason] = await destroyed;
    expect([shown.source, shown.stackTxnId, reason]).to.deep.equal(["application", "unsolicited", "ACK timeout"]);
  });

  it("answers 100 to an INVITE without waiting", async () => {
    const invites = keeping();
    await bench.application({ invite: invites.handler });
    const peer = await bench.peer();
    peer.send(peer.newRequest("INVITE", bench.sip), bench.sip);
    await peer.response(100, "INVITE");
    (await invites.next()).response.send(486);
    await peer.response(486, "INVITE");
  });
});
