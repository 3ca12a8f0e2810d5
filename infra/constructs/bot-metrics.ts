import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib';
import { METRIC_NAMESPACE, METRICS } from '../../functions/telemetry/metric-names.ts';

/** The bot's own metrics, under the one dimension that its functions give them. */
export class BotMetrics {
  readonly #service: string;

  /** @param service the stack's name: POWERTOOLS_SERVICE_NAME of its functions */
  constructor(service: string) {
    this.#service = service;
  }

  sum(name: keyof typeof METRICS, period: Duration): Metric {
    return this.#metric(name, Stats.SUM, period);
  }

  max(name: keyof typeof METRICS, period: Duration): Metric {
    return this.#metric(name, Stats.MAXIMUM, period);
  }

  min(name: keyof typeof METRICS, period: Duration): Metric {
    return this.#metric(name, Stats.MINIMUM, period);
  }

  /** How often it was measured, whatever came of it. */
  samples(name: keyof typeof METRICS, period: Duration): Metric {
    return this.#metric(name, Stats.SAMPLE_COUNT, period);
  }

  percentile(name: keyof typeof METRICS, percent: number, period: Duration): Metric {
    return this.#metric(name, Stats.percentile(percent), period);
  }

  #metric(name: keyof typeof METRICS, statistic: string, period: Duration): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRICS[name],
      dimensionsMap: { service: this.#service },
      statistic,
      period,
    });
  }
}
