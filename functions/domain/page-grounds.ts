/** What text of a brand's colour stands on, by theme; functions/browser/style/tokens.css has the same. */

export interface Grounds {
  readonly card: string;
  readonly page: string;
  /** The colour of text, towards which a colour that is not readable is moved. */
  readonly ink: string;
}

export const pageGrounds: Readonly<Record<'light' | 'dark', Grounds>> = {
  light: { card: '#ffffff', page: '#f6f7f9', ink: '#14181f' },
  dark: { card: '#171a20', page: '#0e1014', ink: '#f1f3f6' },
};
