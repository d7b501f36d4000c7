import type { IUnicodeVersionProvider } from '@xterm/xterm';

import { measure, pointWidth } from './width.ts';

/** Gives xterm the measure that the line editor has, so that both agree on where every character stands. */
export const cellWidths: IUnicodeVersionProvider = {
  version: 'vitrine',
  wcwidth: pointWidth,
  charProperties(point, preceding) {
    const before = preceding === 0 ? null : { width: (preceding >> 1) & 3, context: (preceding >> 3) as 0 | 1 | 2 };
    const { width, joins, context } = measure(point, before);
    // xterm's packing: what the next character depends on, then the width in two bits, then whether it joins.
    return (context << 3) | (width << 1) | (joins ? 1 : 0);
  },
};
