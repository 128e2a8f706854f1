import { bracketed, expect, scenario, type OutgoingCall, type Phone } from "offhook";

/** Nobody listens there, so that a Contact of it reaches nobody. */
const DISCARD_PORT = 9;

scenario(
  "the call manager chooses how long a registration lasts, and says so",
  { rules: ["REG-18", "REG-03"], phones: { alice: {} } },
  async ({ phones: { alice }, step, target, observe }) => {
    const granted = await step("whatever is asked, the lifetime granted is told", async () => {
      const lifetimes: (number | undefined)[] = [];
      for (const expiresSeconds of target.profile === "cucm" ? [3600, 300, 90] : [3600, 300]) {
        const registration = await alice.register({ expiresSeconds });
        expect(registration).to.be.registered();
        const { final, contacts } = registration;
        const told = [final.get("Expires"), ...contacts.map(({ parameters }) => parameters.get("expires"))];
        expect(
          told.some((value) => Number(value) > 0),
          "the 200 tells the lifetime",
        ).to.equal(true);
        lifetimes.push(registration.expiresSeconds);
        observe("lifetime", {
          rule: "REG-18",
          data: { asked: expiresSeconds, header: told[0], contact: told.slice(1) },
        });
        if (target.profile !== "cucm") continue;
        expect(registration).to.have.header("Expires", /^\d+$/);
        expect(told.slice(1), "expires parameters of the Contact").to.deep.equal([undefined]);
      }
      return lifetimes;
    });
    await step("it is the call manager's choice, not the phone's", () => {
      if (target.profile === "cucm") {
        expect(granted[1], "seconds granted for 300 asked").to.equal(granted[0]);
        expect(granted[2], "seconds granted for 90 asked").to.equal(granted[0]);
      } else {
        expect(granted[0], "seconds granted for 3600 asked").to.be.within(1, 3600);
      }
    });
    await step("a refresh within that time is accepted", { rule: ["REG-03", "REG-18"], control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

scenario(
  "a lifetime too short is refused with the least one, or raised",
  { rules: ["REG-21"], phones: { alice: {} } },
  async ({ phones: { alice }, step }) => {
    const least = await step("5 seconds are not granted", async () => {
      const brief = await alice.register({ expiresSeconds: 5 });
      if (brief.final.status !== 423) {
        expect(brief).to.be.registered();
        expect(brief.expiresSeconds, "seconds granted").to.be.greaterThan(5);
        return undefined;
      }
      expect(brief).to.have.header("Min-Expires", /^\d+$/);
      return Number(brief.final.get("Min-Expires"));
    });
    await step("what the call manager calls enough registers", { rule: "REG-21", control: true }, async () => {
      expect(await alice.register({ expiresSeconds: least ?? 3600 })).to.be.registered();
    });
  },
);

/** Digest credentials with a response that fits no password, sent unasked: a keepalive is not challenged everywhere. */
function wrongCredentials(
  phone: Phone,
  challenge: { readonly realm?: string; readonly nonce?: string },
  username = phone.user?.id ?? "",
): string {
  const { realm = "", nonce = "" } = challenge;
  const uri = `sip:${bracketed(phone.address.host)}`;
  const fields = [`username="${username}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`];
  return `Digest ${fields.join(", ")}, response="00000000000000000000000000000000", algorithm=MD5`;
}

scenario(
  "a refresh keeps the binding, and wrong credentials in it are refused",
  {
    rules: ["REG-20", "REG-07", "REG-12"],
    phones: { alice: {}, bob: {} },
    numbers: { vacant: { unassigned: true } },
  },
  async ({ phones: { alice, bob }, numbers: { vacant }, step, observe }) => {
    await bob.register();
    const first = await alice.register();
    await step("a refresh with the same Call-ID, Contact and source is accepted", async () => {
      const refresh = await alice.register();
      expect(refresh).to.be.registered();
      expect(refresh.requests[0]).to.have.header("Call-ID", first.requests[0]?.callId ?? "");
      const data = { statuses: refresh.responses.map(({ status }) => status) };
      observe("how a refresh without credentials is answered", { rule: "REG-20", data });
    });
    await step("wrong credentials in a refresh are refused", async () => {
      const headers = { Authorization: wrongCredentials(alice, first.challenge ?? {}) };
      expect(await alice.register({ credentials: "none", headers })).to.be.refused([401, 403]);
    });
    await step("so is a username that is no end user", { rule: "REG-07" }, async () => {
      const headers = { Authorization: wrongCredentials(alice, first.challenge ?? {}, "nobody-of-this-name") };
      expect(await alice.register({ credentials: "none", headers })).to.be.refused();
    });
    await step("so is another number, though the Call-ID is the same", { rule: "REG-12" }, async () => {
      const renumbering = alice.wire.rewrite("REGISTER", (message) => {
        for (const name of ["To", "From"]) {
          message.set(name, (message.get(name) ?? "").replace(alice.directoryNumber, vacant));
        }
        return message;
      });
      expect(await alice.register()).to.be.refused([403, 404]);
      renumbering.remove();
    });
    const all = { rule: ["REG-20", "REG-07", "REG-12"], control: true } as const;
    await step("the binding outlives that", all, async () => {
      const call = await bob.call(alice);
      await (await alice.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);

scenario(
  "a copy of a refresh from another source is no keepalive",
  { rules: ["REG-20"], phones: { alice: { transport: "udp" }, mallory: { transport: "udp" } } },
  async ({ phones: { alice, mallory }, step }) => {
    const [genuine] = (await alice.register()).requests;
    const { callId = "", contacts } = genuine ?? {};
    const contact = contacts === "*" ? undefined : contacts?.[0]?.uriText;
    const own: { callId?: string; cseq?: string } = {};
    mallory.wire.rewrite("REGISTER", (message) => {
      own.callId = message.callId;
      own.cseq = message.get("CSeq") ?? "";
      message.set("Call-ID", callId);
      message.set("CSeq", "4711 REGISTER");
      return message;
    });
    mallory.wire.rewrite(
      (message) => message.callId === callId,
      (message) => {
        message.set("Call-ID", own.callId ?? "");
        message.set("CSeq", own.cseq ?? "");
        return message;
      },
      { direction: "received" },
    );
    await step("it is challenged or refused", async () => {
      const copy = await mallory.register({
        directoryNumber: alice.directoryNumber,
        contact: `<${contact ?? ""}>`,
        credentials: "none",
      });
      expect(copy).to.be.refused([401, 403, 404, 407]);
    });
    await step("alice's own refresh is accepted", { rule: "REG-20", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
    });
  },
);

/** The answer to a call that must not ring at `phone`; where it does, that is what the report says, not the silence. */
async function finalWithoutRinging(call: OutgoingCall, phone: Phone): ReturnType<OutgoingCall["final"]> {
  const final = call.final();
  await final.catch(() => undefined);
  await phone.noInvite();
  return await final;
}

scenario(
  "a request with another Contact than the registered one is refused",
  { rules: ["CAL-05"], phones: { alice: { transport: "udp" }, bob: {} } },
  async ({ phones: { alice, bob }, step }) => {
    await Promise.all([alice.register(), bob.register()]);
    const elsewhere = `<sip:${alice.directoryNumber}@${bracketed(alice.address.host)}:${DISCARD_PORT}>`;
    await step("an INVITE with a changed Contact gets a 5xx, and nobody rings", async () => {
      const call = await alice.call(bob, { contact: elsewhere });
      expect(await finalWithoutRinging(call, bob)).to.be.refused(["5xx"]);
    });
    await step("with the registered Contact the call rings", { rule: "CAL-05", control: true }, async () => {
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
    await step("a new REGISTER moves the binding: the Contact of before is refused", async () => {
      expect((await alice.register({ contact: elsewhere })).final).to.have.status(200);
      expect(await finalWithoutRinging(await alice.call(bob), bob)).to.be.refused(["5xx"]);
    });
    await step("and is taken again once it is registered", { rule: "CAL-05", control: true }, async () => {
      expect(await alice.register()).to.be.registered();
      const call = await alice.call(bob);
      await (await bob.nextInvite()).reject(486);
      expect(await call.final()).to.be.refused();
    });
  },
);
