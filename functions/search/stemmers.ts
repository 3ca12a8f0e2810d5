import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { dan, deu, eng, fin, fra, hun, ita, nld, nob, por, ron, rus, spa, swe, tur } from 'stopword';
import type { Language } from './inflections.ts';

/** The languages whose words an import stems, with Snowball's stemmers; loaded by an import alone, since they weigh 100 KB. */
export const LANGUAGES: readonly Language[] = [
  { code: 'en', functionWords: eng },
  { code: 'de', functionWords: deu, stem: german },
  { code: 'fr', functionWords: fra, stem: french },
  { code: 'es', functionWords: spa, stem: spanish },
  { code: 'it', functionWords: ita, stem: italian },
  { code: 'pt', functionWords: por, stem: portuguese },
  { code: 'nl', functionWords: nld, stem: dutch },
  { code: 'sv', functionWords: swe, stem: swedish },
  { code: 'da', functionWords: dan, stem: danish },
  { code: 'nb', functionWords: nob, stem: norwegian },
  { code: 'fi', functionWords: fin, stem: finnish },
  { code: 'hu', functionWords: hun, stem: hungarian },
  { code: 'ro', functionWords: ron, stem: romanian },
  { code: 'ru', functionWords: rus, stem: russian },
  { code: 'tr', functionWords: tur, stem: turkish },
];
