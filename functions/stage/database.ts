import { dataApi } from '../aws/data-api.ts';
import { forRequests } from '../aws/database-retry.ts';
import type { TransactionalDatabase } from '../store/database.ts';
import { environment } from './settings.ts';

/**
 * Connects as the function's role: the application, or for the migrating job the schema's owner.
 * @param patience how long a statement is waited for: a job's may take as long as the service lets it
 */
export const stageDatabase = (patience = forRequests): TransactionalDatabase =>
  dataApi(
    {
      clusterArn: environment('DATABASE_CLUSTER_ARN'),
      secretArn: environment('DATABASE_SECRET_ARN'),
      name: environment('DATABASE_NAME'),
    },
    patience,
  );
