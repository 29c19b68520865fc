import { type Pages, pages } from '../http/page.ts';
import { stageSettings } from './settings.ts';

export const stagePages = (): Pages => pages(stageSettings());
