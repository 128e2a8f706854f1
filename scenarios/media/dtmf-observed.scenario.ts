import { expect, scenario } from "offhook";

/** The same description by a phone that knows no telephone-event. */
function withoutEvents(sdp: string): string {
  return sdp.replace(/^a=(?:rtpmap|fmtp):101 .*\r\n/gm, "").replace(/^(m=audio .*) 101\b/m, "$1");
}

scenario(
  "a call between phones that tell digits in different ways is observed",
  { rules: ["DTM-02"], observes: ["DTM-03"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    const offer = await step("where both have telephone-event, it stays", { control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).accept();
      expect(await call.final()).to.have.status(200);
      const { answer } = await call.session();
      expect(answer).to.have.media("audio").codec("telephone-event");
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      return alice.everySdp({ direction: "sent" })[0]?.message.body.toString() ?? "";
    });
    const call = await alice.call(bob, { sdp: withoutEvents(offer) });
    await (await bob.nextInvite()).accept().catch(() => undefined); // no MTP may mean no call
    const final = await call.final();
    const answer = final.isSuccess ? (await call.session()).answer : undefined;
    const address = answer?.media[0]?.connection?.address ?? answer?.connection?.address;
    observe("the call whose one side has no telephone-event", {
      rule: "DTM-03",
      data: {
        status: final.status,
        mediaFrom: address,
        formats: answer?.media[0]?.formats,
        direct: address === bob.address.host,
      },
    });
    if (!call.ended) await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
  },
);

scenario(
  "whether keys are subscribed to by KPML is observed",
  { rules: ["CAL-01"], observes: ["DTM-04"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step, observe }) => {
    const subscribed: Record<string, number> = {};
    await bob.register();
    for (const events of ["kpml", "presence"]) {
      const headers = { "Allow-Events": events };
      const mark = alice.mark();
      await alice.register({ headers });
      const call = await alice.call(bob, { headers });
      await (await bob.nextInvite()).accept();
      await step(`the call of a phone that lists ${events} connects`, async () => {
        expect(await call.final()).to.have.status(200);
        for (const side of [call]) expect(await side.nextAudio()).to.have.receivedAudio();
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      const seen = alice.trace.since(mark).entries;
      subscribed[events] = seen.filter(
        ({ direction, message }) => direction === "received" && message?.cseq.method === "SUBSCRIBE",
      ).length;
    }
    observe("SUBSCRIBEs to a phone, by what its Allow-Events lists", { rule: "DTM-04", data: subscribed });
  },
);
