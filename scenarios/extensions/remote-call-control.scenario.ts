import { expect, scenario, type Phone } from "offhook";

const REQUEST_TYPE = "application/x-cisco-remotecc-request+xml";

function softKey(event: string): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<x-cisco-remotecc-request><softkeyeventmsg><softkeyevent>${event}</softkeyevent>`,
    "<dialogid><callid></callid><localtag></localtag><remotetag></remotetag></dialogid>",
    "<linenumber>1</linenumber><participantnum>0</participantnum></softkeyeventmsg></x-cisco-remotecc-request>",
    "",
  ].join("\r\n");
}

/** Cisco's types beside that of requests (EXT-08), each with a body of its kind. */
const OTHER_TYPES = {
  "application/x-cisco-remotecc-cm+xml": "<x-cisco-remotecc-cm/>\r\n",
  "application/x-cisco-remotecc-response+xml":
    "<x-cisco-remotecc-response><response><code>200</code></response></x-cisco-remotecc-response>\r\n",
  "application/x-cisco-alarm+xml": '<x-cisco-alarm><Alarm Name="LastOutOfServiceInformation"/></x-cisco-alarm>\r\n',
  "application/x-cisco-servicecontrol": "action=restart\r\n",
  "Application/X-CISCO-RemoteCC-CM+XML": "<x-cisco-remotecc-cm/>\r\n",
};

/** One body of several parts, the Cisco one behind a harmless one. */
function multipart(type: string, body: string): { readonly contentType: string; readonly body: string } {
  const part = (contentType: string, text: string): string =>
    `--parts\r\nContent-Type: ${contentType}\r\n\r\n${text}\r\n`;
  return {
    contentType: 'multipart/mixed;boundary="parts"',
    body: `${part("text/plain", "hello")}${part(type, body)}--parts--\r\n`,
  };
}

interface Control {
  readonly contentType: string;
  readonly body: string;
}

/** The REFER by which Cisco phones tell the call manager what their user pressed. */
function remoteControl(phone: Phone, domain: string, { contentType, body }: Control): ReturnType<Phone["request"]> {
  return phone.request("REFER", {
    to: `sip:${phone.directoryNumber}@${domain}`,
    headers: {
      "Refer-To": `<cid:1234@${phone.address.host}>`,
      "Referred-By": `<sip:${phone.directoryNumber}@${domain}>`,
      "Content-ID": `<1234@${phone.address.host}>`,
    },
    contentType,
    body,
  });
}

for (const type of ["basic", "advanced"] as const) {
  const also = type === "advanced" ? (["EXT-14"] as const) : [];
  const controls = {
    "EXT-07": {
      title: `a third-party phone (${type}) cannot control its calls remotely`,
      bodies: [
        ...["Park", "HLog", "Conference"].map((event) => ({ contentType: REQUEST_TYPE, body: softKey(event) })),
        multipart(REQUEST_TYPE, softKey("Conference")),
        { contentType: `${REQUEST_TYPE}; charset=utf-8`, body: softKey("Park") },
        { contentType: REQUEST_TYPE.toUpperCase(), body: softKey("Park") },
      ],
    },
    "EXT-08": {
      title: `a third-party phone (${type}) cannot use Cisco's other types of body`,
      bodies: Object.entries(OTHER_TYPES).flatMap(([contentType, body]) => [
        { contentType, body },
        multipart(contentType, body),
      ]),
    },
  } as const;

  for (const [rule, { title, bodies }] of Object.entries(controls) as [
    "EXT-07" | "EXT-08",
    (typeof controls)["EXT-07"],
  ][]) {
    scenario(
      title,
      { rules: [rule, ...also], phones: { alice: { type }, bob: {} } },
      async ({ phones: { alice, bob }, step, target }) => {
        await Promise.all([alice.register(), bob.register()]);
        const call = await alice.call(bob);
        const incoming = await bob.nextInvite();
        await incoming.accept();
        expect(await call.final()).to.have.status(200);
        const mark = bob.mark();
        await step("each REFER is refused", { rule: [rule, ...also] }, async () => {
          for (const control of bodies) {
            const { final } = await remoteControl(alice, target.domain, control);
            expect(final, control.contentType).to.be.refused(["4xx", "5xx", "6xx"]);
            expect(final.status, `status for ${control.contentType}`).not.to.be.oneOf([401, 407]);
          }
        });
        await step("so is one within the call", { rule: [rule, ...also] }, async () => {
          const [control] = bodies;
          const headers = {
            "Refer-To": `<cid:1234@${alice.address.host}>`,
            "Content-ID": `<1234@${alice.address.host}>`,
          };
          const { final } = await call.request("REFER", { headers, ...control });
          expect(final).to.be.refused(["4xx", "5xx", "6xx"]);
          expect(final.status, "status").not.to.be.oneOf([401, 407]);
        });
        await step("the call goes on as it was", { rule, control: true }, async () => {
          await bob.noInvite();
          expect(bob.trace.since(mark)).to.neverShow("< INVITE", "< BYE", "< UPDATE", "< REFER");
          expect(call.ended, "the call is over").to.equal(false);
          const [bye] = await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
          expect(bye).to.have.status(200);
        });
      },
    );
  }
}

scenario(
  "a phone with digest off cannot control its calls remotely either",
  { rules: ["EXT-07", "EXT-08"], phones: { alice: { digest: false }, bob: {} } },
  async ({ phones: { alice, bob }, step, target }) => {
    await Promise.all([alice.register(), bob.register()]);
    const bodies: readonly Control[] = [
      { contentType: REQUEST_TYPE, body: softKey("HLog") },
      ...Object.entries(OTHER_TYPES).map(([contentType, body]) => ({ contentType, body })),
    ];
    await step("each REFER is refused", { rule: ["EXT-07", "EXT-08"] }, async () => {
      for (const control of bodies) {
        const { final } = await remoteControl(alice, target.domain, control);
        expect(final, control.contentType).to.be.refused(["4xx", "5xx", "6xx"]);
      }
    });
    await step("and it may call", { rule: ["EXT-07", "EXT-08"], control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "a Cisco phone may control its calls remotely",
  { rules: ["EXT-15"], controls: ["EXT-07", "EXT-15"], phones: { alice: { type: "cisco", digest: false } } },
  async ({ phones: { alice }, step, target }) => {
    await alice.register();
    await step("its REFER is accepted", async () => {
      const { final } = await remoteControl(alice, target.domain, { contentType: REQUEST_TYPE, body: softKey("HLog") });
      expect(final).to.have.status([200, 202]);
    });
  },
);
