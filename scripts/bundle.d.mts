import type { Plugin } from 'vite';

export function bundle(entry: string, options: { name: string; plugins?: Plugin[] }): Promise<string>;
