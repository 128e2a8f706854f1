import {
  expect,
  scenario,
  type LineUpdate,
  type Phone,
  type ProvisioningRuling,
  type ScenarioAdministration,
} from "offhook";

function accepted({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is accepted (${reason})`).to.equal("accepted");
}

function refused({ outcome, reason }: ProvisioningRuling): void {
  expect(outcome, `the change is refused (${reason})`).to.equal("refused");
}

/** Calls that each line of a phone may have, as the call manager has them now. */
async function maximaOf(administration: ScenarioAdministration, phone: Phone): Promise<readonly number[]> {
  return (await administration.readPhone(phone))?.lines.map(({ maxCalls }) => maxCalls) ?? [];
}

function numberOf(phone: Phone, index: number): string {
  return phone.lines[index]?.directoryNumber ?? "";
}

const NEW_PHONES = [
  { type: "basic", rule: "CAP-01", maxCalls: 2 },
  { type: "advanced", rule: "CAP-02", maxCalls: 16 },
] as const;

for (const { type, rule, maxCalls } of NEW_PHONES) {
  scenario(
    `a new phone (${type}) may have ${maxCalls} calls, two on its line, and is busy at two`,
    { rules: [rule], needs: ["administration", "licences"], phones: {}, numbers: { vacant: { unassigned: true } } },
    async ({ numbers: { vacant }, step, administration }) => {
      const name = `SEP00000000${vacant}`;
      await step("it is added without a word about calls", async () => {
        accepted(await administration.addPhone({ name, type, lines: [{ directoryNumber: vacant }] }));
        const settings = await administration.readPhone(name);
        expect(settings?.maxCalls, "calls of the device").to.equal(maxCalls);
        expect(settings?.lines[0]?.maxCalls, "calls of the line").to.equal(2);
        expect(settings?.lines[0]?.busyTrigger, "busy trigger").to.equal(2);
      });
    },
  );
}

for (const type of ["basic", "advanced"] as const) {
  scenario(
    `a migrated phone (${type}) keeps four calls a line`,
    { rules: ["CAP-03"], needs: ["administration"], phones: { alice: { type, migrated: true } } },
    async ({ phones: { alice }, step, administration }) => {
      await step("each of its lines still has 4 calls and is busy at 2", async () => {
        const { lines = [], maxCalls: ofDevice } = (await administration.readPhone(alice)) ?? {};
        expect(ofDevice, "calls of the device").to.equal(type === "basic" ? 8 : 64);
        expect(lines.length, "lines").to.equal(alice.lines.length);
        for (const { directoryNumber, maxCalls, busyTrigger } of lines) {
          expect([maxCalls, busyTrigger], `maximum and busy trigger of ${directoryNumber}`).to.deep.equal([4, 2]);
        }
      });
      await step("and it registers as ever", { rule: "CAP-03", control: true }, async () => {
        expect(await alice.register()).to.be.registered();
      });
    },
  );
}

scenario(
  "while the lines of a migrated phone may have more calls than it, no line is changed",
  {
    rules: ["CAP-09"],
    needs: ["administration"],
    phones: { alice: { type: "advanced", migrated: true, lines: 6 } },
    numbers: { vacant: { unassigned: true } },
  },
  async ({ phones: { alice }, numbers: { vacant }, step, administration }) => {
    const before = await administration.readPhone(alice);
    const changes: Readonly<Record<string, LineUpdate>> = {
      "fewer calls": { maxCalls: 2 },
      "another busy trigger": { busyTrigger: 1 },
      "fewer calls and another busy trigger": { maxCalls: 1, busyTrigger: 1 },
      "a forward": { forwards: { busy: numberOf(alice, 0) } },
    };
    for (const [what, settings] of Object.entries(changes)) {
      await step(`${what}: refused for the first line and for the last`, async () => {
        refused(await administration.updateLine(alice, numberOf(alice, 0), settings));
        refused(await administration.updateLine(alice, numberOf(alice, alice.lines.length - 1), settings));
      });
    }
    await step("another number: refused", async () => {
      refused(await administration.updateLine(alice, numberOf(alice, 1), { directoryNumber: vacant }));
    });
    await step("nothing has changed", async () => {
      expect(await administration.readPhone(alice)).to.deep.equal(before);
    });
    await step(
      "with four lines of four calls the same changes are accepted",
      { rule: "CAP-09", control: true },
      async () => {
        for (const line of alice.lines.slice(4)) {
          accepted(await administration.disassociateLine(alice, line.directoryNumber));
        }
        for (const settings of Object.values(changes)) {
          accepted(await administration.updateLine(alice, numberOf(alice, 0), settings));
        }
      },
    );
  },
);

scenario(
  "a migrated phone is led out by disassociating lines, changing the rest and associating them again",
  { rules: ["CAP-10"], needs: ["administration"], phones: { alice: { type: "advanced", migrated: true, lines: 6 } } },
  async ({ phones: { alice }, step, administration }) => {
    const numbers = alice.lines.map(({ directoryNumber }) => directoryNumber);
    const [kept, taken] = [numbers.slice(0, 4), numbers.slice(4)];
    await step("lines are taken off until four of four calls are left", async () => {
      for (const number of taken) accepted(await administration.disassociateLine(alice, number));
      expect(await maximaOf(administration, alice), "calls of the lines left").to.deep.equal([4, 4, 4, 4]);
    });
    await step("beside them none comes back with the calls that it had", async () => {
      const [directoryNumber = ""] = taken;
      refused(await administration.associateLine(alice, { directoryNumber, maxCalls: 4, busyTrigger: 2 }));
      expect(await maximaOf(administration, alice), "calls of the lines left").to.deep.equal([4, 4, 4, 4]);
    });
    await step("a line that is taken off does not register", async () => {
      expect(await alice.register({ line: alice.lines.length - 1 })).to.be.refused([403, 404]);
    });
    await step("those that are left are changed to two calls each", async () => {
      for (const number of kept) {
        accepted(await administration.updateLine(alice, number, { maxCalls: 2, busyTrigger: 2 }));
      }
      expect(await maximaOf(administration, alice), "calls of the lines").to.deep.equal([2, 2, 2, 2]);
    });
    await step("the others come back, with two calls each", async () => {
      for (const directoryNumber of taken) {
        accepted(await administration.associateLine(alice, { directoryNumber, maxCalls: 2, busyTrigger: 2 }));
      }
      expect(await maximaOf(administration, alice), "calls of the lines").to.deep.equal(numbers.map(() => 2));
    });
    await step("every line can be changed now, and registers", { rule: "CAP-10", control: true }, async () => {
      for (const [line, number] of numbers.entries()) {
        accepted(await administration.updateLine(alice, number, { busyTrigger: 1 }));
        expect(await alice.register({ line }), `registration of line ${line + 1}`).to.be.registered();
      }
    });
  },
);

scenario(
  "a migrated phone is only blocked with more than four lines of four calls",
  { rules: ["CAP-11"], needs: ["administration"], phones: { alice: { type: "advanced", migrated: true, lines: 6 } } },
  async ({ phones: { alice }, step, administration }) => {
    for (let left = alice.lines.length; left > 0; left -= 1) {
      const blocked = left > 4;
      const options = blocked ? {} : ({ rule: "CAP-11", control: true } as const);
      await step(
        `with ${left} lines (${left * 4} calls) a change is ${blocked ? "refused" : "accepted"}`,
        options,
        async () => {
          const change = await administration.updateLine(alice, numberOf(alice, 0), {
            busyTrigger: left % 2 === 0 ? 1 : 2,
          });
          if (blocked) refused(change);
          else accepted(change);
        },
      );
      if (left > 1) accepted(await administration.disassociateLine(alice, numberOf(alice, left - 1)));
    }
  },
);

scenario(
  "the one line of a migrated Basic phone is simply changed",
  { rules: ["CAP-12"], needs: ["administration"], phones: { alice: { type: "basic", migrated: true } } },
  async ({ phones: { alice }, step, administration }) => {
    await step("more than two calls are refused", { rule: "CAP-12", control: true }, async () => {
      refused(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 3 }));
      refused(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 5 }));
    });
    await step("from four calls to two: accepted", async () => {
      accepted(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 2, busyTrigger: 2 }));
      expect(await maximaOf(administration, alice), "calls of the line").to.deep.equal([2]);
    });
    await step("back to four: refused", { rule: "CAP-12", control: true }, async () => {
      refused(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 4 }));
    });
  },
);

for (const [type, lines] of [
  ["basic", 1],
  ["advanced", 8],
] as const) {
  scenario(
    `more calls than a phone (${type}) may have are refused on entry`,
    { rules: ["CAP-13"], needs: ["administration"], phones: { alice: { type, lines } } },
    async ({ phones: { alice }, step, administration }) => {
      const before = await administration.readPhone(alice);
      await step(`${lines * 2 + 1} calls in all are refused`, async () => {
        refused(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 3 }));
      });
      await step("a busy trigger above the calls of its line is refused", async () => {
        refused(await administration.updateLine(alice, alice.directoryNumber, { busyTrigger: 3 }));
        refused(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 1, busyTrigger: 2 }));
      });
      await step("nothing has changed", async () => {
        expect(await administration.readPhone(alice)).to.deep.equal(before);
      });
      await step("two calls, and fewer, are accepted", { rule: "CAP-13", control: true }, async () => {
        accepted(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 1, busyTrigger: 1 }));
        accepted(await administration.updateLine(alice, alice.directoryNumber, { maxCalls: 2, busyTrigger: 2 }));
      });
    },
  );
}

for (const [type, rule, tooMany] of [
  ["basic", "PRV-01", 2],
  ["advanced", "PRV-02", 9],
] as const) {
  scenario(
    `what a phone (${type}) may not have is refused when it is added, too`,
    {
      rules: ["CAP-13", rule],
      needs: ["administration", "licences"],
      phones: { alice: { type, lines: type === "basic" ? 1 : 8 } },
      numbers: Object.fromEntries(
        Array.from({ length: tooMany }, (_, index) => [`number${index + 1}`, { unassigned: true }] as const),
      ),
    },
    async ({ phones: { alice }, numbers, step, administration }) => {
      const [vacant = "", ...others] = Object.values(numbers);
      const name = `SEP10000000${vacant}`;
      const one = { maxCalls: 1, busyTrigger: 1 };
      await step("more calls than it may have, and a busy trigger above them", async () => {
        const lines = [{ directoryNumber: vacant, maxCalls: type === "basic" ? 3 : 17 }];
        refused(await administration.addPhone({ name, type, lines }));
        refused(
          await administration.addPhone({
            name,
            type,
            lines: [{ directoryNumber: vacant, maxCalls: 1, busyTrigger: 2 }],
          }),
        );
      });
      await step(`${tooMany} lines`, { rule }, async () => {
        const lines = [vacant, ...others].map((directoryNumber) => ({ directoryNumber, ...one }));
        refused(await administration.addPhone({ name, type, lines }));
      });
      await step("a line that comes back with more calls than are left", async () => {
        const last = numberOf(alice, alice.lines.length - 1);
        accepted(await administration.disassociateLine(alice, last));
        refused(await administration.associateLine(alice, { directoryNumber: last, maxCalls: 3, busyTrigger: 2 }));
        accepted(await administration.associateLine(alice, { directoryNumber: last, maxCalls: 2, busyTrigger: 2 }));
      });
      await step(
        "with one line and what it may have it is added",
        { rule: ["CAP-13", rule], control: true },
        async () => {
          accepted(await administration.addPhone({ name, type, lines: [{ directoryNumber: vacant, ...one }] }));
        },
      );
    },
  );
}
