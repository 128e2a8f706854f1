import { UsageError } from "../core/errors.ts";
import type { User } from "../inventory/model.ts";
import type { SourcePlace } from "../results/model.ts";
import type { RuleId } from "../rules/index.ts";
import type { Phone } from "../simulator/index.ts";
import type { ScenarioNeed } from "./leases.ts";
import type { NumberRoles, PhoneRoles, UserRoles } from "./roles.ts";
import type { ScenarioAdministration } from "./scenario-administration.ts";
import { callerPlace } from "./source-place.ts";

/** Most rules that one scenario may judge: more, and a failure no longer says what is broken. */
export const MAX_RULES = 3;

/** What a scenario judges and what it needs. */
export interface ScenarioDefinition<P extends PhoneRoles, U extends UserRoles, N extends NumberRoles> {
  /** Rules judged, the main one first: checks belong to it unless their step names another. At most three. */
  readonly rules: readonly RuleId[];
  /** Rules whose control case this scenario is: what has to go on working for their refusals to mean anything. */
  readonly controls?: readonly RuleId[];
  /** Rules of which it records facts by `observe` without judging them: those of level info. For each it has to. */
  readonly observes?: readonly RuleId[];
  /**
   * The phones it needs, by role: devices of the lab that fit are its own while it runs. It is skipped where the lab has
   * none.
   */
  readonly phones: P;
  /** End users beside those of its phones, by role. Default: none. */
  readonly users?: U;
  /** Directory numbers beside those of its phones, by role. Default: none. */
  readonly numbers?: N;
  /** What else of the target it needs; without it, it is skipped. Default: nothing. */
  readonly needs?: readonly ScenarioNeed[];
  /**
   * About how long it waits for a time to pass, as for a registration that runs out. Where scenarios run side by side, those
   * that wait longest start first, so that the run need not wait for them in the end. Default 0.
   */
  readonly waitsSeconds?: number;
  /** Longest time the body may take, ms. Default: `--timeout`. */
  readonly timeoutMs?: number;
}

/** What the checks of a step count for. */
export interface StepOptions {
  /** Rules that the checks of this step judge. Default: the scenario's first. */
  readonly rule?: RuleId | readonly RuleId[];
  /** A control: fails the scenario when it fails, whatever the level of its rule. */
  readonly control?: boolean;
}

/** Runs a named part of a scenario; its title is a sentence of the report. */
export interface Step {
  <T>(title: string, body: () => T | Promise<T>): Promise<T>;
  <T>(title: string, options: StepOptions, body: () => T | Promise<T>): Promise<T>;
}

/** The call manager that the scenario runs against. */
export interface TargetFacts {
  readonly host: string;
  readonly port: number;
  /** Host part of the phones' URIs; an IPv6 address in brackets. */
  readonly domain: string;
  /** Other names under which the call manager may be addressed, likewise. */
  readonly names: readonly string[];
  /** What it is taken for; see `target.profile` in docs/lab.md. */
  readonly profile: "cucm" | "generic";
  /** Realm of its digest challenges. */
  readonly realm: string;
  /** It is the reference call manager, in this process. */
  readonly embedded: boolean;
}

/** What the body of a scenario is handed. */
export interface ScenarioContext<P extends PhoneRoles, U extends UserRoles, N extends NumberRoles> {
  /**
   * By role; none is registered yet. They are unregistered and closed when the body has ended, which has to end its calls
   * by itself.
   */
  readonly phones: { readonly [K in keyof P]: Phone };
  readonly users: { readonly [K in keyof U]: User };
  readonly numbers: { readonly [K in keyof N]: string };
  readonly step: Step;
  /**
   * Reconfigures the target.
   * @throws {UsageError} ERR_NEED_NOT_NAMED unless the definition has "administration" among its `needs`.
   */
  readonly administration: ScenarioAdministration;
  readonly target: TargetFacts;
  /** Records a fact without judging it (rules of level info). */
  readonly observe: (text: string, options?: { readonly rule?: RuleId; readonly data?: unknown }) => void;
  /** Aborted when the scenario has run out of time or the run is ending. */
  readonly signal: AbortSignal;
}

/** A scenario as it was registered, its roles no longer told apart by type. */
export interface ScenarioSpec {
  /** Stable over runs: file, relative to where the run started, and title. */
  readonly id: string;
  readonly title: string;
  readonly place: SourcePlace;
  readonly definition: ScenarioDefinition<PhoneRoles, UserRoles, NumberRoles>;
  readonly body: (context: ScenarioContext<PhoneRoles, UserRoles, NumberRoles>) => Promise<void>;
  readonly only: boolean;
  readonly skip?: string;
}

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- no roles are what is meant
type NoRoles = Record<never, never>;

type Registered = Omit<ScenarioSpec, "id">;

let collecting: Registered[] | undefined;

/** Runs `load` and returns the scenarios that it registered. Not reentrant: files are loaded one after the other. */
export async function collectScenarios(load: () => Promise<unknown>): Promise<Registered[]> {
  const registered: Registered[] = [];
  collecting = registered;
  try {
    await load();
  } finally {
    collecting = undefined;
  }
  return registered;
}

type Body<P extends PhoneRoles, U extends UserRoles, N extends NumberRoles> = (
  context: ScenarioContext<P, U, N>,
) => Promise<void>;

function checkDefinition(title: string, definition: ScenarioDefinition<PhoneRoles, UserRoles, NumberRoles>): void {
  const problem =
    definition.rules.length === 0
      ? "names no rule; put at least one id of `offhook list --rules` into `rules`"
      : definition.rules.length > MAX_RULES
        ? `names ${definition.rules.length} rules; split it, ${MAX_RULES} is the most that one failure can explain`
        : undefined;
  if (problem) throw new UsageError(`Scenario "${title}" ${problem}.`, { code: "ERR_SCENARIO", details: { title } });
}

function register<P extends PhoneRoles, U extends UserRoles, N extends NumberRoles>(
  title: string,
  definition: ScenarioDefinition<P, U, N>,
  body: Body<P, U, N>,
  flags: { readonly only?: boolean; readonly skip?: string },
): void {
  checkDefinition(title, definition);
  collecting?.push({
    title,
    place: callerPlace(register),
    definition,
    // The runner hands in exactly the roles that `definition` names, which the type of `ScenarioSpec` cannot say.
    body: body as unknown as ScenarioSpec["body"],
    only: flags.only ?? false,
    ...(flags.skip === undefined ? {} : { skip: flags.skip }),
  });
}

/**
 * Registers a scenario: a call flow as it would be told, with the rules it judges and the phones it needs. Does
 * nothing but register; `offhook run` runs it.
 * @throws {UsageError} ERR_SCENARIO when it names no rule, or more than three.
 */
export function scenario<
  const P extends PhoneRoles,
  const U extends UserRoles = NoRoles,
  const N extends NumberRoles = NoRoles,
>(title: string, definition: ScenarioDefinition<P, U, N>, body: Body<P, U, N>): void {
  register(title, definition, body, {});
}

/** As `scenario`, and only those so marked are run. For writing one; `CI` refuses it. */
scenario.only = function only<
  const P extends PhoneRoles,
  const U extends UserRoles = NoRoles,
  const N extends NumberRoles = NoRoles,
>(title: string, definition: ScenarioDefinition<P, U, N>, body: Body<P, U, N>): void {
  register(title, definition, body, { only: true });
};

/** As `scenario`, reported as skipped with `reason`. */
scenario.skip = function skip<
  const P extends PhoneRoles,
  const U extends UserRoles = NoRoles,
  const N extends NumberRoles = NoRoles,
>(reason: string, title: string, definition: ScenarioDefinition<P, U, N>, body: Body<P, U, N>): void {
  register(title, definition, body, { skip: reason });
};
