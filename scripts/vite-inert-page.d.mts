import type { Plugin } from 'vite';

export function contentSecurityPolicy(): Plugin;
export function xtermUnderPolicy(): Plugin;
