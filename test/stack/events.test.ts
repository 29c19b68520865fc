import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { topics } from '../../functions/contracts/events/registry.ts';
import { applicationLoginDescription } from '../../lib/operator/database.ts';
import type { StageSettingsInput } from '../../lib/service/config.ts';
import { synthesize } from './synthesized.ts';

describe('the bus of a stage', () => {
  it('has no archive and no schema registry unless the settings require them', () => {
    const template = templateOf({});
    template.resourceCountIs('AWS::Events::EventBus', 1);
    template.resourceCountIs('AWS::Events::Archive', 0);
    template.resourceCountIs('AWS::EventSchemas::Registry', 0);
  });

  it('keeps its events for a replay as long as the settings say', () => {
    templateOf({ eventArchiveDays: 14 }).hasResourceProperties('AWS::Events::Archive', {
      RetentionDays: 14,
      SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Bus'), 'Arn'] },
      EventPattern: { source: [{ prefix: 'huleedu.' }] },
    });
  });

  it('has the schema of every topic in the registry, in the dialect that EventBridge takes', () => {
    const schemas = Object.values(templateOf({ publishSchemas: true }).findResources('AWS::EventSchemas::Schema'));
    expect(schemas.map(({ Properties }) => Properties.SchemaName.split('@')[1]).sort()).toEqual([...topics].sort());
    for (const { Properties } of schemas) {
      expect(Properties).toMatchObject({ Type: 'JSONSchemaDraft4' });
      const content = JSON.parse(Properties.Content);
      expect(content.$schema).toBe('http://json-schema.org/draft-04/schema#');
      // `const` came with draft 6.
      expect(Properties.Content).not.toContain('"const"');
      expect(content.properties.event_type).toEqual({ type: 'string', enum: [content.title] });
    }
  });
});

function templateOf(deployment: StageSettingsInput['deployment']): Template {
  return synthesize({ stage: 'test', deployment }, []).root;
}

it('names the database login as the outbox command expects it', () => {
  templateOf({}).hasResourceProperties('AWS::SecretsManager::Secret', {
    Description: applicationLoginDescription('test'),
  });
});
