import type { Plugin } from 'vite';

/** What a module never assigns again stays a constant in the bundle, a class as well. */
export function constants(): Plugin;
