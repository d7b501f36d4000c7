import type { LaunchOptions } from 'playwright';

export interface Browser {
  name: string;
  executablePath?: string;
  channel?: string;
  args: string[];
}
export const noBrowser: string;
export function findBrowser(options?: { install?: boolean }): Promise<Browser | undefined>;
export function launchOptions(browser: Browser): LaunchOptions;
export function aptInstall(name: string): boolean;
