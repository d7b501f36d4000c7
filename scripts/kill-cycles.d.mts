export function killCycles(options: {
  program: string;
  cycles: number;
  seed?: number;
  onCycle?: (cycle: number, facts: { answered: number; sent: number; kept: number }) => void;
}): Promise<string[]>;
