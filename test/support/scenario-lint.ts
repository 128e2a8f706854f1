import ts from "typescript";
import { RULES, type RuleId } from "../../src/rules/index.ts";
import type { ScenarioSpec } from "../../src/scenarios/index.ts";

/** Something wrong with a scenario that shows before it is run. */
export interface LintProblem {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** For which rules an expectation counts: those of its step, the scenario's first, or what only a run can tell. */
type StepRules = readonly string[] | "first" | "unknown";

interface StepContext {
  readonly rules: StepRules;
  readonly control: boolean;
}

const OUTSIDE: StepContext = { rules: "first", control: false };
const EXPECTS = new Set(["expect", "expectEvery"]);

/** What stands in the code of one scenario, with the functions of its file that it uses. */
class BodyReader {
  readonly expectations: StepContext[] = [];
  readonly #functions: ReadonlyMap<string, ts.Node>;
  readonly #visited = new Set<string>();

  constructor(functions: ReadonlyMap<string, ts.Node>) {
    this.#functions = functions;
  }

  read(node: ts.Node, context: StepContext): void {
    if (ts.isIdentifier(node)) this.#enter(node.text, context);
    if (!ts.isCallExpression(node)) {
      ts.forEachChild(node, (child) => {
        this.read(child, context);
      });
      return;
    }
    const callee = node.expression;
    if (ts.isIdentifier(callee) && EXPECTS.has(callee.text)) this.expectations.push(context);
    const isStep = ts.isIdentifier(callee) && callee.text === "step";
    const inner =
      isStep && node.arguments.length > 2 ? contextOf(node.arguments[1], context) : isStep ? OUTSIDE : context;
    ts.forEachChild(node, (child) => {
      this.read(child, inner);
    });
  }

  /** A function of the file counts for the step in which it is used. */
  #enter(name: string, context: StepContext): void {
    const declaration = this.#functions.get(name);
    const key = `${name} ${JSON.stringify(context)}`;
    if (!declaration || this.#visited.has(key)) return;
    this.#visited.add(key);
    ts.forEachChild(declaration, (child) => {
      this.read(child, context);
    });
  }
}

function contextOf(options: ts.Node | undefined, outer: StepContext): StepContext {
  if (!options || !ts.isObjectLiteralExpression(options)) return { rules: "unknown", control: outer.control };
  let [rules, control]: [StepRules, boolean] = ["first", false];
  for (const property of options.properties) {
    const name = property.name?.getText();
    if (name === "rule") rules = ts.isPropertyAssignment(property) ? literals(property.initializer) : "unknown";
    if (name === "control")
      control = !ts.isPropertyAssignment(property) || property.initializer.kind !== ts.SyntaxKind.FalseKeyword;
    if (ts.isSpreadAssignment(property)) rules = "unknown";
  }
  return { rules, control };
}

function literals(node: ts.Expression): StepRules {
  if (ts.isStringLiteral(node)) return [node.text];
  if (!ts.isArrayLiteralExpression(node)) return "unknown";
  const texts = node.elements.map((element) => (ts.isStringLiteral(element) ? element.text : undefined));
  return texts.every((text) => text !== undefined) ? texts : "unknown";
}

/** Functions by the names that they have anywhere in the file. */
function functionsOf(source: ts.SourceFile): Map<string, ts.Node> {
  const found = new Map<string, ts.Node>();
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.name) found.set(node.name.text, node);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const { initializer } = node;
      if (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
        found.set(node.name.text, initializer);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface FoundCall {
  readonly line: number;
  readonly only: boolean;
  readonly body: ts.Node | undefined;
}

/** Calls of scenario(), scenario.only() and scenario.skip(), by the line on which they begin. */
function callsOf(source: ts.SourceFile): FoundCall[] {
  const calls: FoundCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [name, variant] = node.expression.getText().split(".");
      if (name === "scenario" && (variant === undefined || variant === "only" || variant === "skip")) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        calls.push({ line, only: variant === "only", body: node.arguments.at(-1) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

function covers({ rules }: StepContext, rule: string, first: string | undefined): boolean {
  if (rules === "unknown") return true;
  return rules === "first" ? rule === first : rules.includes(rule);
}

interface Linted {
  readonly spec: ScenarioSpec;
  readonly problems: readonly LintProblem[];
  /** Rules of which it holds a control. */
  readonly controls: readonly string[];
}

function lintScenario(spec: ScenarioSpec, source: ts.SourceFile): Linted {
  const { file, line } = spec.place;
  const { rules, controls = [] } = spec.definition;
  const call = callsOf(source).find((one) => one.line === line);
  const reader = new BodyReader(functionsOf(source));
  if (call?.body) reader.read(call.body, OUTSIDE);
  const { expectations } = reader;
  const unknown = [
    ...rules,
    ...controls,
    ...expectations.flatMap((one) => (typeof one.rules === "string" ? [] : one.rules)),
  ];
  const texts = [
    ...[...new Set<string>(unknown)].filter((rule) => !RULES.has(rule)).map((rule) => `there is no rule ${rule}`),
    ...(call ? [] : ["the call of scenario() was not found on this line"]),
    ...(call?.only === true ? ["scenario.only was forgotten here"] : []),
    ...(call && expectations.length === 0 && spec.skip === undefined ? ["it expects nothing"] : []),
    ...(expectations.length === 0 ? [] : rules)
      .filter((rule) => !expectations.some((one) => covers(one, rule, rules[0])))
      .map((rule) => `it names ${rule}, and no expect stands in a step for it`),
  ];
  const inSteps = rules.filter((rule) => expectations.some((one) => one.control && covers(one, rule, rules[0])));
  const named = expectations.flatMap((one) => (one.control && typeof one.rules !== "string" ? one.rules : []));
  return { spec, problems: texts.map((text) => ({ file, line, text })), controls: [...controls, ...inSteps, ...named] };
}

function repeatedTitles(specs: readonly ScenarioSpec[]): LintProblem[] {
  const first = new Map<string, ScenarioSpec>();
  return specs.flatMap((spec) => {
    const before = first.get(spec.title);
    first.set(spec.title, before ?? spec);
    if (!before) return [];
    return [
      { ...spec.place, text: `its title stands in ${before.place.file}:${before.place.line} too: "${spec.title}"` },
    ];
  });
}

/** Rules that are the control of another stand for it when something judges them. */
function controlIsThere(id: string, control: string, linted: readonly Linted[]): boolean {
  if (linted.some(({ controls }) => controls.includes(id))) return true;
  const others = control.match(/\b[A-Z]{3}-\d\d\b/g) ?? [];
  return others.some((other) => linted.some(({ spec }) => spec.definition.rules.includes(other as RuleId)));
}

function missingControls(linted: readonly Linted[]): LintProblem[] {
  return [...RULES.values()].flatMap(({ id, level, control }) => {
    const judge = linted.find(({ spec }) => spec.definition.rules.includes(id));
    if (!judge || control === null || level === "info" || controlIsThere(id, control, linted)) return [];
    return [{ ...judge.spec.place, text: `no scenario has a control for ${id}: ${control}` }];
  });
}

/**
 * What is wrong with these scenarios that shows without a run: rules that are none or that nothing is expected for,
 * controls that are missing, a forgotten `only`, repeated titles. What only a run can tell is not complained about.
 * @param sourceOf the text of a script.
 */
export function lintScenarios(specs: readonly ScenarioSpec[], sourceOf: (file: string) => string): LintProblem[] {
  const sources = new Map<string, ts.SourceFile>();
  const linted = specs.map((spec) => {
    const { file } = spec.place;
    const source = sources.get(file) ?? ts.createSourceFile(file, sourceOf(file), ts.ScriptTarget.Latest, true);
    sources.set(file, source);
    return lintScenario(spec, source);
  });
  return [...linted.flatMap(({ problems }) => problems), ...repeatedTitles(specs), ...missingControls(linted)];
}
