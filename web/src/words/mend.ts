// Texts about repairs in both languages: they come with the panel that says them, not with the page.

import type { Lang } from "../model/state";
import { mend as en } from "./mend.en";
import { mend as zh } from "./mend.zh";

export const mendWords = (lang: Lang): typeof zh => (lang === "zh" ? zh : en);
