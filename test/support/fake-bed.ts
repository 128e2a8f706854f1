import type { UsageError } from "../../src/core/errors.ts";
import { parseLab, type Device, type Lab } from "../../src/inventory/index.ts";
import type { Journal, JournalLine } from "../../src/results/index.ts";
import type { RuleId } from "../../src/rules/index.ts";
import type { PhoneListener, SeededImpairment, TestBed } from "../../src/scenarios/index.ts";
import type { ScenarioContext, ScenarioDefinition, ScenarioSpec } from "../../src/scenarios/scenario.ts";
import type { NumberRoles, PhoneRoles, UserRoles } from "../../src/scenarios/roles.ts";
import type { SimulatedPhone, WireControls } from "../../src/simulator/index.ts";
import type { LabAdministration } from "./lab-administration.ts";
import type { ImpairOptions } from "../../src/sip/transport/index.ts";

const LAB = `
target: { embedded: true, transports: [udp] }
securityProfiles: { digest: { digestAuthentication: true } }
users: { u1: { password: p }, u2: { password: p }, u3: { password: p } }
devices:
  d1: { type: basic, securityProfile: digest, digestUser: u1, lines: [1001] }
  d2: { type: basic, securityProfile: digest, digestUser: u2, lines: [1002] }
  d3: { type: advanced, securityProfile: digest, digestUser: u3, lines: [1003] }
`;

/** A phone that can only be cleared away. */
export interface FakePhone {
  readonly role: string;
  readonly device: Device;
  readonly record: PhoneListener["record"];
  calls: string[];
  closed: boolean;
  /** What a wire rule of it threw. */
  wireFailure: UsageError | undefined;
  readonly impairments: ImpairOptions[];
}

/** A bed of three phones, on which scenarios run without any network. */
export class FakeBed implements TestBed {
  readonly lab: Lab = parseLab(LAB, "test.lab.yaml", { env: {} });
  readonly target = {
    host: "192.0.2.1",
    port: 5060,
    domain: "192.0.2.1",
    names: [],
    profile: "generic",
    realm: "ccmsipline",
    embedded: true,
  } as const;
  targetWasHeard = true;
  /** Absent: the target cannot be reconfigured. */
  administration?: LabAdministration;
  impairment: SeededImpairment | undefined;
  /** Every phone that was opened, also those closed again. */
  readonly phones: FakePhone[] = [];
  /** How closing a phone goes. */
  closing: () => Promise<void> = () => Promise.resolve();

  openPhone(role: string, device: Device, { record }: PhoneListener): Promise<SimulatedPhone> {
    const fake: FakePhone = { role, device, record, calls: [], closed: false, wireFailure: undefined, impairments: [] };
    this.phones.push(fake);
    const phone: Pick<SimulatedPhone, "name" | "device" | "wire" | "openCalls" | "close"> = {
      name: role,
      device,
      wire: wireOf(fake),
      openCalls: () => fake.calls,
      close: async () => {
        await this.closing();
        fake.closed = true;
      },
    };
    return Promise.resolve(phone as SimulatedPhone);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function wireOf(fake: FakePhone): WireControls {
  const impair = (options: ImpairOptions): void => void fake.impairments.push(options);
  return Object.defineProperty({ impair }, "failure", { get: () => fake.wireFailure }) as unknown as WireControls;
}

/** A journal that is only remembered. */
export class FakeJournal implements Journal {
  readonly file = "memory";
  readonly lines: JournalLine[] = [];

  write(line: JournalLine): void {
    this.lines.push(line);
  }

  close(): void {
    return;
  }

  /** The lines of one type. */
  of<T extends JournalLine["type"]>(type: T): Extract<JournalLine, { type: T }>[] {
    return this.lines.filter((line): line is Extract<JournalLine, { type: T }> => line.type === type);
  }
}

export type FakeContext = ScenarioContext<PhoneRoles, UserRoles, NumberRoles>;

/** A scenario of the test lab: one phone and REG-03 (must) unless the test says otherwise. */
export function fakeSpec(
  title: string,
  body: (context: FakeContext) => Promise<void>,
  definition: Partial<ScenarioDefinition<PhoneRoles, UserRoles, NumberRoles>> = {},
): ScenarioSpec {
  const rules: readonly RuleId[] = ["REG-03"];
  return {
    id: title,
    title,
    place: { file: "/s/a.scenario.ts", line: 1 },
    definition: { rules, phones: { alice: {} }, ...definition },
    body,
    only: false,
  };
}
