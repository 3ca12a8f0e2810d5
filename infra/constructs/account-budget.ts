import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';

export interface AccountBudgetProps {
  readonly stackName: string;
  readonly monthlyUsd: number;
  readonly email: string;
}

/**
 * Tells of the costs of the whole account: a tag separates a stack's own costs only where somebody has activated it
 * for billing, and a budget of a tag that is not activated stays silent for ever.
 */
export class AccountBudget extends Construct {
  constructor(scope: Construct, id: string, { stackName, monthlyUsd, email }: AccountBudgetProps) {
    super(scope, id);
    const notice = (
      notificationType: string,
      threshold: number,
    ): CfnBudget.NotificationWithSubscribersProperty => ({
      notification: {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        threshold,
        thresholdType: 'PERCENTAGE',
      },
      subscribers: [{ subscriptionType: 'EMAIL', address: email }],
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `${stackName}-account`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: [notice('ACTUAL', 80), notice('FORECASTED', 100)],
    });
  }
}
