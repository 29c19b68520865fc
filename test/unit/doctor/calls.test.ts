/** What the doctor asks AWS: it only reads, and README's policy allows it all of that and no more. */
import { expect, it } from 'vitest';
import { actionOf, type CallName, calls, databaseActions } from '../../../lib/operator/doctor/calls.ts';
import { parseXml } from '../../../lib/operator/doctor/xml.ts';
import { readSource, sourceFiles } from '../../support/source-files.ts';

const names = Object.keys(calls) as CallName[];

it('no call changes anything', () => {
  // An HTTP API is read by its method; every other action says by its name that it reads.
  expect(names.map(actionOf).filter((action) => !/^\w+:(Describe|Get|List)\w+$|^apigateway:GET$/.test(action))).toEqual(
    [],
  );
  for (const name of names) {
    const { method = 'POST', body = '' } = calls[name].request({ Name: 'x' });
    // A POST names its operation: in the form, or in a header.
    if (method === 'POST')
      expect(`${name} ${JSON.stringify(calls[name].request({}))}`).toMatch(/[=.](Describe|Get|List)/);
    else expect([name, method, body]).toEqual([name, 'GET', '']);
  }
});

it('every call is made by a check', () => {
  const code = sourceFiles
    .filter((file) => file.startsWith('lib/operator') && !file.endsWith('calls.ts'))
    .map(readSource);
  expect(names.filter((name) => !code.some((text) => text.includes(`'${name}'`)))).toEqual([]);
});

it('README has the policy for it', () => {
  const [, policy = ''] =
    /```json\n(\{\n {2}"Version": "2012-10-17"[\s\S]*?"Sid": "Look"[\s\S]*?\n\})\n```/.exec(readSource('README.md')) ??
    [];
  const [look, ask]: { Action: string[]; Resource: unknown }[] = JSON.parse(policy).Statement;
  const onAws = names.filter((name) => !name.endsWith('#local'));
  expect(look?.Action).toEqual([...new Set(onAws.map(actionOf))].sort());
  expect(ask?.Action).toEqual([...databaseActions]);
  // Of all secrets it would read the keys of sessions, too.
  expect(ask?.Resource).not.toBe('*');
});

it('a form has its lists and members as AWS numbers them', () => {
  const values = { Queries: [{ Id: 'a', Of: { Name: 'x' } }, 'b'], All: true };
  expect(calls['cloudwatch:GetMetricData'].request(values).body).toBe(
    'Action=GetMetricData&Version=2010-08-01&Queries.member.1.Id=a&Queries.member.1.Of.Name=x&Queries.member.2=b&All=true',
  );
});

it('what belongs into a path stands there, and the rest in the query', () => {
  const { path } = calls['ses:GetEmailIdentity'].request({ EmailIdentity: 'a b@école.example', More: 1 });
  expect(path).toBe('/v2/email/identities/a%20b%40%C3%A9cole.example?More=1');
});

it('an answer in XML is read as objects and lists, also of one and of none', () => {
  const answer = `<?xml version="1.0"?>
    <R xmlns="x"><A><member><N>1 &lt; 2 &#233;</N></member></A><B/><Cs><C>x</C><C>y</C></Cs><D><E>1</E><F></F></D>
    <Items><Summary>1</Summary><Summary>2</Summary></Items></R>`;
  expect(parseXml(answer)).toEqual({
    A: [{ N: '1 < 2 é' }],
    B: '',
    Cs: ['x', 'y'],
    D: { E: '1', F: '' },
    Items: ['1', '2'],
  });
  for (const broken of ['', '<a><b></a>', '{"message":"no"}', '<a>']) expect(() => parseXml(broken)).toThrow('not XML');
});
