import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import config from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig: config } },
  },
  {
    rules: {
      // What others wrote goes in as text, and nowhere as markup.
      'svelte/no-at-html-tags': 'error',
      // The page's policy refuses style attributes; Svelte's style: is CSSOM.
      'svelte/no-inline-styles': ['error', { allowTransitions: false }],
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({
          property,
          message: 'What others wrote is text.',
        })),
      ],
      'no-eval': 'error',
      'no-console': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  // Tools of the build, which speak on a terminal.
  { files: ['build/**'], rules: { 'no-console': 'off' } },
);
