/** /account/profile: names and language. */
import script from 'browser:form';
import { UpdateMeRequest } from '../../../contracts/http/profile.ts';
import { html } from '../../../domain/html.ts';
import { type Language, languages } from '../../../domain/language.ts';
import { Problem } from '../../../domain/problem.ts';
import { sharedTexts } from '../../../http/page-texts.ts';
import { choiceField, field } from '../../../http/parts/field.ts';
import { actions, button, postForm } from '../../../http/parts/form.ts';
import type { Database } from '../../../store/database.ts';
import { updateProfile } from '../../../store/profiles.ts';
import type { Area } from './area.ts';

export const profile: Area<{ readonly database: Database }> = {
  show(_needs, { language, account, form, sent }, fault) {
    const said = texts[language];
    const typed = sent ?? account;
    const isRefused = fault?.code === 'VALIDATION_ERROR';
    const others = languages.filter((one) => one !== account.locale);
    return {
      heading: said.heading,
      script,
      isRefused,
      content: postForm(
        { ...form, hidden: { ...form.hidden, action: 'save' } },
        html`${field({ id: 'first_name', label: said.first, autocomplete: 'given-name', value: typed.first_name ?? '', maxLength: 100, isOptional: true, error: isRefused ? said.refused : undefined })}
${field({ id: 'last_name', label: said.last, autocomplete: 'family-name', value: typed.last_name ?? '', maxLength: 100, isOptional: true })}
${field({ id: 'display_name', label: said.display, autocomplete: 'off', value: typed.display_name ?? '', maxLength: 100, isOptional: true, hint: said.displayHint })}
${choiceField({
  id: 'locale',
  label: said.locale,
  hint: said.localeHint,
  chosen: typed.locale ?? '',
  options: [
    ...(account.locale === null
      ? [{ value: '', label: said.unset }]
      : [{ value: account.locale, label: nameOf(account.locale, language) }]),
    ...others.map((value) => ({ value, label: sharedTexts[value].name })),
  ],
})}
${actions(button({ label: said.save, id: 'submit' }))}`,
      ),
    };
  },
  acts: {
    async save({ database }, { caller, request }, { first_name, last_name, display_name, locale }) {
      const hasName = first_name.trim() !== '' || last_name.trim() !== '';
      const changes = UpdateMeRequest.safeParse({
        ...(hasName ? { person_name: { first_name, last_name } } : {}),
        display_name: display_name.trim() === '' ? null : display_name,
        ...(locale === '' ? {} : { locale }),
      });
      if (!changes.success) throw new Problem('VALIDATION_ERROR');
      const saved = await updateProfile(database, caller, changes.data, request.context);
      if (!saved) throw new Problem('TOKEN_INVALID');
      return { done: 'saved' };
    },
  },
  done: (language) => ({ saved: texts[language].saved }),
};

const nameOf = (locale: string, language: Language): string =>
  languages.find((one) => one === locale)
    ? sharedTexts[locale as Language].name
    : (new Intl.DisplayNames(language, { type: 'language' }).of(locale) ?? locale);

interface Texts {
  readonly heading: string;
  readonly first: string;
  readonly last: string;
  readonly display: string;
  readonly displayHint: string;
  readonly locale: string;
  readonly localeHint: string;
  readonly unset: string;
  readonly save: string;
  readonly saved: string;
  readonly refused: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Name and language',
    first: 'First name',
    last: 'Last name',
    display: 'Shown name',
    displayHint: 'What others see in the place of both. It may be left empty.',
    locale: 'Language',
    localeHint: 'Of these pages, and of what we mail you.',
    unset: 'That of the browser',
    save: 'Save',
    saved: 'Your name and language are saved.',
    refused: 'Give both names, at most 100 characters each, with letters that can be seen.',
  },
  sv: {
    heading: 'Namn och språk',
    first: 'Förnamn',
    last: 'Efternamn',
    display: 'Visningsnamn',
    displayHint: 'Det som andra ser i stället för båda. Det får lämnas tomt.',
    locale: 'Språk',
    localeHint: 'På de här sidorna och i det vi mejlar dig.',
    unset: 'Webbläsarens',
    save: 'Spara',
    saved: 'Ditt namn och språk är sparade.',
    refused: 'Skriv båda namnen, högst 100 tecken vardera, med bokstäver som syns.',
  },
};
