/**
 * The events' schemas in EventBridge's own registry: IDEs and code generators find them there. They describe an
 * event's `detail`, and are named as the registry names those it discovers: source@detail-type.
 */
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { source } from '../../functions/contracts/events/envelope.ts';
import { envelopeOf } from '../../functions/contracts/events/envelope-schema.ts';
import { asReleased } from '../../functions/contracts/events/json-schema.ts';
import { events, topics } from '../../functions/contracts/events/registry.ts';

export function publishSchemas(scope: Construct, stage: string): void {
  const registry = new CfnRegistry(scope, 'Registry', {
    registryName: `identity-${stage}`,
    description: `Events of the identity service, stage ${stage}`,
  });
  for (const topic of topics) {
    const { schema, when } = events[topic];
    new CfnSchema(scope, topic, {
      registryName: registry.attrRegistryName,
      schemaName: `${source(topic)}@${topic}`,
      description: when,
      // The only dialect of JSON Schema that the registry takes; the released files are 2020-12.
      type: 'JSONSchemaDraft4',
      content: JSON.stringify({ title: topic, ...z.toJSONSchema(envelopeOf(topic, schema), draft4) }),
    });
  }
}

/** Of what is on the wire: a field with a default may be absent. */
const draft4 = { target: 'draft-4', io: 'input', override: asReleased } as const;
