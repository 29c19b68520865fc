/** What pages say about a password that is chosen, wherever one is. */
import type { Language } from '../../domain/language.ts';
import { MAX_PASSWORD_LENGTH } from '../../domain/password-length.ts';
import type { PasswordFault } from '../../domain/problem.ts';

interface Texts {
  readonly hint: (minLength: number) => string;
  /** Why a password is refused, by what the service found wrong with it. */
  readonly faults: Readonly<Record<PasswordFault, (minLength: number) => string>>;
}

export const newPassword: Readonly<Record<Language, Texts>> = {
  en: {
    hint: (minLength) => `At least ${minLength} characters. Several words in a row are good, spaces are fine.`,
    faults: {
      too_short: (minLength) => `That password is too short: use at least ${minLength} characters.`,
      too_long: () => `That password is too long: use at most ${MAX_PASSWORD_LENGTH} characters.`,
      address: () => 'That password is your address, or a part of it: whoever knows you would try it first.',
      service_name: () => 'That password is the name of the service: whoever guesses would try it first.',
      common: () => 'That password is among the most common ones: whoever guesses would try it first.',
      breached: () => 'That password became known when some other service was broken into. Choose another.',
    },
  },
  sv: {
    hint: (minLength) => `Minst ${minLength} tecken. Flera ord i rad är bra, mellanslag går bra.`,
    faults: {
      too_short: (minLength) => `Lösenordet är för kort: använd minst ${minLength} tecken.`,
      too_long: () => `Lösenordet är för långt: använd högst ${MAX_PASSWORD_LENGTH} tecken.`,
      address: () => 'Lösenordet är din adress, eller en del av den: det första som någon som känner dig skulle pröva.',
      service_name: () => 'Lösenordet är tjänstens namn: det första som någon som gissar skulle pröva.',
      common: () => 'Lösenordet är ett av de vanligaste: det första som någon som gissar skulle pröva.',
      breached: () => 'Lösenordet blev känt vid ett intrång i någon annan tjänst. Välj ett annat.',
    },
  },
};
