/** How a table declares what it has of people: personal-data.ts. */

export interface Table {
  /** SQL: which rows are the account `:user_id`'s, while it is there. Left out of tables that hold nobody's. */
  readonly of?: string;
  /** What deletion does with these rows. Of rows that stay, a personal column is erased unless it says why it is kept. */
  readonly deletion?: 'rows go' | 'rows stay';
  readonly personal: Readonly<Record<string, PersonalColumn>>;
  /** Columns that say nothing of a person: what the service counts and keeps for itself. */
  readonly other: readonly string[];
}

export type PersonalColumn =
  /** Where the export has it: the list, and the path in the list's items. */
  ({ readonly exported: string } | { readonly withheld: string }) & { readonly kept?: string };
