import { moment, type Texts } from '../content.ts';
import { ofServices } from './of-services.ts';

const at = (time: Date) => moment('sv', time);

const ifNotYou =
  'Om det inte var du: välj genast ett nytt lösenord med ”Glömt lösenordet?” på inloggningssidan. Då loggas alla ut.';

/** Whole phrases: the articles and endings differ. */
const factors = {
  passkey: { added: 'Du har en ny nyckel', removed: 'En nyckel har tagits bort' },
  totp: { added: 'Du har en ny autentiseringsapp', removed: 'Din autentiseringsapp har tagits bort' },
  recovery: { added: 'Du har nya återställningskoder', removed: 'Dina återställningskoder har tagits bort' },
  other: { added: 'Du har ett nytt sätt att logga in', removed: 'Ett sätt att logga in har tagits bort' },
};
const factorOf = (factor: string) => factors[factor as keyof typeof factors] ?? factors.other;

export const sv: Texts = {
  verify_email: ({ brand, url, until, registration, code, isNew }) => ({
    subject: isNew ? `Välkommen till ${brand}: bekräfta din adress` : `Bekräfta din adress för ${brand}`,
    heading: isNew ? `Välkommen till ${brand}` : 'Bekräfta din adress',
    paragraphs: [
      registration,
      'Var det du, bekräfta att adressen är din: med knappen nedan, eller med den här koden där du registrerade dig.',
    ],
    code,
    button: { label: 'Bekräfta eller avvisa', url },
    notes: [
      `Länken och koden fungerar en gång, till och med ${at(until)}. Berätta aldrig koden för någon.`,
      'Var det inte du, öppna länken och välj ”Det var inte jag”: då tas kontot bort. Gör du inget kan ingen göra något i ditt namn tillsammans med andra, och ett konto som ingen använder tas bort.',
    ],
  }),
  reset_password: ({ brand, url, until, registration }) => ({
    subject: `Välj ett nytt lösenord för ${brand}`,
    heading: 'Välj ett nytt lösenord',
    paragraphs: [
      'Någon, förhoppningsvis du, bad om ett konto med den här adressen, eller om ett nytt lösenord för det.',
      ...(registration === null
        ? []
        : [
            `${registration} Ingen har bekräftat att adressen är deras. Med ett nytt lösenord är kontot bara ditt: alla som är inloggade i det nu loggas ut.`,
          ]),
    ],
    button: { label: 'Välj lösenord', url },
    notes: [
      `Länken fungerar en gång, till och med ${at(until)}.`,
      'Om du inte bad om detta behöver du inte göra något: lösenordet förblir som det är.',
    ],
  }),
  email_login: ({ brand, url, until, code, request }) => ({
    subject: `Logga in på ${brand}`,
    heading: 'Logga in',
    paragraphs: [request, 'Skriv den här koden där du loggar in, eller öppna länken i webbläsaren som bad om den.'],
    code,
    button: { label: 'Logga in', url },
    notes: [
      `Koden och länken fungerar en gång, till och med ${at(until)}, och bara där du bad om dem. Berätta aldrig koden för någon: ingen på ${brand} ber om den.`,
      'Var det inte du behöver du inte göra något: utan koden kommer ingen in.',
    ],
  }),
  second_factor: ({ brand, until, code, request }) => ({
    subject: `Din kod för ${brand}`,
    heading: 'Din kod',
    paragraphs: [request, 'Rätt lösenord angavs. Skriv den här koden där du loggar in.'],
    code,
    notes: [
      `Koden fungerar en gång, till och med ${at(until)}, och bara där du bad om den. Berätta den aldrig för någon: ingen på ${brand} ber om den.`,
      'Var det inte du känner någon till ditt lösenord: välj ett nytt genast.',
    ],
  }),
  change_email: ({ brand, url, until, account }) => ({
    subject: `Bekräfta din nya adress för ${brand}`,
    heading: 'Bekräfta din nya adress',
    paragraphs: [
      `Någon, förhoppningsvis du, vill att kontot ${account} hos ${brand} ska ha den här adressen från och med nu.`,
      'Var det du, bekräfta det. Då loggas allt ut utom webbläsaren eller enheten där du bad om det.',
    ],
    button: { label: 'Bekräfta eller avvisa', url },
    notes: [
      `Länken fungerar en gång, till och med ${at(until)}, och bara så länge du är inloggad där du bad om bytet.`,
      'Är det inte ditt konto, öppna länken och välj ”Det var inte jag”, eller gör ingenting: då ändras ingenting.',
    ],
  }),
  address_taken: ({ brand }) => ({
    subject: `Du har redan ett konto hos ${brand}`,
    heading: 'Du har redan ett konto',
    paragraphs: [
      `Någon, kanske du, ville ge den här adressen till ett annat konto hos ${brand}. Det finns redan ett konto med den, och ingenting ändrades.`,
      'Logga in på det kontot som vanligt; minns du inte lösenordet, använd ”Glömt lösenordet?” på inloggningssidan.',
    ],
  }),
  email_change_asked: ({ brand, url, address }) => ({
    subject: `Din adress för ${brand} är på väg att bytas`,
    heading: 'Din adress är på väg att bytas',
    paragraphs: [
      `Någon, förhoppningsvis du, vill att ditt konto hos ${brand} ska ha adressen ${address}. Ingenting har ändrats än: först måste den adressen bekräftas.`,
      'Var det inte du, stoppa det genast. Den som gjorde det är inloggad i ditt konto.',
    ],
    button: { label: 'Stoppa bytet', url },
    notes: ['Länken fungerar tills bytet är gjort, och i tre dygn efter det.'],
  }),
  email_changed: ({ brand, url, until, address }) => ({
    subject: `Din adress för ${brand} har bytts`,
    heading: 'Din adress har bytts',
    paragraphs: [
      `Ditt konto hos ${brand} har nu adressen ${address}. Dit går e-posten, och med den loggar du in.`,
      'Var det inte du, ta tillbaka kontot med knappen nedan.',
    ],
    button: { label: 'Ångra bytet', url },
    notes: [`Länken fungerar en gång, till och med ${at(until)}.`],
  }),
  email_change_undone: ({ brand }) => ({
    subject: `Ett adressbyte har ångrats hos ${brand}`,
    heading: 'Adressbytet har ångrats',
    paragraphs: [
      `Bytet som gav ett konto hos ${brand} den här adressen ångrades från den adress som kontot hade förut. Kontot har den igen, och alla loggades ut.`,
      'Vill du ha ett konto med den här adressen kan du registrera dig.',
    ],
  }),
  factors_reset: ({ brand, url, until }) => ({
    subject: `Skaffa ett nytt andra inloggningssteg hos ${brand}`,
    heading: 'Skaffa ett nytt andra steg',
    paragraphs: [
      'En administratör har tagit bort dina passnycklar, din autentiseringsapp och dina återställningskoder, eftersom vi fick veta att du har förlorat dem. Du har loggats ut överallt.',
      'Öppna länken och skriv ditt lösenord: sedan kan du skaffa nya. Till dess loggar ditt konto in med mindre än förut, och ingen kan lägga till ett andra steg.',
    ],
    button: { label: 'Skaffa nya', url },
    notes: [
      `Länken fungerar en gång, till ${at(until)}, och slutar gälla om lösenordet återställs.`,
      'Om du inte har bett om detta ska du inte öppna länken, utan säga till en administratör: någon har utgett sig för att vara du.',
    ],
  }),
  welcome: ({ brand }) => ({
    subject: `Välkommen till ${brand}`,
    heading: `Välkommen till ${brand}`,
    paragraphs: ['Nu har du ett konto, och din adress är bekräftad. Du kan logga in.'],
  }),
  password_changed: ({ brand, at: time }) => ({
    subject: `Ditt lösenord för ${brand} har ändrats`,
    heading: 'Ditt lösenord har ändrats',
    paragraphs: [`Det ändrades ${at(time)}. Du har loggats ut överallt annars.`, ifNotYou],
  }),
  password_reset: ({ brand, at: time }) => ({
    subject: `Ditt lösenord för ${brand} har återställts`,
    heading: 'Ditt lösenord har återställts',
    paragraphs: [
      `Ett nytt lösenord valdes ${at(time)} med en länk som skickades till den här adressen. Du har loggats ut överallt.`,
      'Om det inte var du läser någon annan din e-post: säkra först brevlådan, välj sedan ett nytt lösenord.',
    ],
  }),
  account_locked: ({ brand, until }) => ({
    subject: `Ditt konto hos ${brand} är låst en stund`,
    heading: 'Ditt konto är låst en stund',
    paragraphs: [
      `Det blev för många felaktiga lösenord i rad. Du kan logga in igen efter ${at(until)}, eller genast med ett nytt lösenord genom ”Glömt lösenordet?”.`,
      'Om det inte var du försöker någon gissa ditt lösenord. De kom inte in.',
    ],
  }),
  session_reused: ({ brand, at: time }) => ({
    subject: `Du har loggats ut från ${brand} för din säkerhet`,
    heading: 'Du har loggats ut på en enhet',
    paragraphs: [
      `Den ${at(time)} användes en gammal nyckel till en av dina sessioner igen. Det kan betyda att någon har kopierat den, så vi avslutade den sessionen.`,
      'Logga in igen för att fortsätta. Ser du enheter som du inte känner igen bland dina sessioner, byt lösenord.',
    ],
  }),
  new_device: ({ brand, at: time, device, ipAddress }) => ({
    subject: `Ny inloggning till ${brand}`,
    heading: 'Inloggning på en ny enhet',
    paragraphs: [
      `Ditt konto användes den ${at(time)} på en enhet som vi inte har sett förut${device === '' ? '' : `: ${device}`}. Den hade adressen ${ipAddress}.`,
      `Var det du behöver du inte göra något. ${ifNotYou}`,
    ],
  }),
  passkey_copied: ({ brand, at: time, device, ipAddress }) => ({
    subject: `Har en av dina passnycklar kopierats? Inloggning till ${brand}`,
    heading: 'En passnyckel kan ha kopierats',
    paragraphs: [
      `Den ${at(time)} loggade någon in med en av dina passnycklar${device === '' ? '' : `, på ${device}`}. Adressen var ${ipAddress}. Passnyckeln finns på en enda enhet och räknar hur ofta den används. Den räknade lägre än gången innan, som en kopia skulle göra.`,
      'Var det du, och har du återställt enheten, är allt i sin ordning. Annars ska du ta bort passnyckeln från ditt konto och logga ut överallt.',
    ],
  }),
  recovery_code_used: ({ brand, at: time, left }) => ({
    subject: `En återställningskod har använts hos ${brand}`,
    heading: 'En återställningskod har använts',
    paragraphs: [
      `Någon använde en av dina återställningskoder den ${at(time)}. Du har ${left} kvar.`,
      left < 3 ? 'Skapa nya i ditt konto innan de tar slut.' : 'Den koden fungerar inte igen.',
      `Var det inte du: skapa nya återställningskoder, så slutar de gamla att fungera. ${ifNotYou}`,
    ],
  }),
  factor_closed: ({ brand, factor, at: time }) => ({
    subject: `För många fel koder hos ${brand}`,
    heading: 'För många fel koder',
    paragraphs: [
      `Den ${at(time)} kom den hundrade felaktiga koden i rad för ${factor === 'recovery' ? 'dina återställningskoder' : 'din autentiseringsapp'}. Därför tar vi inte emot någon just nu, inte ens en rätt. Dina andra sätt att logga in fungerar fortfarande.`,
      'Var det inte du känner någon till ditt lösenord.',
      'Välj i båda fallen ett nytt lösenord med ”Glömt lösenordet?” på inloggningssidan. Sedan tas koder emot igen.',
    ],
  }),
  factor_added: ({ brand, factor, at: time }) => ({
    subject: `${factorOf(factor).added} hos ${brand}`,
    heading: factorOf(factor).added,
    paragraphs: [
      `Det skedde den ${at(time)}.`,
      'Var det inte du kan någon annan logga in. Välj genast ett nytt lösenord med ”Glömt lösenordet?” på inloggningssidan: då loggas alla ut. Ta sedan bort det du inte känner igen från ditt konto.',
    ],
  }),
  factor_removed: ({ brand, factor, at: time }) => ({
    subject: `${factorOf(factor).removed} hos ${brand}`,
    heading: factorOf(factor).removed,
    paragraphs: [`Det skedde den ${at(time)}.`, ifNotYou],
  }),
  already_registered: ({ brand }) => ({
    subject: `Du har redan ett konto hos ${brand}`,
    heading: 'Du har redan ett konto',
    paragraphs: [
      `Någon, kanske du, försökte registrera sig hos ${brand} med den här adressen. Det finns redan ett konto med den, och inget har ändrats.`,
      'Logga in som vanligt; om du inte minns lösenordet, använd ”Glömt lösenordet?” på inloggningssidan.',
    ],
  }),
  invitation: ({ brand, organization, inviter, url, until }) => ({
    subject: `Du är inbjuden till en organisation hos ${brand}`,
    heading: 'Du är inbjuden',
    paragraphs: [
      inviter === null
        ? `Du är inbjuden till ”${organization}” hos ${brand}.`
        : `${inviter} bjuder in dig till ”${organization}” hos ${brand}.`,
      'Logga in, eller registrera dig, med adressen som det här brevet skickades till.',
    ],
    button: { label: 'Tacka ja', url },
    notes: [
      `Länken fungerar en gång, till och med ${at(until)}.`,
      'Organisationens namn har dess ägare valt, och ingen har kontrollerat det. Om du inte vet vem som bjuder in dig behöver du inte göra något.',
    ],
  }),
  ...ofServices.sv,
};
