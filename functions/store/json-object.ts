/** SQL that builds a JSON object; what each name is given is SQL too. */
export const jsonObject = (fields: Readonly<Record<string, string>>) =>
  `jsonb_build_object(${Object.entries(fields)
    .map(([name, expression]) => `'${name}', ${expression}`)
    .join(', ')})`;
