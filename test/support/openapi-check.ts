/** Compares every answer that a service test gets with the API description. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApi } from '../../lib/openapi/description.ts';
import type { Operation } from '../../lib/openapi/operation.ts';
import type { Route } from '../../lib/service/routes.ts';
import type { Answer } from './answer.ts';

export type Check = (method: string, path: string, answer: Answer) => void;

/** @param rows the whole table by default */
export function answerCheck(rows?: readonly Route[]): Check {
  // The schemas are closed: an answer with an undescribed member is a fault, too.
  const description = openApi({ closed: true, ...(rows && { rows }) });
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(description, 'api');
  const validators = new Map<object, ValidateFunction>();
  const templateOf = templateFinder(Object.keys(description.paths));

  function faultOf({ responses }: Operation, status: number, contentType: string | null, body: unknown): string | null {
    const given = responses[status];
    if (!given)
      return 'the description has no such status; perhaps `problems` of its row in lib/service/routes lacks it';
    const shared = description.components.responses[given.$ref?.split('/').at(-1) ?? ''];
    const { content } = given.$ref ? (shared ?? {}) : given;
    if (!content) return body === '' ? null : 'the description has no body here';
    const mediaType = contentType?.split(';')[0]?.trim() ?? '';
    const schema = content[mediaType]?.schema;
    if (!schema) return `the description has no ${mediaType || 'answer without a type'} here`;
    const valid = validatorOf(schema);
    return valid(body) ? null : ajv.errorsText(valid.errors, { dataVar: 'body' });
  }

  function validatorOf(schema: object): ValidateFunction {
    const known = validators.get(schema);
    if (known) return known;
    // Its references point to the document's own components.
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"api#/'));
    const compiled = ajv.compile(absolute);
    validators.set(schema, compiled);
    return compiled;
  }

  return (method, path, { status, headers, body }) => {
    const template = templateOf(new URL(path, 'http://service.example').pathname);
    const operation = template && description.paths[template]?.[method.toLowerCase()];
    if (!operation) return;
    const fault = faultOf(operation, status, headers.get('content-type'), body);
    if (fault) throw new Error(`${method} ${template} answered ${status} ${body?.code ?? ''}: ${fault}`);
    const ours = headers.has('x-correlation-id');
    if (status < 400 && !ours) throw new Error(`${method} ${template}: no correlation id`);
    // A cache that keeps an error answers everybody with it (lib/aws/edge.ts); the gateway's own have no such header.
    if (status >= 400 && ours && headers.get('cache-control') !== 'no-store')
      throw new Error(`${method} ${template} answered ${status}, which a cache may keep`);
  };
}

/** @throws Error unless status, content type and body are as described; undescribed paths are not checked */
export const checkAnswer: Check = answerCheck();

/** Chooses as the gateway does: a word precedes a parameter, and no parameter is empty. */
function templateFinder(paths: readonly string[]): (path: string) => string | undefined {
  const templates = paths.map((template) => ({ template, parts: template.split('/') }));
  return (path) => {
    const given = path.split('/');
    const fitting = templates.filter(
      ({ parts }) =>
        parts.length === given.length &&
        parts.every((part, index) => (part.startsWith('{') ? given[index] !== '' : part === given[index])),
    );
    return (fitting.find(({ template }) => !template.includes('{')) ?? fitting[0])?.template;
  };
}
