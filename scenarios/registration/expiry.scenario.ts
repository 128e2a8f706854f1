import { expect, scenario, type Phone } from "offhook";

/** What a phone may get that is not registered (REG-19, CAL-04). */
const NOT_REGISTERED = [401, 403, 404, "5xx"] as const;

/** Longest lifetime, in seconds, that is worth waiting for. */
const SHORT_SECONDS = 3;

/** How far the clocks of both sides may run apart meanwhile. */
const CLOCK_MS = 100;

/** How long a registration may outlive its time before that counts: far less than half as long as one is awaited here. */
const GRACE_MS = 600;

/** How often a phone is called while its time runs. */
const CALL_EVERY_MS = 450;

/** When a phone refreshes, as a part of its lifetime: so late that it lives on the refresh when the others are gone. */
const REFRESH_AT = 0.7;

function since(moment: number): number {
  return performance.now() - moment;
}

/** A look at the clock after that time: whatever comes to the phone meanwhile or not. */
async function later(phone: Phone, timeoutMs: number): Promise<void> {
  await phone.nextRequest("OPTIONS", { timeoutMs: Math.max(1, timeoutMs) }).catch(() => undefined);
}

/** Who is not registered may not call. */
async function callsInVain(caller: Phone, callee: Phone): Promise<void> {
  const final = (await caller.call(callee)).final();
  await final.catch(() => undefined);
  await callee.noInvite();
  expect(await final).to.be.refused(NOT_REGISTERED);
}

/** Whether a call to a line of the phone, by default its first, rings there; it is not taken. */
async function rings(caller: Phone, callee: Phone, line = callee.lines[0]): Promise<boolean> {
  const call = await caller.call(line?.directoryNumber ?? callee);
  let rang = false;
  const refused = callee.nextInvite({ line: line ?? 0 }).then(
    async (incoming) => {
      // The caller may know of the refusal before the phone that refuses knows that it was sent.
      rang = true;
      await incoming.reject(486);
    },
    () => undefined,
  );
  await Promise.race([refused, call.final()]);
  await call.final();
  return rang;
}

scenario(
  "a phone that does not refresh is unregistered when its time is up",
  {
    rules: ["REG-19"],
    phones: {
      alice: { type: "basic", maxRegistrationSeconds: SHORT_SECONDS },
      steady: { maxRegistrationSeconds: SHORT_SECONDS },
      bob: {},
    },
    waitsSeconds: SHORT_SECONDS,
    timeoutMs: 15_000,
  },
  async ({ phones: { alice, steady, bob }, step, observe }) => {
    await Promise.all([steady.register(), bob.register()]);
    const asked = performance.now();
    let refreshed = asked;
    const { expiresSeconds = 0 } = await alice.register();
    const granted = performance.now();
    const lifetimeMs = expiresSeconds * 1_000;
    await step("until then calls reach her, and she may call", { rule: "REG-19", control: true }, async () => {
      for (const [caller, callee] of [
        [bob, alice],
        [alice, bob],
      ] as const) {
        const rang = await rings(caller, callee);
        // On a slow machine her time may be up by now, and then nothing is proved.
        expect(rang || since(asked) > lifetimeMs, `a call from ${caller.name} rings`).to.equal(true);
      }
    });
    if (expiresSeconds > SHORT_SECONDS) {
      observe("not awaited: the call manager grants more than the lab says", { data: { expiresSeconds } });
      return;
    }
    await step("then a call to her fails, and not before", async () => {
      const limitMs = lifetimeMs + GRACE_MS;
      let [reached, calledMs] = [true, 0];
      while (reached && calledMs < limitMs) {
        if (since(refreshed) > lifetimeMs * REFRESH_AT) {
          refreshed = performance.now();
          await steady.register();
        }
        const nextMs = since(granted) + CALL_EVERY_MS;
        await later(alice, nextMs < lifetimeMs ? CALL_EVERY_MS : limitMs - since(granted));
        calledMs = since(granted);
        reached = await rings(bob, alice);
      }
      const failedMs = Math.round(since(asked));
      observe("time until a call no longer reached her", { data: { failedMs } });
      expect(reached, "a call to her rings").to.equal(false);
      expect(failedMs, "ms from her REGISTER until a call failed").to.be.at.least(lifetimeMs - CLOCK_MS);
      await alice.noInvite();
    });
    await step("and a call by her is refused", () => callsInVain(alice, bob));
    await step("a phone that refreshes in time is reached on", { rule: "REG-19", control: true }, async () => {
      const rang = await rings(bob, steady);
      expect(rang || since(refreshed) > lifetimeMs, "a call to it rings").to.equal(true);
    });
  },
);

scenario(
  "the time of a phone over TCP, and of each line of a phone, is up as well",
  {
    rules: ["REG-19"],
    phones: {
      streamed: { type: "basic", transport: "tcp", maxRegistrationSeconds: SHORT_SECONDS },
      many: { type: "advanced", lines: 2, maxRegistrationSeconds: SHORT_SECONDS },
      bob: {},
    },
    waitsSeconds: SHORT_SECONDS,
    timeoutMs: 15_000,
  },
  async ({ phones: { streamed, many, bob }, step, observe }) => {
    await bob.register();
    const lifetimes: number[] = [];
    await step("they register", { rule: "REG-19", control: true }, async () => {
      for (const registration of [
        await streamed.register(),
        ...(await Promise.all(many.lines.map((line) => many.register({ line })))),
      ]) {
        expect(registration).to.be.registered();
        lifetimes.push(registration.expiresSeconds ?? Infinity);
      }
    });
    const granted = performance.now();
    const lifetimeMs = Math.max(...lifetimes) * 1_000;
    if (lifetimeMs > SHORT_SECONDS * 1_000) {
      observe("not awaited: the call manager grants more than the lab says", { data: { lifetimeMs } });
      return;
    }
    await step("when their time is up calls to them fail", async () => {
      await later(bob, lifetimeMs + GRACE_MS - since(granted));
      const places = [streamed, many].flatMap((phone) => phone.lines.map((line) => ({ phone, line })));
      for (const { phone, line } of places) {
        expect(await rings(bob, phone, line), `a call to ${line.directoryNumber} rings`).to.equal(false);
      }
      await Promise.all([streamed.noInvite(), many.noInvite()]);
    });
    await step("and calls by them are refused", async () => {
      for (const phone of [streamed, many]) await callsInVain(phone, bob);
    });
  },
);
