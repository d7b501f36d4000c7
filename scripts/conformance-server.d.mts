export interface RealRedis {
  readonly port: number;
  stop(): Promise<void>;
}
export function requireRedis(): string;
export function startRedis(settings?: Readonly<Record<string, string>>): Promise<RealRedis>;
