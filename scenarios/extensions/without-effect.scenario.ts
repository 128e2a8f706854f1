import { expect, scenario, type OutgoingCall, type Phone } from "offhook";

const TYPES = ["basic", "advanced"] as const;

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

for (const type of TYPES) {
  const also = type === "advanced" ? (["EXT-14"] as const) : [];

  scenario(
    `a Cisco body in the REGISTER of a third-party phone (${type}) does nothing`,
    { rules: ["EXT-09", ...also], phones: { alice: { type, lines: type === "basic" ? 1 : 2 }, bob: {} } },
    async ({ phones: { alice, bob }, step, target }) => {
      await bob.register();
      await step("the optional body is not answered", { rule: ["EXT-09", ...also] }, async () => {
        const registration = await alice.register({
          contentType: "multipart/mixed;boundary=uniqueBoundary",
          body: bulkRegister(
            alice.lines.map(({ directoryNumber }) => directoryNumber),
            target.domain,
          ),
        });
        const { final } = registration;
        if (final.status >= 300) expect(registration).to.be.refused();
        else expect(registration).to.be.registered();
        expect(final.get("Content-Type") ?? "none", "body of the answer").not.to.match(/x-cisco|multipart/i);
        expect(final.body.toString(), "body of the answer").not.to.match(/optionsind|remotecc/i);
      });
      const [, ...others] = alice.lines;
      if (others.length > 0) {
        await step("lines that only the body names are not registered", { rule: ["EXT-09", ...also] }, async () => {
          for (const line of others) {
            expect(await (await bob.call(line.directoryNumber)).final()).to.be.refused();
          }
          await alice.noInvite();
        });
      }
      await step("a plain REGISTER registers, and the phone rings", { rule: "EXT-09", control: true }, async () => {
        expect(await alice.register()).to.be.registered();
        const call = await bob.call(alice);
        await (await alice.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      });
    },
  );

  scenario(
    `a third-party phone (${type}) that claims Cisco's extensions in Supported is sent none`,
    { rules: ["EXT-10", ...also], phones: { alice: { type }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await bob.register();
      expect(await alice.register({ headers: { Supported: CISCO_TAGS } })).to.be.registered();
      const call = await bob.call(alice);
      const incoming = await alice.nextInvite();
      await incoming.accept();
      await step("the call works, and so do a hold and a call by it", { rule: "EXT-10", control: true }, async () => {
        expect(await call.final()).to.have.status(200);
        expect(await call.hold()).to.have.status(200);
        expect(await call.resume()).to.have.status(200);
        await Promise.all([call.hangUp(), alice.nextRequest("BYE")]);
        const own = await alice.call(bob);
        const atBob = await bob.nextInvite();
        await atBob.ring();
        await atBob.accept();
        expect(await own.final()).to.have.status(200);
        await Promise.all([own.hangUp(), bob.nextRequest("BYE")]);
      });
      await step("nothing sent to it carries Cisco's Call-Info", { rule: ["EXT-10", ...also] }, () => {
        expect(incoming.invite.method).to.equal("INVITE");
        expect(receivedHeaders(alice, "Call-Info"), "Call-Info").not.to.match(/x-cisco-remotecc/i);
      });
    },
  );

  scenario(
    `Call-Info of a third-party phone (${type}) that orders a hold does nothing`,
    { rules: ["EXT-11", ...also], phones: { alice: { type }, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await incoming.accept();
      expect(await call.final()).to.have.status(200);
      for (const order of ["hold", "resume"]) {
        await step(`a re-INVITE with ${order} leaves the audio as it is`, { rule: ["EXT-11", ...also] }, async () => {
          const headers = { "Call-Info": `<urn:X-cisco-remotecc:${order}>; reason=none` };
          expect(await call.reinvite({ headers })).to.have.status(200);
          for (const side of [call, incoming]) {
            expect(await side.session())
              .to.have.media("audio")
              .live()
              .direction("sendrecv");
          }
        });
      }
      await step("a hold in the SDP works", { rule: "EXT-11", control: true }, async () => {
        expect(await call.hold()).to.have.status(200);
        expect((await call.session()).answer)
          .to.have.media("audio")
          .direction("recvonly", "inactive");
        expect(await call.resume()).to.have.status(200);
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    },
  );

  scenario(
    `a third-party phone (${type}) cannot barge into a call`,
    { rules: ["EXT-11", ...also], phones: { alice: {}, bob: {}, intruder: { type } } },
    async ({ phones: { alice, bob, intruder }, step }) => {
      await Promise.all([alice.register(), bob.register(), intruder.register()]);
      const call = await alice.call(bob);
      const incoming = await bob.nextInvite();
      await incoming.accept();
      expect(await call.final()).to.have.status(200);
      const dialog = dialogOf(bob);
      const mark = alice.mark();
      for (const order of ["barge", "cbarge"]) {
        await step(`${order} with Join is no more than a call`, { rule: ["EXT-11", ...also] }, async () => {
          const barge = await intruder.call(bob, {
            headers: { "Call-Info": `<urn:X-cisco-remotecc:${order}>`, Join: dialog },
          });
          await refuseIfRung(bob, barge);
          expect(await barge.final()).to.be.refused();
        });
      }
      await step("the call of the two goes on", { rule: "EXT-11", control: true }, async () => {
        await alice.noInvite();
        expect(alice.trace.since(mark)).to.neverShow("< INVITE", "< BYE", "< UPDATE");
        await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
      });
    },
  );
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

for (const tag of ["join", "X-cisco-callinfo"]) {
  scenario(
    `an INVITE that requires ${tag} is refused as a bad extension`,
    { rules: ["EXT-12"], phones: { alice: {}, bob: {} } },
    async ({ phones: { alice, bob }, step }) => {
      await Promise.all([alice.register(), bob.register()]);
      await step("420 names the option tag, and bob does not ring", async () => {
        const final = await (await alice.call(bob, { headers: { Require: tag } })).final();
        expect(final).to.have.status(420);
        expect(final).to.have.header("Unsupported", new RegExp(`\\b${tag}\\b`, "i"));
        await bob.noInvite();
      });
      await step("so is a REGISTER that requires it", async () => {
        const registration = await alice.register({ headers: { Require: tag } });
        expect(registration).to.have.status(420);
        expect(registration).to.have.header("Unsupported", new RegExp(`\\b${tag}\\b`, "i"));
      });
      await step("without the requirement the call rings", { rule: "EXT-12", control: true }, async () => {
        const call = await alice.call(bob);
        await (await bob.nextInvite()).reject(486);
        expect(await call.final()).to.be.refused();
      });
    },
  );
}
