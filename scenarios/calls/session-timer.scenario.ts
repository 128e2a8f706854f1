import { expect, scenario, type Call, type IncomingCall, type OutgoingCall, type Phone } from "offhook";

/** Longest session interval, in seconds, that is worth waiting for. */
const SHORT_SECONDS = 6;
/** A phone that agrees to such a session, and to no shorter one than it takes to see it run out. */
const SHORT = { intervalSeconds: SHORT_SECONDS, minSeconds: 2 } as const;

interface Up {
  readonly call: OutgoingCall;
  readonly incoming: IncomingCall;
}

async function talk(caller: Phone, callee: Phone): Promise<Up> {
  const call = await caller.call(callee);
  const incoming = await callee.nextInvite();
  await incoming.accept();
  expect(await call.final()).to.have.status(200);
  return { call, incoming };
}

async function hearEachOther({ call, incoming }: Up): Promise<void> {
  for (const heard of await Promise.all([call.nextAudio(), incoming.nextAudio()]))
    expect(heard).to.have.receivedAudio();
}

/** The next request of the other side that refreshes the session: UPDATE or re-INVITE. */
async function nextRefresh(call: Call): Promise<void> {
  await Promise.any(["UPDATE", "INVITE"].map((method) => call.nextRequest(method)));
}

/**
 * Whether the call manager ended a session that had been refreshed in time, as its phone saw it: on a slow machine one may
 * run out, and then nothing is proved.
 */
function endedTooSoon(phone: Phone, call: Call): boolean {
  const limitMs = (call.sessionTimer?.intervalSeconds ?? Infinity) * (2 / 3) * 1_000;
  const moments = (direction: "received" | "both", pattern: RegExp): number[] =>
    phone.trace.entries
      .filter((entry) => [entry.direction, "both"].includes(direction) && pattern.test(entry.octets.toString()))
      .map(({ at }) => at);
  const [bye] = moments("received", /^BYE /);
  const agreed = moments("both", /^SIP\/2\.0 200 [^]*^CSeq: *\d+ (INVITE|UPDATE)/im).at(-1) ?? 0;
  return bye !== undefined && bye - agreed < limitMs * 0.9;
}

scenario(
  "phones with session timers talk, what they are granted is observed",
  { rules: ["CAL-01"], observes: ["CAL-11"], phones: { alice: {}, bob: {} } },
  async ({ phones: { alice, bob }, step, observe }) => {
    await Promise.all([alice.register(), bob.register()]);
    bob.useSessionTimer();
    for (const intervalSeconds of [1800, 90]) {
      alice.useSessionTimer({ intervalSeconds });
      const up = await step(`alice asks for ${intervalSeconds} s, and both hear each other`, async () => {
        const talking = await talk(alice, bob);
        await hearEachOther(talking);
        return talking;
      });
      const { call, incoming } = up;
      observe(`session timers of a call that asks for ${intervalSeconds} s`, {
        rule: "CAL-11",
        data: {
          answers: call.responses.map(({ status }) => status),
          minSe: call.responses.map((response) => response.get("Min-SE")).find((value) => value !== undefined),
          caller: call.sessionTimer ?? "none",
          invite: [
            incoming.invite.get("Supported"),
            incoming.invite.get("Session-Expires"),
            incoming.invite.get("Min-SE"),
          ],
          called: incoming.sessionTimer ?? "none",
        },
      });
      await Promise.all([call.hangUp(), bob.nextRequest("BYE")]);
    }
  },
);

scenario(
  "calls whose sessions are refreshed go on, by whomever it is done",
  {
    rules: ["CAL-01"],
    observes: ["CAL-11"],
    phones: {
      alice: { maxSessionSeconds: SHORT_SECONDS },
      bob: {},
      carol: { maxSessionSeconds: SHORT_SECONDS },
      dave: {},
    },
    waitsSeconds: SHORT_SECONDS,
  },
  async ({ phones: { alice, bob, carol, dave }, step, observe }) => {
    await Promise.all([alice, bob, carol, dave].map((phone) => phone.register()));
    alice.useSessionTimer({ ...SHORT, refresher: "uac" });
    carol.useSessionTimer({ ...SHORT, refresher: "uas" });
    const alices = await talk(alice, bob);
    const carols = await talk(carol, dave);
    observe("session timers as granted", {
      rule: "CAL-11",
      data: { alice: alices.call.sessionTimer ?? "none", carol: carols.call.sessionTimer ?? "none" },
    });
    if (carols.call.sessionTimer?.refresher === "peer") {
      // Two halves of an interval: by then alice's session is over unless she has refreshed it.
      await step("the call manager refreshes the session that it is to refresh", { rule: "CAL-11" }, async () => {
        await nextRefresh(carols.call);
        await nextRefresh(carols.call);
      });
    }
    await step("both calls stand, and all hear each other", async () => {
      for (const [phone, up] of [
        [alice, alices],
        [carol, carols],
      ] as const) {
        expect(up.call.ended && endedTooSoon(phone, up.call), "a call ends that was refreshed").to.equal(false);
        if (!up.call.ended) await hearEachOther(up);
      }
    });
    for (const [up, peer] of [
      [alices, bob],
      [carols, dave],
    ] as const) {
      if (!up.call.ended) await Promise.all([up.call.hangUp(), peer.nextRequest("BYE")]);
    }
  },
);

scenario(
  "a call that ended because its phone fell silent counts no more",
  {
    rules: ["CAP-07"],
    controls: ["CAP-06"],
    observes: ["CAL-11"],
    phones: { alice: { type: "basic", maxSessionSeconds: SHORT_SECONDS }, bob: {}, carol: {} },
    waitsSeconds: SHORT_SECONDS,
  },
  async ({ phones: { alice, bob, carol }, step, observe }) => {
    await Promise.all([alice, bob, carol].map((phone) => phone.register()));
    alice.useSessionTimer({ ...SHORT, refresher: "uac", fault: "silent" });
    const { call, incoming } = await talk(alice, bob);
    alice.useSessionTimer(false);
    const other = await talk(alice, bob);
    await step("with two calls alice can place no other", { rule: "CAP-06", control: true }, async () => {
      expect(await (await alice.call(carol)).final()).to.be.refused();
    });
    const cleared = await call.nextRequest("BYE").then(
      () => true,
      () => false,
    );
    observe("whether a call ends whose phone does not refresh", {
      rule: "CAL-11",
      data: { granted: call.sessionTimer ?? "none", cleared },
    });
    if (cleared) await incoming.nextRequest("BYE");
    else await Promise.all([call.hangUp(), incoming.nextRequest("BYE")]);
    await step("once it is over, her next call goes through", async () => {
      const next = await talk(alice, carol);
      await Promise.all([next.call.hangUp(), carol.nextRequest("BYE")]);
    });
    await Promise.all([other.call.hangUp(), bob.nextRequest("BYE")]);
  },
);
