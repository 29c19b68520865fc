import { type Archive, archive } from '../aws/archive.ts';
import { environment, environmentIfSet } from './settings.ts';

/** The bucket that the audit log is exported to, with the credentials of the function's role, which Lambda puts there. */
export const stageArchive = (): Archive =>
  archive({
    bucketName: environment('ARCHIVE_BUCKET'),
    region: environment('AWS_REGION'),
    endpoint: environmentIfSet('AWS_ENDPOINT_URL'),
    credentials() {
      const sessionToken = environmentIfSet('AWS_SESSION_TOKEN');
      return {
        accessKeyId: environment('AWS_ACCESS_KEY_ID'),
        secretAccessKey: environment('AWS_SECRET_ACCESS_KEY'),
        ...(sessionToken ? { sessionToken } : {}),
      };
    },
  });
