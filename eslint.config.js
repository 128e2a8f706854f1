import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", ".build/", "reports/", "node_modules/", "coverage/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-console": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // There is no enum to assign to: the compiler takes none (erasableSyntaxOnly). Looking for one costs more than any
      // other rule.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }],
      "no-restricted-globals": [
        "error",
        { name: "setTimeout", message: "Time comes in as a Clock (src/core/clock.ts)." },
        { name: "setInterval", message: "Time comes in as a Clock (src/core/clock.ts)." },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "node:timers", message: "Time comes in as a Clock (src/core/clock.ts)." },
            { name: "node:timers/promises", message: "Time comes in as a Clock (src/core/clock.ts)." },
          ],
        },
      ],
    },
  },
  { files: ["src/core/system-clock.ts"], rules: { "no-restricted-globals": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
);
