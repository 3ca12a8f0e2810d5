import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { BACKUP_DAYS } from '../../functions/bot/personal-data.ts';
import { TTL_ATTRIBUTE } from '../../functions/dynamodb/keys.ts';

export interface DataTableProps {
  /** Kept when the stack is deleted, and protected from it. */
  readonly isRetained: boolean;
}

/** The one table. In one region only: a replica's reads are eventually consistent, and would void the lease. */
export class DataTable extends TableV2 {
  constructor(scope: Construct, id: string, { isRetained }: DataTableProps) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        // `/privacy` names it to users.
        recoveryPeriodInDays: BACKUP_DAYS,
      },
      deletionProtection: isRetained,
      removalPolicy: isRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
