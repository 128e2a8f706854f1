import { bracketed, expect, scenario } from "offhook";

const SRTP_OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=-",
  "c=IN IP4 127.0.0.1",
  "t=0 0",
  "m=audio 40000 RTP/SAVP 0",
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
  "a=rtpmap:0 PCMU/8000",
  "",
].join("\r\n");

scenario(
  "a Contact that asks for TLS is refused, or never leads to TLS",
  { rules: ["REG-28"], observes: ["TLS-04"], phones: { alice: {} } },
  async ({ phones: { alice }, step, observe }) => {
    const { host, port } = alice.address;
    const uri = `${alice.directoryNumber}@${bracketed(host)}:${port}`;
    await step("sips: and ;transport=tls in a REGISTER", async () => {
      for (const contact of [`<sips:${uri}>`, `<sip:${uri};transport=tls>`]) {
        const { final } = await alice.register({ contact });
        observe("REGISTER with a Contact for TLS", { rule: "TLS-04", data: { contact, status: final.status } });
      }
    });
    await step("a plain Contact registers", { rule: "REG-28" }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "SRTP that a third-party phone offers is refused, or the call goes on without it",
  { rules: ["CAL-01"], observes: ["TLS-06"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("a call with RTP/SAVP alone", async () => {
      const call = await alice.call(bob, { sdp: SRTP_OFFER });
      // The target may refuse it before bob hears of it.
      const offered = bob.nextInvite().then(
        async (incoming) => {
          await incoming.reject(488);
          return incoming.offer?.media.map(({ protocol }) => protocol) ?? "none";
        },
        () => "the call never reached bob",
      );
      const { status } = await call.final();
      observe("answer to an offer of SRTP", { rule: "TLS-06", data: { status, offered: await offered } });
    });
    await step("a call with RTP/AVP works", async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).accept();
      expect(await call.final()).to.have.status(200);
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    });
  },
);
