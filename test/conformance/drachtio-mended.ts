import { expect } from "chai";
import { Exchange, keeping, send } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";

const TEL = "tel:+1-212-555-0101;phone-context=example.com";

/** Defects of the real server, from which others suffer too (it ends by a signal), so that it is not asked. */
export function drachtioMendedSuite(open: () => Promise<DrachtioServer>): void {
  describe("what the real server cannot do", () => {
    const bench = new Bench(open);

    describe("1xx to non-INVITE", () => {
      for (const method of ["OPTIONS", "MESSAGE", "INFO"]) {
        it(`passes one to ${method} on, and the final response behind it`, async () => {
          const requests = keeping();
          await bench.application({ [method.toLowerCase()]: requests.handler });
          const peer = await bench.peer();
          const request = peer.newRequest(method, bench.sip);
          peer.send(request, bench.sip);
          const { response } = await requests.next();
          await send(response, 183);
          expect((await peer.response(183, method)).callId).to.equal(request.callId);
          await send(response, 200, { headers: { "X-A": "1" } });
          expect((await peer.response(200, method)).get("X-A")).to.equal("1");
          expect(peer.arrived.flatMap((m) => (m.kind === "response" ? [m.status] : []))).to.deep.equal([183, 200]);
        });
      }

      it("passes one to a request in a dialog on", async () => {
        const [invites, infos] = [keeping(), keeping()];
        await bench.application({ invite: invites.handler, info: infos.handler });
        const peer = await bench.peer();
        const invite = peer.newRequest("INVITE", bench.sip);
        peer.send(invite, bench.sip);
        await send((await invites.next()).response, 200);
        const ok = await peer.response(200, "INVITE");
        peer.send(peer.inDialog("ACK", { request: invite, response: ok, cseq: 1 }), bench.sip);
        peer.send(peer.inDialog("INFO", { request: invite, response: ok, cseq: 2 }), bench.sip);
        const { response } = await infos.next();
        await send(response, 180);
        await peer.response(180, "INFO");
        await send(response, 200);
        await peer.response(200, "INFO");
      });
    });

    describe("a tel: Request-URI", () => {
      for (const method of ["OPTIONS", "INVITE", "NOTIFY", "MESSAGE"]) {
        it(`of ${method} reaches the application, which answers it`, async () => {
          const requests = keeping();
          await bench.application({ [method.toLowerCase()]: requests.handler });
          const peer = await bench.peer();
          const headers: [string, string][] = [
            ["To", `<${TEL}>`],
            ...(method === "NOTIFY"
              ? ([
                  ["Event", "x"],
                  ["Subscription-State", "active"],
                ] as [string, string][])
              : []),
          ];
          peer.send(peer.newRequest(method, bench.sip, headers, "", TEL), bench.sip);
          const { request, response } = await requests.next();
          expect([request.uri, request.get("to")]).to.deep.equal([TEL, `<${TEL}>`]);
          await send(response, 404);
          expect((await peer.response(404, method)).to.uriText).to.equal(TEL);
        });

        it(`of ${method} leaves as the application gave it, to the route given`, async () => {
          const [application, peer] = [await bench.application(), await bench.peer()];
          const headers = method === "NOTIFY" ? { Event: "x", "Subscription-State": "active" } : {};
          const exchange = await Exchange.send(application, TEL, { method, headers, proxy: peer.uri() });
          const sent = await peer.request(method);
          expect([sent.requestUri, sent.to.uriText]).to.deep.equal([TEL, TEL]);
          peer.answer(sent, 404, { toTag: "t" });
          expect((await exchange.next()).response.status).to.equal(404);
        });
      }

      it("is refused where nothing says where it goes, and the connection stays", async () => {
        const raw = await bench.rawAuthenticated();
        const [word] = await raw.ask(`sip||\r\nOPTIONS ${TEL} SIP/2.0\r\n\r\n`);
        expect(word).to.equal("NOK");
        expect((await raw.ask("ping"))[0]).to.equal("OK");
      });
    });
  });
}
