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

/** What users of Cisco phones press, by the names of the events. */
const SOFT_KEYS = "Park HLog Conference Hold Transfer CallBack Barge cBarge Join Monitor Record iDivert QRT MCID".split(
  " ",
);

interface Control {
  readonly contentType: string;
  readonly body: string;
}

const GREETING: Control = { contentType: "text/plain", body: "hello" };
const PARK: Control = { contentType: REQUEST_TYPE, body: softKey("Park") };
const CONFERENCE: Control = { contentType: REQUEST_TYPE, body: softKey("Conference") };
const CM: Control = { contentType: "application/x-cisco-remotecc-cm+xml", body: "<x-cisco-remotecc-cm/>\r\n" };

/** Cisco's types beside that of requests (EXT-08), each with a body of its kind. */
const OTHERS: readonly Control[] = [
  CM,
  { ...CM, contentType: "Application/X-CISCO-RemoteCC-CM+XML" },
  {
    contentType: "application/x-cisco-remotecc-response+xml",
    body: "<x-cisco-remotecc-response><response><code>200</code></response></x-cisco-remotecc-response>\r\n",
  },
  {
    contentType: "application/x-cisco-alarm+xml",
    body: '<x-cisco-alarm><Alarm Name="LastOutOfServiceInformation"/></x-cisco-alarm>\r\n',
  },
  { contentType: "application/x-cisco-servicecontrol", body: "action=restart\r\n" },
];

/** One body of several parts. */
function multipart(parts: readonly Control[], subtype = "mixed", boundary = "parts"): Control {
  const texts = parts.map(
    ({ contentType, body }) => `--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n${body}\r\n`,
  );
  return { contentType: `multipart/${subtype};boundary="${boundary}"`, body: `${texts.join("")}--${boundary}--\r\n` };
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

function expectRefused({ final }: Awaited<ReturnType<Phone["request"]>>, what: string): void {
  expect(final, what).to.be.refused(["4xx", "5xx", "6xx"]);
  expect(final.status, `status for ${what}`).not.to.be.oneOf([401, 407]);
}

interface Attempts {
  readonly title: string;
  /** What a phone of the type sends outside of its call. */
  readonly basic: readonly Control[];
  readonly advanced: readonly Control[];
  readonly within: Control;
}

const ATTEMPTS: Readonly<Record<"EXT-07" | "EXT-08", Attempts>> = {
  "EXT-07": {
    title: "third-party phones cannot control their calls remotely",
    basic: [
      PARK,
      CONFERENCE,
      multipart([GREETING, CONFERENCE]),
      multipart([GREETING, multipart([PARK], "mixed", "inner")]),
    ],
    advanced: [
      PARK,
      multipart([GREETING, CONFERENCE]),
      { ...PARK, contentType: `${REQUEST_TYPE}; charset=utf-8` },
      { ...PARK, contentType: REQUEST_TYPE.toUpperCase() },
    ],
    within: PARK,
  },
  "EXT-08": {
    title: "third-party phones cannot use Cisco's other types of body",
    basic: [...OTHERS, multipart([CM, GREETING], "alternative")],
    advanced: OTHERS.map((control) => multipart([GREETING, control])),
    within: CM,
  },
};

for (const rule of ["EXT-07", "EXT-08"] as const) {
  const { title, within, ...outside } = ATTEMPTS[rule];
  scenario(
    title,
    { rules: [rule, "EXT-14"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" } } },
    async ({ phones: { basic, advanced }, step, target }) => {
      await Promise.all([basic.register(), advanced.register()]);
      const call = await basic.call(advanced);
      const incoming = await advanced.nextInvite();
      await incoming.accept();
      expect(await call.final()).to.have.status(200);
      const marks = [basic, advanced].map((phone) => [phone, phone.mark()] as const);
      for (const [phone, side, rules] of [
        [basic, call, [rule]],
        [advanced, incoming, [rule, "EXT-14"]],
      ] as const) {
        const type = phone === basic ? "basic" : "advanced";
        await step(`each REFER of a phone of type ${type} is refused`, { rule: rules }, async () => {
          for (const control of outside[type]) {
            expectRefused(await remoteControl(phone, target.domain, control), control.contentType);
          }
        });
        await step("so is one within the call", { rule: rules }, async () => {
          const headers = {
            "Refer-To": `<cid:1234@${phone.address.host}>`,
            "Content-ID": `<1234@${phone.address.host}>`,
          };
          expectRefused(await side.request("REFER", { headers, ...within }), within.contentType);
        });
      }
      await step("the call goes on as it was", { rule, control: true }, async () => {
        await Promise.all([basic.noInvite(), advanced.noInvite()]);
        for (const [phone, mark] of marks) {
          expect(phone.trace.since(mark)).to.neverShow("< INVITE", "< BYE", "< UPDATE", "< REFER");
        }
        expect(call.ended, "the call is over").to.equal(false);
        const [bye] = await Promise.all([call.hangUp(), advanced.nextRequest("BYE")]);
        expect(bye).to.have.status(200);
      });
    },
  );
}

scenario(
  "a phone with digest off cannot control its calls remotely either",
  { rules: ["EXT-07", "EXT-08"], phones: { alice: { digest: false }, bob: {} } },
  async ({ phones: { alice, bob }, step, target }) => {
    await Promise.all([alice.register(), bob.register()]);
    await step("each REFER is refused", { rule: ["EXT-07", "EXT-08"] }, async () => {
      for (const event of SOFT_KEYS) {
        const control = { contentType: REQUEST_TYPE, body: softKey(event) };
        expectRefused(await remoteControl(alice, target.domain, control), event);
      }
      const withoutDialog = { ...PARK, body: PARK.body.replace(/<dialogid>.*<\/dialogid>/, "") };
      for (const control of [withoutDialog, ...OTHERS]) {
        expectRefused(await remoteControl(alice, target.domain, control), control.contentType);
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
