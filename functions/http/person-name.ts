import type { PersonName } from '../contracts/http/fields.ts';

interface NameColumns {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly legal_full_name: string | null;
}

/** As every answer has it; null for an account without a name. */
export const personName = ({ first_name, last_name, legal_full_name }: NameColumns): PersonName | null =>
  first_name === null
    ? null
    : { first_name, last_name: last_name ?? '', ...(legal_full_name === null ? {} : { legal_full_name }) };
