import type { Icon } from './scene.ts';

/** Drawn around the origin, within seven units each way. */
export const icons: Readonly<Record<Icon, string>> = {
  clock: 'M0,-5.5A5.5,5.5 0 1 1 -0.01,-5.5ZM0,-3V0L2.2,1.6',
  tick: 'M-3.6,0.2L-1,2.8L3.8,-2.8',
  cross: 'M-2.8,-2.8L2.8,2.8M2.8,-2.8L-2.8,2.8',
  cursor: 'M-4,-5L5,0L-4,5Z',
};
