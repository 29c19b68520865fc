import { dataApi } from '../aws/data-api.ts';
import type { TransactionalDatabase } from '../store/database.ts';
import { environment } from './settings.ts';

/** Connects as the function's role: the application, or for the migrating job the schema's owner. */
export const stageDatabase = (): TransactionalDatabase =>
  dataApi({
    clusterArn: environment('DATABASE_CLUSTER_ARN'),
    secretArn: environment('DATABASE_SECRET_ARN'),
    name: environment('DATABASE_NAME'),
  });
