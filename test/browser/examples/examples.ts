/** Every page as people may meet it, with texts that are as long as they come. */
import type { Language } from '../../../functions/domain/language.ts';
import type { Page } from '../../../functions/http/page.ts';

export type Examples = Readonly<Record<string, (language: Language) => Page | Promise<Page>>>;
