export interface RealRedis {
  readonly port: number;
  /** The path of its Unix socket. */
  readonly socket: string;
  stop(): Promise<void>;
}
export function requireRedis(): string;
export function startRedis(settings?: Readonly<Record<string, string>>): Promise<RealRedis>;
