import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

const tests = [
  '**/*.test.ts',
  '**/*.test-kit.ts',
  '**/*.bench.ts',
  '**/*.test.mjs',
  'engine/conformance/**',
  'engine/torture/**',
  'e2e/**',
];

const nodeGlobals = Object.fromEntries(
  [
    'process',
    'console',
    'Buffer',
    'URL',
    'URLSearchParams',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
  ]
    .concat(['setImmediate', 'performance', 'fetch', 'TextEncoder', 'TextDecoder', 'AbortSignal', 'AbortController'])
    .concat(['structuredClone', 'crypto', 'Blob', 'Response', 'CompressionStream', 'DecompressionStream'])
    .map((name) => [name, 'readonly']),
);

// The engine is given its time, its chance and its bytes. Each of these would let the world in by another door, and the
// same seed and inputs would no longer give the same bytes out.
const doorsIntoTheEngine = [
  { name: 'Date', message: 'The engine is told the time: setTime and tick.' },
  { name: 'performance', message: 'The engine is told the time: setTime and tick.' },
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'].map((name) => ({
    name,
    message: 'The engine has no timers: what is due is done in tick(now).',
  })),
  { name: 'crypto', message: 'The engine draws its chance from the seed.' },
  ...['process', 'console', 'fetch', 'document', 'window', 'self', 'navigator', 'globalThis', 'Intl'].map((name) => ({
    name,
    message: 'The engine does not know where it runs.',
  })),
];

export default defineConfig(
  globalIgnores(['dist/', 'dist-server/', 'coverage/', 'playwright-report/', 'test-results/', 'node_modules/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  // Every language: mistakes that no reader should have to find.
  {
    files: ['**/*.{js,mjs,ts,svelte}'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-debugger': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-self-compare': 'error',
      'no-unreachable': 'error',
      'no-empty': 'error',
      'no-dupe-keys': 'error',
      'no-duplicate-case': 'error',
      'no-fallthrough': 'error',
      'no-template-curly-in-string': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-catch': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
    },
  },

  // Scripts and configuration: plain Node.
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: nodeGlobals },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }] },
  },

  // TypeScript, with the rules that need types.
  {
    files: ['**/*.ts'],
    extends: [ts.configs.recommended],
    languageOptions: {
      parserOptions: {
        project: ['engine', 'host-node', 'host-browser', 'web', 'tests'].map((layer) => `./tsconfig.${layer}.json`),
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'it', 'describe'], package: 'node:test' }] },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    files: ['**/*.d.mts'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { parser: ts.parser, parserOptions: { project: null } },
  },

  // The page. Components are checked with types by svelte-check; here only what the syntax shows.
  svelte.configs.recommended,
  {
    files: ['web/**/*.svelte', 'web/**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    plugins: { '@typescript-eslint': ts.plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // Keys and values come from anyone. Markup from a string is for the lessons' own prose, with a reason beside it.
      'svelte/no-at-html-tags': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteAttribute[key.name="style"]:not(:has(SvelteMustacheTag))',
          message: "The built page's policy turns style attributes away; use a class, or style:name={value}.",
        },
      ],
      // The address is a hash, and there is no SvelteKit whose `resolve` the rule asks for.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },

  // The engine's own doors.
  {
    files: ['engine/**/*.ts'],
    ignores: ['engine/hosts/node/**', 'engine/hosts/browser/**', ...tests],
    rules: {
      'no-restricted-globals': ['error', ...doorsIntoTheEngine],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'The engine draws its chance from the seed.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'The engine is whole before it starts: no import while it runs.' },
        { selector: 'AwaitExpression', message: 'The engine never waits: a host hands it bytes, and it answers.' },
      ],
    },
  },

  // A test may say `!` where a wrong guess fails it at once.
  {
    files: tests.filter((pattern) => !pattern.endsWith('.mjs')),
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
