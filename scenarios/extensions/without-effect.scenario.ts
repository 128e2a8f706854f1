import { expect, scenario, type OutgoingCall, type Phone } from "offhook";

/** Option tags by which Cisco phones ask for Cisco's extensions. */
const CISCO_TAGS = "replaces,X-cisco-callinfo,X-cisco-serviceuri,X-cisco-service-control,X-cisco-sis-5.0.0";

/** Everything that the call manager has sent to the phone, of that header. */
function receivedHeaders({ trace }: Phone, name: string): string {
  const received = trace.entries.filter(({ direction }) => direction === "received");
  return received.flatMap(({ message }) => message?.getAll(name) ?? []).join("\n");
}

/** A REGISTER body that registers further lines at once, as Cisco phones send it. */
function bulkRegister(numbers: readonly string[], domain: string): string {
  const contacts = numbers.map((number) => `<contact line="1"><user>${number}@${domain}</user></contact>`).join("");
  const part = (xml: string): string =>
    [
      "--uniqueBoundary",
      "Content-Type: application/x-cisco-remotecc-request+xml",
      "Content-Disposition: session;handling=optional",
      "",
      `<?xml version="1.0" encoding="UTF-8"?><x-cisco-remotecc-request>${xml}</x-cisco-remotecc-request>`,
      "",
    ].join("\r\n");
  const bulk = part(`<bulkregisterreq><contact all="true">${contacts}</contact></bulkregisterreq>`);
  return `${bulk}${part("<optionsindreq><combine max='6'/></optionsindreq>")}--uniqueBoundary--\r\n`;
}

/** The dialog that the phone is in since it took a call, for others to join (RFC 3911). */
function dialogOf({ trace }: Phone): string {
  const answer = trace.entries.findLast(
    ({ direction, message }) => direction === "sent" && message?.cseq.method === "INVITE",
  );
  const tagIn = (name: string): string => /;tag=([^;]+)/.exec(answer?.message?.get(name) ?? "")?.[1] ?? "";
  return `${answer?.message?.callId ?? ""};from-tag=${tagIn("From")};to-tag=${tagIn("To")}`;
}

/** Whether the call comes through as a plain one or is refused before is the call manager's choice. */
async function refuseIfRung(callee: Phone, call: OutgoingCall): Promise<void> {
  const rings = callee.nextInvite();
  rings.catch(() => undefined);
  const incoming = await Promise.race([rings, call.final().then(() => undefined)]);
  await incoming?.reject(486);
}

scenario(
  "a Cisco body in the REGISTER of a third-party phone does nothing",
  { rules: ["EXT-09", "EXT-14"], phones: { basic: { type: "basic" }, advanced: { type: "advanced", lines: 2 } } },
  async ({ phones: { basic, advanced }, step, target }) => {
    const registersInBulk = async (phone: Phone): Promise<void> => {
      const registration = await phone.register({
        contentType: "multipart/mixed;boundary=uniqueBoundary",
        body: bulkRegister(
          phone.lines.map(({ directoryNumber }) => directoryNumber),
          target.domain,
        ),
      });
      const { final } = registration;
      if (final.status >= 300) expect(registration).to.be.refused();
      else expect(registration).to.be.registered();
      expect(final.get("Content-Type") ?? "none", "body of the answer").not.to.match(/x-cisco|multipart/i);
      expect(final.body.toString(), "body of the answer").not.to.match(/optionsind|remotecc/i);
    };
    await step("the optional body of a Basic phone is not answered", () => registersInBulk(basic));
    await step("nor that of an Advanced one", { rule: ["EXT-09", "EXT-14"] }, () => registersInBulk(advanced));
    await step("a plain REGISTER of the Basic phone registers", { control: true }, async () => {
      expect(await basic.register()).to.be.registered();
    });
    await step("lines that only the body names are not registered", { rule: ["EXT-09", "EXT-14"] }, async () => {
      for (const { directoryNumber } of advanced.lines.slice(1)) {
        expect(await (await basic.call(directoryNumber)).final()).to.be.refused();
      }
      await advanced.noInvite();
    });
    await step("so does one of the Advanced phone, and both ring", { control: true }, async () => {
      expect(await advanced.register()).to.be.registered();
      for (const [caller, callee] of [
        [basic, advanced],
        [advanced, basic],
      ] as const) {
        const call = await caller.call(callee);
        await (await callee.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      }
    });
  },
);

scenario(
  "third-party phones that claim Cisco's extensions in Supported are sent none",
  { rules: ["EXT-10", "EXT-14"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" } } },
  async ({ phones: { basic, advanced }, step }) => {
    for (const phone of [basic, advanced]) {
      expect(await phone.register({ headers: { Supported: CISCO_TAGS } })).to.be.registered();
    }
    await step("a call that an Advanced phone makes works, and so does a hold", { control: true }, async () => {
      const call = await advanced.call(basic);
      await (await basic.nextInvite()).accept();
      expect(await call.final()).to.have.status(200);
      expect(await call.hold()).to.have.status(200);
      expect(await call.resume()).to.have.status(200);
      await Promise.all([call.hangUp(), basic.nextRequest("BYE")]);
    });
    await step("and one that a Basic phone makes", { control: true }, async () => {
      const call = await basic.call(advanced);
      const incoming = await advanced.nextInvite();
      await incoming.ring();
      await incoming.accept();
      expect(await call.final()).to.have.status(200);
      await Promise.all([call.hangUp(), advanced.nextRequest("BYE")]);
    });
    await step("nothing sent to the Basic phone carries Cisco's Call-Info", () => {
      expect(receivedHeaders(basic, "Call-Info"), "Call-Info").not.to.match(/x-cisco-remotecc/i);
    });
    await step("nor to the Advanced one", { rule: ["EXT-10", "EXT-14"] }, () => {
      expect(receivedHeaders(advanced, "Call-Info"), "Call-Info").not.to.match(/x-cisco-remotecc/i);
    });
  },
);

/** What orders a hold, or its end, by Cisco's Call-Info. */
function ordering(order: "hold" | "resume"): { readonly "Call-Info": string } {
  return { "Call-Info": `<urn:X-cisco-remotecc:${order}>; reason=none` };
}

scenario(
  "Call-Info of a third-party phone that orders a hold or its end does nothing",
  { rules: ["EXT-11", "EXT-14"], phones: { basic: { type: "basic" }, advanced: { type: "advanced" } } },
  async ({ phones: { basic, advanced }, step }) => {
    await Promise.all([basic.register(), advanced.register()]);
    const call = await basic.call(advanced);
    const incoming = await advanced.nextInvite();
    await incoming.accept();
    expect(await call.final()).to.have.status(200);
    const expectAsItIs = async (): Promise<void> => {
      for (const side of [call, incoming]) {
        expect(await side.session())
          .to.have.media("audio")
          .live()
          .direction("sendrecv");
      }
    };
    await step("a re-INVITE of a Basic phone that orders a hold leaves the audio as it is", async () => {
      expect(await call.reinvite({ headers: ordering("hold") })).to.have.status(200);
      await expectAsItIs();
    });
    await step("and so does one of an Advanced phone", { rule: ["EXT-11", "EXT-14"] }, async () => {
      expect(await incoming.reinvite({ headers: ordering("hold") })).to.have.status(200);
      await expectAsItIs();
    });
    const expectOnHold = async (): Promise<void> => {
      expect((await call.session()).answer)
        .to.have.media("audio")
        .direction("recvonly", "inactive");
    };
    await step("a hold in the SDP works", { control: true }, async () => {
      expect(await call.hold()).to.have.status(200);
      await expectOnHold();
    });
    await step("one that orders its end by Call-Info goes on", async () => {
      const media = [{ kind: "audio", direction: "sendonly" }] as const;
      expect(await call.reinvite({ media, headers: ordering("resume") })).to.have.status(200);
      await expectOnHold();
    });
    await step("an end of it in the SDP works", { control: true }, async () => {
      expect(await call.resume()).to.have.status(200);
      await expectAsItIs();
    });
    await Promise.all([call.hangUp(), advanced.nextRequest("BYE")]);
  },
);

scenario(
  "third-party phones cannot barge into a call",
  {
    rules: ["EXT-11", "EXT-14"],
    phones: { alice: {}, bob: {}, basic: { type: "basic" }, advanced: { type: "advanced" } },
  },
  async ({ phones: { alice, bob, basic, advanced }, step }) => {
    await Promise.all([alice, bob, basic, advanced].map((phone) => phone.register()));
    const call = await alice.call(bob);
    const incoming = await bob.nextInvite();
    await incoming.accept();
    expect(await call.final()).to.have.status(200);
    const dialog = dialogOf(bob);
    const mark = alice.mark();
    for (const [intruder, order, rule] of [
      [basic, "barge", ["EXT-11"]],
      [advanced, "cbarge", ["EXT-11", "EXT-14"]],
    ] as const) {
      await step(`${order} with Join by ${intruder.name} is no more than a call`, { rule }, async () => {
        const barge = await intruder.call(bob, {
          headers: { "Call-Info": `<urn:X-cisco-remotecc:${order}>`, Join: dialog },
        });
        await refuseIfRung(bob, barge);
        expect(await barge.final()).to.be.refused();
      });
    }
    await step("the call of the two goes on", { control: true }, async () => {
      await alice.noInvite();
      expect(alice.trace.since(mark)).to.neverShow("< INVITE", "< BYE", "< UPDATE");
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    });
  },
);

scenario(
  "a request that requires an extension of Cisco's, or join, is refused as a bad extension",
  { rules: ["EXT-12"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    for (const [tag, required] of [
      ["join", "join"],
      ["X-cisco-callinfo", "replaces, X-cisco-callinfo"],
    ] as const) {
      await step(`420 names ${tag}, and bob does not ring`, async () => {
        const final = await (await alice.call(bob, { headers: { Require: required } })).final();
        expect(final).to.have.status(420);
        expect(final).to.have.header("Unsupported", new RegExp(`\\b${tag}\\b`, "i"));
        await bob.noInvite();
      });
      await step(`a REGISTER that requires ${tag} is refused likewise`, async () => {
        const registration = await alice.register({ headers: { Require: tag } });
        expect(registration).to.have.status(420);
        expect(registration).to.have.header("Unsupported", new RegExp(`\\b${tag}\\b`, "i"));
      });
    }
    await step("without the requirement the call rings", { control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);
