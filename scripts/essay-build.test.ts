import { describe, expect, it } from 'vitest';

import { buildEssay } from './essay-build.ts';

const SOURCE = `import a from './a.ts';

/**
 * # A thing
 *
 * **Problem.** It is \`a < b\`, **always**.
 *
 * \`\`\`
 *   │ a │ b │
 * \`\`\`
 *
 * **Invariants.**
 * 1. One.
 * 2. Two.
 */
export const x = 1;
`;

describe('an essay', () => {
  it('becomes sections of plain data', () => {
    expect(buildEssay('engine/a.ts', SOURCE)).toEqual({
      title: 'A thing',
      sections: [
        {
          name: 'Problem',
          blocks: [
            {
              kind: 'paragraph',
              content: [
                { kind: 'text', text: 'It is ' },
                { kind: 'code', text: 'a < b' },
                { kind: 'text', text: ', ' },
                { kind: 'strong', content: [{ kind: 'text', text: 'always' }] },
                { kind: 'text', text: '.' },
              ],
            },
            { kind: 'sketch', text: '  │ a │ b │' },
          ],
        },
        {
          name: 'Invariants',
          blocks: [
            {
              kind: 'list',
              isOrdered: true,
              items: [[{ kind: 'text', text: 'One.' }], [{ kind: 'text', text: 'Two.' }]],
            },
          ],
        },
      ],
    });
  });

  it('that holds markup, or links to where it must not, stops the build', () => {
    const bad =
      (text: string): (() => unknown) =>
      () =>
        buildEssay('engine/a.ts', SOURCE.replace('It is', text));
    expect(bad('<img src=x onerror=alert(1)>')).toThrow('prose cannot hold html');
    expect(bad('[here](javascript:alert(1))')).toThrow('a link leads to');
    expect(() => buildEssay('engine/a.ts', 'export const x = 1;')).toThrow('does not open with an essay');
  });
});
