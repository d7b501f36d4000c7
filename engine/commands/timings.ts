/** How long calls took, as INFO tells it. */
import type { Command, Context } from './contract.ts';

type Fields = readonly (readonly [name: string, value: string])[];

export function commandFields({ registry }: Context): Fields {
  return [...registry.everyOne()]
    .filter(({ calls, rejected, failed }) => calls + rejected + failed > 0)
    .map((command) => {
      const { fullName, calls, rejected, failed } = command;
      const microseconds = microsecondsOf(command);
      const each = calls === 0 ? 0 : microseconds / calls;
      return [
        `cmdstat_${fullName}`,
        `calls=${calls},usec=${microseconds},usec_per_call=${each.toFixed(2)},rejected_calls=${rejected},failed_calls=${failed}`,
      ];
    });
}

/** What was measured of some calls, reckoned for all of them. */
function microsecondsOf({ calls, timedCalls, microseconds }: Command): number {
  return timedCalls === 0 ? 0 : Math.round((microseconds * calls) / timedCalls);
}

export function latencyFields({ registry, config }: Context): Fields {
  if (!config.isOn('latency-tracking')) return [];
  const percents = readPercentiles(config.text('latency-tracking-info-percentiles')) ?? [];
  return [...registry.everyOne()].flatMap(({ fullName, histogram }) => {
    if (histogram === null) return [];
    const told = percents.map((percent) => `p${percent}=${(histogram.percentile(percent) / 1000).toFixed(3)}`);
    return [[`latency_percentiles_usec_${fullName}`, told.join(',')] as const];
  });
}

/** The percentages of a setting; `null` where something in it is no number. */
export function readPercentiles(text: string): number[] | null {
  const words = text.split(' ').filter((word) => word !== '');
  const percents = words.map((word) => (/^\d+(\.\d*)?$|^\.\d+$/.test(word) ? Number(word) : NaN));
  return percents.some(Number.isNaN) ? null : percents;
}
