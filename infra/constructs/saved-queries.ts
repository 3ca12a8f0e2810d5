import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface SavedQueriesProps {
  readonly stackName: string;
  readonly webhook: ILogGroup;
  readonly watchdog: ILogGroup;
  readonly accessLogs: ILogGroup;
  /** The log groups of every function. */
  readonly all: readonly ILogGroup[];
}

/** Questions to the logs that infra/RUNBOOK.md asks most, below the stack's name in CloudWatch's list. */
export class SavedQueries extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { stackName, webhook, watchdog, accessLogs, all }: SavedQueriesProps,
  ) {
    super(scope, id);
    const queries: [name: string, groups: readonly ILogGroup[], query: string][] = [
      [
        'Why users are not served',
        [watchdog],
        'fields @timestamp, troubles.0, troubles.1, troubles.2 | filter message = "not-served" | sort @timestamp desc | limit 100',
      ],
      [
        'Slowest updates',
        [webhook],
        'fields @timestamp, update_id, update_kind, duration_ms, age_ms, lease, attempt | filter message = "update" | sort duration_ms desc | limit 50',
      ],
      [
        'Updates that failed or were parked',
        [webhook],
        'fields @timestamp, message, event.update_id, event.error | filter message in ["failed", "parked"] | sort @timestamp desc | limit 100',
      ],
      [
        'What Telegram refused',
        [webhook],
        'filter message = "telegram-error" | stats count(*) as calls by method, error_code | sort calls desc',
      ],
      [
        'Who is refused',
        [accessLogs],
        'filter status like /^4/ | stats count(*) as requests by source_ip, route, status | sort requests desc | limit 50',
      ],
      [
        'Errors of all functions',
        all,
        'fields @timestamp, @log, message, error.message | filter level = "ERROR" | sort @timestamp desc | limit 100',
      ],
    ];
    for (const [name, groups, queryString] of queries)
      new CfnQueryDefinition(this, name.replaceAll(' ', ''), {
        name: `${stackName}/${name}`,
        logGroupNames: groups.map(({ logGroupName }) => logGroupName),
        queryString,
      });
  }
}
