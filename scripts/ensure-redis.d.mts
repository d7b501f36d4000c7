export const noRedis: string;
export function findRedis(options?: { install?: boolean }): string | undefined;
