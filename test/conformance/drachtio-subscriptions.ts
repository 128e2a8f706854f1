import { expect } from "chai";
import { keeping, type SrfMessage } from "./drachtio-application.ts";
import { Bench, type DrachtioServer } from "./drachtio-bench.ts";

/** Dialogs of SUBSCRIBE, both ways. Spec section 8. */
export function drachtioSubscriptionSuite(open: () => Promise<DrachtioServer>): void {
  describe("subscriptions", () => {
    const bench = new Bench(open);

    it("of the application take NOTIFYs until one says terminated", async () => {
      const [application, peer] = [await bench.application(), await bench.peer()];
      // drachtio-srf finds the subscription that ends by user and host of the NOTIFY's To: our From.
      const headers = { Event: "presence", Expires: "60", From: "<sip:pres@127.0.0.1>" };
      const subscribed = application.createUAC(peer.uri("pres"), { method: "SUBSCRIBE", headers });
      const subscribe = await peer.request("SUBSCRIBE");
      expect(subscribe.contacts).to.have.length(1);
      const ok = peer.answer(subscribe, 202, {
        toTag: "b",
        headers: [
          ["Contact", `<${peer.uri()}>`],
          ["Expires", "60"],
        ],
      });
      const dialog = await subscribed;
      const seen: string[] = [];
      dialog.on("notify", (request, response) => {
        seen.push(request.get("Subscription-State"));
        response.send(200);
      });
      const destroyed = new Promise((resolve) => dialog.on("destroy", resolve));
      for (const [cseq, state] of [
        [1, "active;expires=60"],
        [2, "terminated;reason=timeout"],
      ] as const) {
        peer.send(
          peer.back("NOTIFY", subscribe, ok, cseq, [
            ["Event", "presence"],
            ["Subscription-State", state],
          ]),
          bench.sip,
        );
        await peer.response(200, "NOTIFY");
      }
      await destroyed;
      expect(seen).to.deep.equal(["active;expires=60", "terminated;reason=timeout"]);
    });

    it("of the application are refreshed in their dialog", async () => {
      const [application, peer] = [await bench.application(), await bench.peer()];
      const headers = { Event: "presence", Expires: "60" };
      const subscribed = application.createUAC(peer.uri("pres"), { method: "SUBSCRIBE", headers });
      const first = await peer.request("SUBSCRIBE");
      peer.answer(first, 200, { toTag: "b", headers: [["Contact", `<${peer.uri()}>`]] });
      const dialog = await subscribed;
      const refreshed = dialog.request({ method: "SUBSCRIBE", headers });
      const second = await peer.request("SUBSCRIBE");
      expect([second.toTag, second.cseq.number, second.get("Event")]).to.deep.equal([
        "b",
        first.cseq.number + 1,
        "presence",
      ]);
      peer.answer(second, 200, { headers: [["Contact", `<${peer.uri()}>`]] });
      expect((await refreshed).status).to.equal(200);
    });

    it("of the network are notified until the application says terminated", async () => {
      const subscribes = keeping();
      const application = await bench.application({ subscribe: subscribes.handler });
      const peer = await bench.peer();
      peer.send(
        peer.newRequest("SUBSCRIBE", bench.sip, [
          ["Event", "presence"],
          ["Expires", "60"],
        ]),
        bench.sip,
      );
      const { request, response } = await subscribes.next();
      const dialog = await application.createUAS(request, response, { headers: { Expires: "60" } });
      const ok = await peer.response(202, "SUBSCRIBE");
      expect(ok.contacts).to.have.length(1);
      const states = ["active", "terminated"];
      const answers: SrfMessage[] = [];
      for (const state of states) {
        const notified = dialog.request({
          method: "NOTIFY",
          headers: { Event: "presence", "Subscription-State": state },
        });
        const notify = await peer.request("NOTIFY");
        expect([notify.get("Subscription-State"), notify.fromTag]).to.deep.equal([state, ok.toTag]);
        peer.answer(notify, 200);
        answers.push(await notified);
      }
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
      const refused = await dialog.request({ method: "NOTIFY", headers: { Event: "presence" } }).then(
        () => undefined,
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(refused).to.equal("ENODIALOG");
    });
  });
}
