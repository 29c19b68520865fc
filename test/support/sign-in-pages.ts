/** A person at the hosted pages: signs in where a page asks for it, and allows what another asks. */
import type { Opened, PlainBrowser } from './plain-browser.ts';

export interface AtPages {
  readonly email: string;
  readonly password: string;
}

const has = ({ forms }: Opened, id: string) => forms.some(({ controls }) => id in controls);

/** Goes through the pages until one is there that is none of them, such as the client's. */
export async function passPages(browser: PlainBrowser, first: Opened, person: AtPages): Promise<Opened> {
  let page = first;
  for (let pages = 0; pages < 5; pages++) {
    if (has(page, 'password')) {
      page = await browser.press(page, 'submit', { email: person.email, password: person.password });
    } else if (has(page, 'allow')) {
      page = await browser.press(page, 'allow');
    } else {
      return page;
    }
  }
  throw new Error(`the pages come again and again: ${page.url}`);
}
